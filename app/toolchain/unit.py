"""One source being assembled: its sections, symbols and mistakes, and the operations both dialects share."""

from __future__ import annotations

import struct
from typing import Literal

from app.toolchain.errors import Mistake, Report, Span
from app.toolchain.expression import Expression, Name, Number
from app.toolchain.items import Fill
from app.toolchain.layout import early_value
from app.toolchain.lexer import Dialect, Token
from app.toolchain.machines import MACHINES
from app.toolchain.sections import MAX_RESERVED_BYTES, Fixup, FixupKind, Section, Symbol, Symbols, check_size

MAX_STATEMENTS = 50_000
MAX_COLLECTED_LINES = 500_000

SectionKind = Literal["text", "rodata", "data", "bss"]


def section_kind(name: str) -> SectionKind | None:
    """The kind that a well-known section name implies; `.text.hot` counts as `.text`."""
    for prefix, kind in (
        (".text", "text"),
        (".rodata", "rodata"),
        (".data.rel.ro", "rodata"),
        (".data", "data"),
        (".sdata", "data"),
        (".sbss", "bss"),
        (".bss", "bss"),
    ):
        if name == prefix or name.startswith(prefix + "."):
            return kind  # type: ignore[return-value]
    return None


class Unit:
    """State of one assembly. Raises SourceError through its Report."""

    def __init__(self, dialect: Dialect, arch: str) -> None:
        self.dialect: Dialect = dialect
        self.machine = MACHINES[arch]
        self.report = Report()
        self.symbols = Symbols()
        self.sections: dict[str, Section] = {}
        self.section = self.enter(".text", "text")
        self.implied_loads: list[Name] = []
        self._statements = 0
        self._collected = 0

    def enter(self, name: str, kind: SectionKind) -> Section:
        """Make `name` the current section, created when new."""
        section = self.sections.get(name)
        if section is None:
            section = self.sections[name] = Section(name, kind)
        self.section = section
        return section

    def count_statement(self, span: Span) -> None:
        """Raises Mistake when the program, repetitions included, has too many statements."""
        self._statements += 1
        if self._statements > MAX_STATEMENTS:
            self.report.add(Mistake(span, f"the program has more than {MAX_STATEMENTS} statements"))
            self.report.finish()

    def count_line(self, span: Span) -> None:
        """A line of a block was collected. Raises SourceError when nested blocks make that too often."""
        self._collected += 1
        if self._collected > MAX_COLLECTED_LINES:
            self.report.add(Mistake(span, "the macros and repetitions of this program take too long"))
            self.report.finish()

    def define_label(self, name: str, span: Span) -> Symbol:
        """A label at the current place. Raises Mistake when it exists."""
        symbol = Symbol(name, span, place=self.section.here)
        self.symbols.define(symbol)
        return symbol

    def define_constant(self, name: str, span: Span, expression: Expression, redefinable: bool) -> None:
        """A constant. Raises Mistake when the name is taken or the expression is nonsense."""
        value = early_value(expression, self.symbols)
        symbol = Symbol(name, span, expression=expression, redefinable=redefinable)
        if value is not None and value.base is None:
            symbol.expression = Number(value.offset, expression.span)
            symbol.value = value
        self.symbols.define(symbol)

    def name(self, token: Token) -> Expression:
        """The use of a symbol. Bound at once when a later line could give the name another value."""
        symbol = self.symbols.by_name.get(token.text)
        if symbol is not None and symbol.redefinable:
            if isinstance(symbol.expression, Number):
                return Number(symbol.expression.value, token.span)
            return Name(token.text, token.span, symbol)
        return Name(token.text, token.span)

    def known_number(self, expression: Expression) -> int | None:
        """The value when it is a plain number that is known by now. Raises Mistake for nonsense."""
        value = early_value(expression, self.symbols)
        return value.offset if value is not None and value.base is None else None

    def constant(self, expression: Expression, what: str) -> int:
        """A number that must be known by now. Raises Mistake when it is not."""
        number = self.known_number(expression)
        if number is None:
            raise Mistake(expression.span, f"{what} must be a number that is known at this line")
        return number

    def reject_code_in_bss(self, span: Span) -> None:
        """Raise Mistake when instructions can't stand in the current section."""
        if self.section.kind == "bss":
            raise Mistake(span, f"instructions can't stand in {self.section.name}", "switch to .text first")

    def append(self, line: int, data: bytes, span: Span, fixups: tuple[Fixup, ...] = ()) -> None:
        self.section.append(line, data, len(data), span, fixups)

    def reserve(self, line: int, count: Expression, width: int, unit: bytes | None) -> None:
        """`count` times `unit` (of `width` bytes; None reserves room). Raises Mistake when that is too much."""
        number = self.known_number(count)
        if number is None:
            self.section.append_variable(Fill(line, count, unit, width))
            return
        if number < 0:
            raise Mistake(count.span, f"a count can't be negative ({number})")
        if unit is not None and self.section.kind == "bss" and not any(unit):
            unit = None
        size = number * width
        if size > MAX_RESERVED_BYTES:
            raise Mistake(
                count.span,
                f"{size:,} bytes are too many",
                f"the limit is {MAX_RESERVED_BYTES >> 20} MiB in .bss, 1 MiB elsewhere",
            )
        if unit is None and self.section.kind != "bss":
            unit = bytes(width)
        if unit is not None:
            check_size(self.section, size, count.span)
        self.section.append(line, None if unit is None else unit * number, size, count.span)

    def number_datum(self, line: int, expression: Expression, width: int, kind: FixupKind = "absolute") -> None:
        """One number of `width` bytes (1, 2, 4, 8 or 16). Raises Mistake when a known number does not fit."""
        span = expression.span
        number = self.known_number(expression)
        if number is None:
            field = Fixup(0, min(width, 8), expression, kind)
            self.append(line, bytes(width), span, (field,))
            return
        bits = 8 * width
        if not -(1 << (bits - 1)) <= number < 1 << bits:
            lower, upper = -(1 << (bits - 1)), (1 << bits) - 1
            raise Mistake(
                span, f"the number {number} does not fit in {width} byte{'s' * (width > 1)}", f"{lower} to {upper} fit"
            )
        self.append(line, (number & ((1 << bits) - 1)).to_bytes(width, "little"), span)

    def float_datum(self, line: int, token: Token, width: int, negative: bool) -> None:
        """One IEEE 754 number of 4 or 8 bytes."""
        value = -float(token.text) if negative else float(token.text)
        try:
            data = struct.pack({4: "<f", 8: "<d"}[width], value)
        except (KeyError, OverflowError):
            raise Mistake(token.span, f"{token.text} can't be stored in {width} bytes") from None
        self.append(line, data, token.span)
