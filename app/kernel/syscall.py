"""What a system call's Python signature means.

`@syscall` turns a function into a row of the table. Its parameters after `call`, in register order, say by their
annotations how each argument is fetched, checked, shown in strace text and explained in the diagram; its docstring is
the reference page. So a call is written once:

    @syscall
    def write(call: Call, fd: Fd, buf: Annotated[UserIn, "count"], count: Size) -> Blocking[Size]:
        \"\"\"Write up to `count` bytes from `buf` to the open file `fd`.\"\"\"

The metadata string of an `Annotated` type ties the argument to another one (a buffer to its length) or to a struct of
the ABI (`Annotated[StructOut, "stat"]`). An annotation that is an enum of flags or of choices is fetched as an int
and printed by its names.
"""

from __future__ import annotations

import enum
import inspect
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from .arguments.integers import EnumArgument

if TYPE_CHECKING:
    from .call import Call

SOURCE_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument: its name, the type that fetches it, and what that type was told (`""` if nothing)."""

    name: str
    type: Any
    detail: str

    def fetch(self, call: Call, raw: int) -> Any:
        """The typed argument for register value `raw`."""
        return self.type.fetch(call, self.name, raw, self.detail)


@dataclass(frozen=True, slots=True)
class Syscall:
    """A row of the table that this kernel serves."""

    name: str
    handler: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    result: Any
    blocking: bool
    doc: str
    source: str

    @property
    def signature(self) -> str:
        """`write(fd, buf, count)`."""
        return f"{self.name}({', '.join(p.name for p in self.parameters)})"

    def fetch(self, call: Call) -> None:
        """Fill `call.arguments` from its registers. Nothing is checked yet: arguments check themselves when used."""
        arguments = call.arguments
        for parameter, raw in zip(self.parameters, call.raw, strict=False):
            arguments[parameter.name] = parameter.fetch(call, raw)

    def result_text(self, value: int) -> str:
        """A successful result as strace prints it."""
        show = getattr(self.result, "show", None)
        return str(show(value)) if show else str(value)


_served: dict[str, Syscall] = {}


def syscall(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Register `handler` under its own name, which is the name in the table of every ABI."""
    hints = typing.get_type_hints(handler, include_extras=True)
    result = hints.pop("return", None)
    if get_origin(result) is not None and get_args(result):
        result = get_args(result)[-1]
    names = list(inspect.signature(handler).parameters)[1:]
    code = handler.__code__
    name = handler.__name__
    if name in _served:
        raise ValueError(f"two handlers for {name}")
    doc = inspect.getdoc(handler)
    if not doc:
        raise ValueError(f"{name} has no docstring; it is the reference page of the call")
    _served[name] = Syscall(
        name=name,
        handler=handler,
        parameters=tuple(_parameter(parameter, hints[parameter]) for parameter in names),
        result=result,
        blocking=inspect.isgeneratorfunction(handler),
        doc=doc,
        source=f"{Path(code.co_filename).resolve().relative_to(SOURCE_ROOT)}:{code.co_firstlineno}",
    )
    return handler


def _parameter(name: str, annotation: Any) -> Parameter:
    """Read one annotation."""
    detail = ""
    if get_origin(annotation) is Annotated:
        annotation, detail = get_args(annotation)[:2]
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return Parameter(name, EnumArgument(annotation), detail)
    if not hasattr(annotation, "fetch"):
        raise TypeError(f"{annotation!r} is not an argument type (see app/kernel/arguments)")
    return Parameter(name, annotation, detail)


def served() -> dict[str, Syscall]:
    """Every call this kernel serves, by name. Importing `app.kernel.syscalls` fills it."""
    return _served


def documented() -> Iterator[tuple[str, str]]:
    """(name, docstring) of every call, for the reference page."""
    for name, row in sorted(_served.items()):
        yield name, row.doc
