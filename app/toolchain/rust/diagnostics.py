"""What rustc says, one JSON object a line, as diagnostics at lines of the visitor's source."""

from __future__ import annotations

import re

import msgspec
from msgspec import Struct

from app.toolchain.c.diagnostics import clean
from app.toolchain.program import Diagnostic, Severity

from .commands import SOURCE_NAME

MAX_DIAGNOSTICS = 20


class _Expansion(Struct):
    span: _Span


class _Span(Struct):
    file_name: str
    line_start: int
    line_end: int
    column_start: int
    column_end: int
    is_primary: bool
    label: str | None = None
    suggested_replacement: str | None = None
    expansion: _Expansion | None = None


class _Child(Struct):
    level: str
    message: str
    spans: list[_Span] = []


class _Message(Struct):
    level: str
    message: str
    spans: list[_Span] = []
    children: list[_Child] = []


_decoder = msgspec.json.Decoder(_Message)
# Also of a module that a file should hold.
_UNREAD = re.compile(r"^couldn't read `?(.*?)`?: .*\(os error \d+\)")
_UNLINKED = re.compile(r"^linking with `[^`]*` failed")
_UNDEFINED = re.compile(r"(?:program\.rs:(?P<line>\d+): )?undefined reference to [`'](?P<name>[^`'\n]*)'")
_SUMMARIES = ("aborting due to", "For more information", "Some errors have detailed")


def read_rustc(text: str) -> list[Diagnostic]:
    """The errors and warnings among the lines of `text`, in the order of rustc. What is no message is left out."""
    found: list[Diagnostic] = []
    for line in text.split("\n"):
        if len(found) >= MAX_DIAGNOSTICS:
            break
        if not line.startswith("{"):
            continue
        try:
            message = _decoder.decode(line)
        except msgspec.MsgspecError:
            continue
        if message.level in ("error", "warning", "error: internal compiler error") and not _is_summary(message):
            found += _not_linked(message) if _UNLINKED.match(message.message) else [_diagnostic(message)]
    return found[:MAX_DIAGNOSTICS]


def _not_linked(message: _Message) -> list[Diagnostic]:
    """What the linker missed. All else that it says is about files of this machine."""
    text = "\n".join(child.message for child in message.children)
    missing = {match["name"]: int(match["line"] or 1) for match in _UNDEFINED.finditer(text)}
    return [
        Diagnostic(max(line, 1), 1, 2, f"`{clean(name)}` is used, but defined nowhere", "there is no such function")
        for name, line in missing.items()
    ] or [Diagnostic(1, 1, 2, "the program cannot be linked", "it may ask for a library that is not here")]


def _is_summary(message: _Message) -> bool:
    return message.message.startswith(_SUMMARIES) or (not message.spans and message.message.endswith("emitted"))


def _diagnostic(message: _Message) -> Diagnostic:
    span = next((found for span in message.spans if span.is_primary and (found := _in_source(span))), None)
    text, label = message.message, span.label if span else None
    unread = _UNREAD.match(text)
    if unread:
        # The same words whether the host has such a file or not, and no hint of where it has one.
        name = unread[1].rpartition("/")[2]
        text, label = f"couldn't read `{name}`: the compiler reads no files but this program", None
    if label and label not in text:
        text = f"{text}: {label}"
    children = [] if unread else message.children
    hint = next((_hint(child) for child in children if child.level in ("help", "note")), "")
    severity: Severity = "warning" if message.level == "warning" else "error"
    if span is None:
        return Diagnostic(1, 1, 2, _short(text), _short(hint), severity)
    same_line = span.line_end == span.line_start
    end = span.column_end if same_line and span.column_end > span.column_start else span.column_start + 1
    return Diagnostic(span.line_start, span.column_start, end, _short(text), _short(hint), severity)


def _in_source(span: _Span) -> _Span | None:
    """The place in the visitor's file: of what a macro made, the place where it is used."""
    current: _Span | None = span
    while current is not None and current.file_name != SOURCE_NAME:
        current = None if current.expansion is None else current.expansion.span
    return current


def _hint(child: _Child) -> str:
    replacement = next((span.suggested_replacement for span in child.spans if span.suggested_replacement), None)
    is_short = replacement is not None and replacement.strip() and "\n" not in replacement
    return f"{child.message}: `{replacement}`" if is_short and "`" not in child.message else child.message


def _short(text: str) -> str:
    return clean(" ".join(text.split()))
