"""Write what follows from the event schema: `python -m app.trace.generate [--check]`.

The JSON schema is for any client, the TypeScript types for the page, the reference page for people.
"""

from __future__ import annotations

import json
import sys
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec

from . import events, generated
from .events import AnyEvent, Event

MODULE = "app.trace.generate"
_LINE_LENGTH = 100

_WORD_PATTERN = next(meta.pattern for meta in events.Word.__metadata__ if meta.pattern)  # type: ignore[attr-defined]
_LITERALS = {value: name for name, value in vars(events).items() if get_origin(value) is Literal}
_EVENTS: tuple[type[Event], ...] = get_args(AnyEvent)
_STRUCTS: tuple[type[msgspec.Struct], ...] = (events.Segment, events.AbiInfo, events.Counters, events.Frame)

_INTRODUCTION = """\
# Event reference

A run is one flat stream of events, version {version} of the schema. The browser gets them over
[the socket](protocol.md), `trapgate run --trace json` writes them one JSON object a line, and
[`events.schema.json`](events.schema.json) is the JSON schema of one event.

## Conventions

- Every event is a JSON object with a `type`, the tag that heads each section below, and with the common fields.
- `seq` counts 0, 1, 2, ... without gaps. Folding events 0 to n gives the whole visible state at n.
- A **word** is a 64-bit machine word (address or register) in lower-case hexadecimal, such as `0x7ffc0000`: JSON
  numbers lose precision above 2^53.
- **base64** stands for bytes, in the standard alphabet with padding.
- A `sentence` is plain English for a student.
- `call` numbers the system calls of a run; everything between a `trap` and its `return` carries the same number.
- A field is present in every event of its type; what has no value is null.
- A reader must ignore fields it does not know. New fields do not change the version; anything else does.
"""


class Field(NamedTuple):
    """One field of an event or structure."""

    name: str
    hint: Any
    description: str


def fields(cls: type[msgspec.Struct]) -> list[Field]:
    """The fields a class adds to its base, in the order of the source."""
    hints = get_type_hints(cls, include_extras=True)
    return [Field(name, hints[name], _description(hints[name])) for name in cls.__annotations__]


def _description(hint: object) -> str:
    found = [meta.description for meta in getattr(hint, "__metadata__", ()) if meta.description]
    return found[-1] if found else ""


def _docstring(cls: type) -> str:
    return " ".join((cls.__doc__ or "").split())


def _tag(cls: type[msgspec.Struct]) -> str:
    return str(cls.__struct_config__.tag)


def _is_word(hint: object) -> bool:
    return any(meta.pattern == _WORD_PATTERN for meta in getattr(hint, "__metadata__", ()))


def json_schema() -> str:
    """The JSON schema (draft 2020-12) of one event."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": generated.notice(MODULE),
        "title": f"Trapgate event, version {events.SCHEMA_VERSION}",
    }
    return json.dumps(schema | msgspec.json.schema(AnyEvent), indent=2) + "\n"


_TYPESCRIPT: dict[object, str] = {int: "number", str: "string", bool: "boolean", bytes: "Base64", NoneType: "null"}


def typescript_type(hint: object) -> str:
    """How TypeScript writes the type of a field. TypeError when it cannot."""
    if _is_word(hint):
        return "Word"
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return typescript_type(arguments[0])
    if origin is Literal:
        return _LITERALS.get(hint) or " | ".join(json.dumps(value) for value in arguments)
    if origin in (Union, UnionType):
        return " | ".join(typescript_type(member) for member in arguments)
    if origin is tuple and arguments[1:] == (Ellipsis,):
        item = typescript_type(arguments[0])
        return f"({item})[]" if " | " in item else f"{item}[]"
    if origin is dict:
        return f"Record<{typescript_type(arguments[0])}, {typescript_type(arguments[1])}>"
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint.__name__
    if hint in _TYPESCRIPT:
        return _TYPESCRIPT[hint]
    raise TypeError(f"no TypeScript type for {hint!r}")


def typescript() -> str:
    """The TypeScript module of the event types."""
    blocks = [
        f"// {generated.notice(MODULE)}\n// The event schema; see docs/events.md.",
        f"export const SCHEMA_VERSION = {events.SCHEMA_VERSION};",
        "/** A machine word in lower-case hexadecimal: `0x7ffc0000`. */\nexport type Word = string;",
        "/** Bytes in base64. */\nexport type Base64 = string;",
        *(_union(name, [json.dumps(value) for value in get_args(hint)]) for hint, name in _LITERALS.items()),
        *(_interface(cls) for cls in _STRUCTS),
        _interface(Event),
        *(_interface(cls, _tag(cls)) for cls in _EVENTS),
        "/** Any event of the stream. */\n" + _union("TrapgateEvent", [cls.__name__ for cls in _EVENTS]),
    ]
    return "\n\n".join(blocks) + "\n"


def _union(name: str, members: list[str]) -> str:
    line = f"export type {name} = {' | '.join(members)};"
    return line if len(line) <= _LINE_LENGTH else f"export type {name} =\n  | " + "\n  | ".join(members) + ";"


def _interface(cls: type[msgspec.Struct], tag: str | None = None) -> str:
    lines = [f"/** {_docstring(cls)} */"]
    name = "EventBase" if cls is Event else cls.__name__
    lines.append(f"export interface {name}{' extends EventBase' if tag else ''} {{")
    if tag:
        lines.append(f"  type: {json.dumps(tag)};")
    for field in fields(cls):
        if field.description:
            lines.append(f"  /** {field.description} */")
        lines.append(f"  {field.name}: {typescript_type(field.hint)};")
    return "\n".join([*lines, "}"])


_ENGLISH: dict[object, str] = {int: "integer", str: "string", bool: "boolean", bytes: "base64", NoneType: "null"}


def english_type(hint: object) -> str:
    """How the reference page writes the type of a field."""
    if _is_word(hint):
        return "word"
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return english_type(arguments[0])
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin in (Union, UnionType):
        return " or ".join(english_type(member) for member in arguments)
    if origin is tuple:
        return f"list of {english_type(arguments[0])}"
    if origin is dict:
        return f"object of {english_type(arguments[1])}"
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return f"[{hint.__name__}](#{hint.__name__.lower()})"
    return _ENGLISH[hint]


def reference() -> str:
    """The reference page, in Markdown."""
    blocks = [
        f"<!-- {generated.notice(MODULE)} -->\n\n" + _INTRODUCTION.format(version=events.SCHEMA_VERSION).rstrip(),
        f"## Common fields\n\n{_docstring(Event)}\n\n{_table(Event)}",
        "## Events",
        *(f"### `{_tag(cls)}`\n\n{_docstring(cls)}\n\n{_table(cls)}" for cls in _EVENTS),
        "## Structures",
        *(f"### {cls.__name__}\n\n{_docstring(cls)}\n\n{_table(cls)}" for cls in _STRUCTS),
    ]
    return "\n\n".join(blocks) + "\n"


def _table(cls: type[msgspec.Struct]) -> str:
    rows = ["| field | type | description |", "| --- | --- | --- |"]
    for field in fields(cls):
        cells = (f"`{field.name}`", english_type(field.hint), field.description)
        rows.append("| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |")
    return "\n".join(rows)


def files() -> dict[str, str]:
    """Path and content of every file that follows from the schema."""
    return {
        "docs/events.schema.json": json_schema(),
        "docs/events.md": reference(),
        "static/src/generated/events.ts": typescript(),
    }


if __name__ == "__main__":
    sys.exit(generated.main(MODULE, files()))
