import json
from typing import get_args

import msgspec
import pytest
from trace_samples import EVENTS

from app.trace import codec
from app.trace.events import AnyEvent, Output


def test_the_samples_hold_every_event_type():
    assert {type(event) for event in EVENTS} == set(get_args(AnyEvent))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_survives(event):
    assert codec.decode(codec.encode(event)) == event


def test_lines_survive():
    lines = codec.encode_lines(EVENTS)
    assert lines.count(b"\n") == len(EVENTS)
    assert lines.endswith(b"}\n")
    assert codec.decode_lines(lines) == EVENTS
    assert codec.decode_lines(lines.replace(b"\n", b"\r\n\n")) == EVENTS


def test_an_event_is_an_object_with_all_its_fields():
    event = Output(stream=0, data=b"hi", seq=4, time=5, task=6)
    assert json.loads(codec.encode(event)) == {
        "type": "output",
        "seq": 4,
        "time": 5,
        "task": 6,
        "stream": 0,
        "data": "aGk=",
    }


def test_fields_of_a_later_version_are_ignored():
    assert codec.decode('{"type": "output", "stream": 0, "data": "", "colour": 1}') == Output(stream=0, data=b"")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "truncated"),
        (b"[]", "Expected `object`"),
        (b"{}", "missing required field `type`"),
        (b'{"type": "nonsense"}', "Invalid value 'nonsense'"),
        (b'{"type": "output", "stream": 0}', "missing required field `data`"),
        (b'{"type": "output", "stream": 0, "data": "%"}', "Invalid base64"),
        (b'{"type": "output", "stream": 0, "data": "", "seq": -1}', "Expected `int` >= 0"),
        (b'{"type": "run.end", "reason": "boredom"}', "Invalid enum value 'boredom'"),
        (b'{"type": "memory", "change": "map", "start": "12"}', "Expected `str` matching regex"),
        (b'{"type": "output", "stream": 0, "data": "\xff"}', "Invalid"),
    ],
)
def test_what_the_schema_forbids_is_an_error(text, reason):
    with pytest.raises(ValueError, match="not an event: ") as caught:
        codec.decode(text)
    assert reason in str(caught.value)


def test_an_error_names_the_line():
    with pytest.raises(ValueError, match="line 3: not an event: "):
        codec.decode_lines(codec.encode(EVENTS[0]) + b"\n\n{\n")


def test_encoded_events_follow_the_json_schema_field_by_field():
    schema = msgspec.json.schema(AnyEvent)["$defs"]
    for event in EVENTS:
        assert set(json.loads(codec.encode(event))) == set(schema[type(event).__name__]["properties"])
