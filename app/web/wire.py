"""How Socket.IO packets become text and back: JSON, and a cap on binary attachments."""

from __future__ import annotations

import json

import msgspec
from socketio.packet import Packet

MAX_ATTACHMENTS = 1


class Json:
    """The two functions of the `json` module that Socket.IO calls."""

    @staticmethod
    def dumps(value: object, **_options: object) -> str:
        """Encode dicts, lists, strings, numbers and msgspec structs; bytes become base64."""
        return msgspec.json.encode(value).decode()

    @staticmethod
    def loads(text: str | bytes) -> object:
        """Decode a small message; raises `ValueError` for anything that is not JSON.

        Not by msgspec, which refuses half a surrogate pair: a browser can send one, and the answer should say where
        it stands instead of closing the connection.
        """
        try:
            return json.loads(text)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


class BoundedPacket(Packet):  # type: ignore[misc]
    """A packet that refuses many attachments.

    A packet announces how many binary frames belong to it, and Socket.IO keeps them all until the last one came: a
    large number would let one connection fill the memory. The one binary field of the protocol is an ELF file.
    """

    json = Json

    def decode(self, encoded_packet: str) -> int:
        """Return the number of attachments to wait for; raises `ValueError` when it is too large."""
        count = super().decode(encoded_packet) or 0
        if count > MAX_ATTACHMENTS:
            raise ValueError(f"{count} attachments announced")
        return int(count)

    @classmethod
    def reconstruct_binary(cls, data: object, attachments: list[bytes]) -> object:
        """Put the attachments where the packet says; one that says nonsense stays as it is, and is refused later."""
        try:
            return super().reconstruct_binary(data, attachments)
        except (IndexError, TypeError):
            return data
