"""What the GNU as front end asks of an architecture."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar, Protocol

from app.toolchain.lexer import CommentStyle, Line, Token
from app.toolchain.sections import FixupKind, Symbol

if TYPE_CHECKING:
    from app.toolchain.expression import Cursor, Expression
    from app.toolchain.unit import Unit

Padding = Callable[[int], bytes]
"""Gives instructions that do nothing, as many bytes as asked for."""


class Front(Protocol):
    """What an instruction set may use of the assembler that it serves."""

    unit: Unit

    def expression(self, cursor: Cursor) -> Expression:
        """Parse an expression at `cursor`: numbers, names, numeric labels, `.`. Raises Mistake."""

    def name(self, token: Token) -> Expression:
        """The use of a symbol or of a numeric label such as `1f`. Raises Mistake for a register."""


class InstructionSet(ABC):
    """One architecture in the syntax of GNU as. An instance serves one source and may keep state (Thumb, literals).

    Bytes go into `front.unit`: `unit.append(line, data, span, fixups)` for a known size, `unit.section.append_variable`
    for what depends on the layout. A number that is only known after layout is a `Fixup`, whose `kind` may be an object
    of the architecture (`sections.Patch`).
    """

    comments: ClassVar[CommentStyle]
    widths: ClassVar[Mapping[str, int]]
    """Bytes of each element of the number directives that differ: `.word` 4 ..."""
    align_is_power: ClassVar[bool] = True
    """Whether `.align 4` means 16 bytes (else 4)."""
    padding_byte: ClassVar[int | None] = None
    """The fill byte of `.align` that means `padding` in code: 0x90 on x86."""
    ignored: ClassVar[frozenset[str]] = frozenset()
    """Own directives that change nothing here, such as `.cpu`."""
    directives: ClassVar[frozenset[str]] = frozenset()
    """Own directives that `directive` carries out."""
    spaced: ClassVar[str] = ""
    """Signs before which a blank separates the arguments of a macro: `%` in `print %eax %ebx`."""
    data_kind: ClassVar[FixupKind] = "absolute"
    """How an address is stored by `.word` and its kin."""

    def __init__(self, front: Front, lines: list[Line]) -> None:
        """`lines` is the whole source, for guesses."""
        self.front = front

    @abstractmethod
    def is_register(self, name: str) -> bool:
        """Whether `name`, in lower case and without a sign before it, is a register and so no symbol."""

    @abstractmethod
    def is_instruction(self, word: str) -> bool:
        """Whether `word`, in lower case, can be an instruction or its prefix."""

    @abstractmethod
    def instruction(self, token: Token, cursor: Cursor) -> None:
        """Append the instruction `token` with the operands at `cursor` (behind it). Raises Mistake."""

    @abstractmethod
    def padding(self) -> Padding:
        """What `.align` fills code with at this place."""

    def directive(self, token: Token, cursor: Cursor) -> None:
        """Carry out one of `directives`; all of its arguments are taken from `cursor`. Raises Mistake."""
        raise AssertionError(f"{token.text} is in `directives` but not carried out")

    def is_statement(self, tokens: list[Token], leading: bool, defined: Callable[[str], bool]) -> bool:
        """Whether what follows a `;` is meant as a statement; otherwise it is taken for a comment.

        `leading` says that the `;` is the first thing in its line; `defined` tells whether a name is a label or
        constant of the source. Only asked where no label and no directive follows.
        """
        return True

    def label(self, symbol: Symbol) -> None:  # noqa: B027 - most have nothing to do
        """A label was just defined here."""

    def typed(self, name: str, kind: str) -> None:  # noqa: B027 - most have nothing to do
        """`.type name, kind` was read; `kind` is `function`, `object` ..."""

    def finish(self) -> None:  # noqa: B027 - most have nothing to do
        """The source has ended: append what is still due, such as literals. Raises Mistake."""
