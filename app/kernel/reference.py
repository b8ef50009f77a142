"""The reference: what each system call does, read from the docstring of its handler.

A docstring of a handler has one form, so that it can be read by people and by this module:

    Summary.

    More about it.

    ERRNO: when. ERRNO, ERRNO: when. And the errors of read. See name(2).

    Not served: what Linux does and this kernel does not.

A call that never fails says `Never fails.` or `Does not return.` The last sentence makes the call's support level
`partial`; without it the level is `full`. Calls of the table without a handler are `none`.

`python -m app.kernel.reference [--check]` writes `docs/syscalls.md`.
"""

from __future__ import annotations

import enum
import inspect
import re
import sys
from importlib import import_module

from msgspec import Struct

from app.trace import generated

from . import syscalls
from .abi import ABIS, Abi
from .abi.unserved import REASONS
from .syscall import Syscall, served

MODULE = "app.kernel.reference"

PATH_WALK = "a path walk"
"""What docstrings call the errors that every call with a path can have."""

PATH_WALK_ERRORS = {
    "EFAULT": "the path is not in the program's memory",
    "ENAMETOOLONG": "a name has more than 255 bytes, or the path more than 4095",
    "ENOENT": "a name is not there, or the path is empty",
    "ENOTDIR": "a name in the middle is no directory",
    "EACCES": "a directory on the way may not be searched",
    "ELOOP": "more than 40 symbolic links on the way",
}

_ERROR = re.compile(r"(E[A-Z0-9]+(?:, E[A-Z0-9]+)*)( with SIG[A-Z]+)?: (.+)\.")
_INHERITED = re.compile(r"(?:And the errors|The (?:other )?errors are those) of (.+)\.")
_MANUAL = re.compile(r"See (\w+\(\d\)(?:, \w+\(\d\))*)\.")
_NEVER = ("Never fails.", "Does not return.")
_NOT_SERVED = "Not served: "


class Level(enum.Enum):
    """How much of a call is served."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class Error(Struct, frozen=True):
    """When a call fails: the errnos, and the reason they stand for. `signal` is what comes along (`with SIGPIPE`)."""

    names: tuple[str, ...]
    reason: str
    signal: str = ""

    def __str__(self) -> str:
        return f"{', '.join(self.names)}{self.signal}: {self.reason}."


class Page(Struct, frozen=True):
    """A docstring, taken apart.

    `text` are the paragraphs of prose, the first one the summary; `inherited` the calls whose errors can come, too;
    `manual` the man pages; `missing` the sentence about what is not served, empty when nothing is missing.
    """

    text: tuple[str, ...]
    errors: tuple[Error, ...]
    inherited: tuple[str, ...]
    manual: tuple[str, ...]
    never_fails: bool
    missing: str

    @property
    def summary(self) -> str:
        """What the call does."""
        return self.text[0]

    @property
    def level(self) -> Level:
        """How much of the call is served."""
        return Level.PARTIAL if self.missing else Level.FULL


def page(doc: str) -> Page:
    """Take a docstring apart. What is in no known form counts as prose."""
    text: list[str] = []
    errors: list[Error] = []
    inherited: list[str] = []
    manual: list[str] = []
    never_fails = False
    doc, _, missing = " ".join(re.sub(r"\n\s*\n", "\0", doc).split()).partition(_NOT_SERVED)
    for paragraph in doc.split("\0"):
        prose = []
        for sentence in _sentences(paragraph):
            if match := _ERROR.fullmatch(sentence):
                errors.append(Error(tuple(match[1].split(", ")), match[3], match[2] or ""))
            elif match := _INHERITED.fullmatch(sentence):
                inherited += match[1].split(" and ")
            elif match := _MANUAL.fullmatch(sentence):
                manual += match[1].split(", ")
            else:
                never_fails = never_fails or sentence in _NEVER
                prose.append(sentence)
        if prose:
            text.append(" ".join(prose))
    return Page(
        tuple(text),
        tuple(errors),
        tuple(inherited),
        tuple(manual),
        never_fails,
        _NOT_SERVED + missing.strip() if missing else "",
    )


def _sentences(paragraph: str) -> list[str]:
    return [sentence for sentence in re.split(r"(?<=\.) (?=[A-Z0-9`])", paragraph.strip()) if sentence]


def level(name: str) -> Level:
    """How much of the call `name` is served."""
    row = served().get(name)
    return Level.NONE if row is None else page(row.doc).level


def errors(row: Syscall) -> list[Error]:
    """Every error of a call, its own first, then those that it inherits. Raises KeyError for an unknown name."""
    own = page(row.doc)
    found = list(own.errors)
    for name in own.inherited:
        if name == PATH_WALK:
            found += [Error((errno,), reason) for errno, reason in PATH_WALK_ERRORS.items()]
        else:
            found += errors(served()[name])
    return list(dict.fromkeys(found))


def family(row: Syscall) -> str:
    """The module of `app.kernel.syscalls` that the handler is in."""
    return row.source.rpartition("/")[2].partition(".")[0]


# -- docs/syscalls.md ----------------------------------------------------------------------------------------------

_INTRODUCTION = """\
# System calls

