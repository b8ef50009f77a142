"""Events as JSON lines: one event a line, as `trapgate run --trace json` writes and a replay reads them.

Fields that a later version added are ignored; a type, a value or a missing field that the schema does not allow is
an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import msgspec

from .events import AnyEvent

_encoder = msgspec.json.Encoder()


@cache
def _decoder() -> msgspec.json.Decoder[AnyEvent]:
    """Made when first needed: reading the whole schema takes longer than writing a small trace."""
    return msgspec.json.Decoder(AnyEvent)


def encode(event: AnyEvent) -> bytes:
    """One event as a JSON object, without a line end."""
    return _encoder.encode(event)


def encode_lines(events: Iterable[AnyEvent]) -> bytes:
    """Events as JSON lines, each with its line end."""
    return _encoder.encode_lines(events)


def decode(data: bytes | str) -> AnyEvent:
    """The event of one JSON object. ValueError says what is wrong with it."""
    try:
        return _decoder().decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"not an event: {error}") from error


def decode_lines(data: bytes) -> list[AnyEvent]:
    """The events of JSON lines; empty lines are skipped. ValueError names the line, counted from 1."""
    events = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            try:
                events.append(decode(line))
            except ValueError as error:
                raise ValueError(f"line {number}: {error}") from error
    return events
