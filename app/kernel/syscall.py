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
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from msgspec import Struct
from msgspec.structs import replace

from .abi.abi import ZERO
from .arguments.integers import EnumArgument, signed

if TYPE_CHECKING:
    from .abi import Abi, Variant
    from .call import Call

SOURCE_ROOT = Path(__file__).resolve().parents[2]


class Parameter(Struct, frozen=True):
    """One argument: its name, the type that fetches it, and what that type was told (`""` if nothing)."""

    name: str
    type: Any
    detail: str


class Syscall:
    """A row of the table that this kernel serves.

    `blocking` says whether the handler is a generator, `source` is `path:line` of it. The signature is read when the
    call is first made, because reading all of them takes longer than a small program runs.
    """

    def __init__(self, handler: Callable[..., Any]) -> None:
        self.name = handler.__name__
        self.handler = handler
        self.blocking = inspect.isgeneratorfunction(handler)

    @cached_property
    def _hints(self) -> dict[str, Any]:
        return typing.get_type_hints(self.handler, include_extras=True)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The arguments, in register order. Raises TypeError for an annotation that is no argument type."""
        names = list(inspect.signature(self.handler).parameters)[1:]
        return tuple(_parameter(name, self._hints[name]) for name in names)

    @cached_property
    def _fetchers(self) -> tuple[tuple[str, Callable[..., Any], str], ...]:
        return tuple((parameter.name, parameter.type.fetch, parameter.detail) for parameter in self.parameters)

    @cached_property
    def result_text(self) -> Callable[[int], str]:
        """Prints a successful result as strace does."""
        result = self._hints.get("return")
        if get_origin(result) is not None and get_args(result):
            result = get_args(result)[-1]
        show: Callable[[int], str] = getattr(result, "show", str)
        return show

    @cached_property
    def signature(self) -> str:
        """`write(fd, buf, count)`."""
        return f"{self.name}({', '.join(p.name for p in self.parameters)})"

    @cached_property
    def source(self) -> str:
        """`path:line` of the handler."""
        code = self.handler.__code__
        return f"{Path(code.co_filename).resolve().relative_to(SOURCE_ROOT)}:{code.co_firstlineno}"

    def places(self, registers: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
        """Each argument, and which of the ABI's argument `registers` carry it, lowest word first."""
        return [(p.name, (register,)) for p, register in zip(self.parameters, registers, strict=False)]

    @property
    def doc(self) -> str:
        """The reference page of the call."""
        return inspect.getdoc(self.handler) or ""

    @cached_property
    def hidden(self) -> frozenset[str]:
        """Arguments that strace does not show."""
        return frozenset()

    def fetch(self, call: Call) -> None:
        """Fill `call.arguments` from its registers. Nothing is checked yet: arguments check themselves when used."""
        arguments = call.arguments
        for (name, fetch, detail), raw in zip(self._fetchers, call.raw, strict=False):
            arguments[name] = fetch(call, name, raw, detail)


class SyscallVariant(Syscall):
    """A row whose name, arguments or structs are not quite those of the handler that serves it."""

    def __init__(self, served: Syscall, name: str, abi: Abi, variant: Variant) -> None:
        super().__init__(served.handler)
        self.name = name
        self._abi = replace(abi, structs={**abi.structs, **variant.structs}) if variant.structs else abi
        self._shape = variant.shape

    @cached_property
    def hidden(self) -> frozenset[str]:
        """Arguments of the handler that the program does not pass. They are 0."""
        return frozenset(p.name for p, registers in zip(self.parameters, self._shape, strict=False) if not registers)

    @cached_property
    def signature(self) -> str:
        """`waitpid(pid, wstatus, options)`."""
        return f"{self.name}({', '.join(p.name for p in self.parameters if p.name not in self.hidden)})"

    def places(self, registers: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
        """Each argument that the program passes, and its registers."""
        if not self._shape:
            return super().places(registers)
        return [
            (p.name, tuple(registers[index] for index in indices))
            for p, indices in zip(self.parameters, self._shape, strict=False)
            if indices
        ]

    def fetch(self, call: Call) -> None:
        """Put the registers together as the handler's arguments first."""
        call.abi = self._abi
        if not self._shape:
            super().fetch(call)
            return
        raw, bits = call.raw, self._abi.bits
        arguments = call.arguments
        for (name, fetch, detail), parameter, registers in zip(
            self._fetchers, self.parameters, self._shape, strict=False
        ):
            value = sum(raw[register] << bits * place for place, register in enumerate(registers) if register != ZERO)
            if len(registers) > 1:
                arguments[name] = parameter.type(signed(value, 64))
            else:
                arguments[name] = fetch(call, name, value, detail)


_served: dict[str, Syscall] = {}


def syscall(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Register `handler` under its own name, which is the name in the table of every ABI.

    Raises ValueError for a second handler of the same name, and for one without a docstring.
    """
    name = handler.__name__
    if name in _served:
        raise ValueError(f"two handlers for {name}")
    if not handler.__doc__:
        raise ValueError(f"{name} has no docstring; it is the reference page of the call")
    _served[name] = Syscall(handler)
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


def served_as(abi: Abi, name: str) -> Syscall | None:
    """How the call `name` is served for programs of an ABI; None when it is not."""
    variant = abi.variants.get(name)
    handler = _served.get((variant and variant.handler) or name)
    if handler is None or variant is None:
        return handler
    return SyscallVariant(handler, name, abi, variant)


def served() -> dict[str, Syscall]:
    """Every call this kernel serves, by name. Importing `app.kernel.syscalls` fills it."""
    return _served