What `trapgate syscalls` shows, as a table. It is made from the handlers: a signature says how the arguments are fetched
and checked, a docstring what the call does.

The {arch} table of Linux has {total} calls. {full} are served in full, {partial} in part (the table says what is
missing), and {none} answer ENOSYS. The machine has one CPU, no disk, and no network but the loopback interface; calls
about such things answer as on a Linux that has no more.

A call with a path can have any error of the **path walk**:

{walk}
"""


def markdown(abi: Abi) -> str:
    """The page of the documentation."""
    rows = served()
    numbers = {name: number for number, name in sorted(abi.names.items(), reverse=True)}
    levels = [level(name) for name in numbers]
    families: dict[str, list[Syscall]] = {}
    for name in sorted(numbers, key=lambda name: numbers[name]):
        if name in rows:
            families.setdefault(family(rows[name]), []).append(rows[name])
    blocks = [
        f"<!-- {generated.notice(MODULE)} -->",
        _INTRODUCTION.format(
            arch=abi.info.name,
            total=len(levels),
            full=levels.count(Level.FULL),
            partial=levels.count(Level.PARTIAL),
            none=levels.count(Level.NONE),
            walk="\n".join(f"- {errno}: {reason}." for errno, reason in PATH_WALK_ERRORS.items()),
        ).rstrip(),
    ]
    for name in sorted(families):
        module = import_module(f"{syscalls.__name__}.{name}")
        about = (inspect.getdoc(module) or "").partition("\n")[0]
        heading = re.split(r"[:.]| \(", about)[0]
        source = f"[`app/kernel/syscalls/{name}.py`](../app/kernel/syscalls/{name}.py)"
        blocks += [
            f"## {heading}",
            source if about == f"{heading}." else f"{about} {source}",
            "\n".join(
                [
                    "| number | call | level | what it does | errors |",
                    "| --- | --- | --- | --- | --- |",
                    *(_row(numbers[row.name], row) for row in families[name]),
                ]
            ),
        ]
    others = [rows[name] for name in sorted(rows) if name not in numbers]
    blocks += [
        "## Other architectures",
        "Calls that x86-64 does not have, by architecture and number, and handlers of calls with another name there.",
        "\n".join(
            [
                "| where | call | level | what it does | errors |",
                "| --- | --- | --- | --- | --- |",
                *(_row(_places(row.name), row) for row in others),
            ]
        ),
        "## Not served",
        "These answer ENOSYS, with an event that names the call.",
        "\n".join(
            [
                "| number | call | why |",
                "| --- | --- | --- |",
                *(
                    f"| {number} | `{name}` | {REASONS.get(name, '')} |"
                    for number, name in sorted(abi.names.items())
                    if name not in rows
                ),
            ]
        ),
    ]
    return "\n\n".join(blocks) + "\n"


def _places(handler: str) -> str:
    """Rows of other tables that a handler serves: `arm 4, i386 4 (write)`."""
    found = []
    for arch, abi in sorted(ABIS.items()):
        for number, name in sorted(abi.names.items()):
            variant = abi.variants.get(name)
            if (variant.handler if variant is not None and variant.handler else name) == handler:
                found.append(f"{arch} {number}" + (f" ({name})" if name != handler else ""))
    return ", ".join(found)


def _row(place: int | str, row: Syscall) -> str:
    shown = page(row.doc)
    path, _, line = row.source.rpartition(":")
    names = list(dict.fromkeys(name for error in shown.errors for name in error.names))
    names += [PATH_WALK.removeprefix("a ") if name == PATH_WALK else f"as `{name}`" for name in shown.inherited]
    what = f"{shown.summary} *{shown.missing}*" if shown.missing else shown.summary
    cells = (
        str(place),
        f"[`{row.signature}`](../{path}#L{line})",
        shown.level.value,
        what,
        ", ".join(names),
    )
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def files() -> dict[str, str]:
    """Path and content of every file that follows from the handlers."""
    syscalls.load()
    return {"docs/syscalls.md": markdown(ABIS["x86_64"])}


if __name__ == "__main__":
    sys.exit(generated.main(MODULE, files()))
