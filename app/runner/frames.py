"""Frames on a stream socket: four bytes of length, most significant first, then that many bytes."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socket import socket

HEADER = struct.Struct(">I")

MAX_WORKER_FRAME = 4 << 20
"""Largest frame a worker may send, in bytes."""

MAX_CONTROL_FRAME = 32 << 20
"""Largest frame between web process and runner, in bytes: a `Submit` with its files."""


_READ_BYTES = 262144


class FrameError(Exception):
    """The other side announced a frame larger than allowed."""


def pack(payload: bytes) -> bytes:
    """Put the length before `payload`."""
    return HEADER.pack(len(payload)) + payload


class FrameBuffer:
    """Collects bytes as they arrive and gives complete frames back. Holds at most one frame more than it was fed."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._data = bytearray()

    def feed(self, data: bytes) -> None:
        """Append what was read."""
        self._data += data

    def take(self) -> bytes | None:
        """Remove and return the next complete frame; None when it has not arrived in full.

        Raises FrameError when its announced length exceeds the limit.
        """
        if len(self._data) < HEADER.size:
            return None
        (length,) = HEADER.unpack_from(self._data)
        if length > self._largest:
            raise FrameError(f"a frame of {length} bytes was announced; the limit is {self._largest}")
        end = HEADER.size + length
        if len(self._data) < end:
            return None
        frame = bytes(self._data[HEADER.size : end])
        del self._data[:end]
        return frame


def receive(source: socket, frames: FrameBuffer) -> bool:
    """Take what has arrived at a non-blocking socket; False when no more will come."""
    try:
        data = source.recv(_READ_BYTES)
    except BlockingIOError:
        return True
    except OSError:
        return False
    frames.feed(data)
    return bool(data)
