"""From runs to addresses and bytes: branch relaxation until nothing moves, then fix-ups."""

from __future__ import annotations

from app.toolchain.errors import Mistake, Report, Span
from app.toolchain.expression import Expression, Here, Name, NotYet, Value, evaluate
from app.toolchain.sections import Fixup, Place, Run, Section, Symbol, Symbols, check_size

PAGE = 4096
MAX_PASSES = 100
# From here on every branch that is still undecided takes its long form, so that a chain of them can't take long.
IMPATIENT_PASSES = 24
_ORDER = ("text", "rodata", "data", "bss")


def early_value(expression: Expression, symbols: Symbols) -> Value | None:
    """The value of `expression` as far as it is known while parsing; None when it depends on layout or later lines.

    An address comes back relative to its run. Raises Mistake for nonsense.
    """

    def lookup(term: Name | Here) -> Value:
        if isinstance(term, Here):
            place = term.place
            assert isinstance(place, Place)  # noqa: S101
            return Value(place.run, place.delta)
        symbol = term.symbol or symbols.by_name.get(term.name)
        if not isinstance(symbol, Symbol):
            raise NotYet
        if symbol.place is not None:
            return Value(symbol.place.run, symbol.place.delta)
        if symbol.value is not None:
            return symbol.value
        raise NotYet

    def distance(_left: Value, _right: Value) -> int:
        raise NotYet

    try:
        return evaluate(expression, lookup, distance)
    except NotYet:
        return None


class Layout:
    """Places sections in memory; afterwards `value` and `chunks` give final answers."""

    def __init__(self, sections: list[Section], symbols: Symbols, report: Report, text_address: int) -> None:
        self.sections = sorted(sections, key=lambda section: _ORDER.index(section.kind))
        self.symbols = symbols
        self.passes = 0
        self._report = report
        self._text_address = text_address

    @property
    def impatient(self) -> bool:
        return self.passes >= IMPATIENT_PASSES

    def run(self) -> None:
        """Assign sizes and addresses. Mistakes go to the report, which then raises SourceError."""
        while self._one_pass():
            self._report.finish()
            if self.passes >= MAX_PASSES:
                tail = next(r.tail for s in self.sections for r in s.runs if r.tail is not None)
                span = Span(tail.line, 1, 2)
                raise Mistake(span, "the sizes in this program depend on each other in a circle")
        self._report.finish()

    def _one_pass(self) -> bool:
        """Ask every item for its size in the layout so far, then lay out anew; False when nothing moved."""
        self.passes += 1
        changed = self.passes == 1
        if self.passes > 1:
            for section in self.sections:
                for run in section.runs:
                    if run.tail is not None and not run.tail.positional:
                        changed |= self._resize(run, run.offset + run.length)
        address = self._text_address
        for section in self.sections:
            offset = 0
            for run in section.runs:
                changed |= run.offset != offset
                run.offset = offset
                offset += run.length
                if run.tail is not None:
                    if run.tail.positional:
                        changed |= self._resize(run, offset)
                    offset += run.tail.size
            section.size = offset
            changed |= section.address != address
            section.address = address
            if offset:
                address = (address + offset + PAGE - 1) // PAGE * PAGE
        return changed

    def _resize(self, run: Run, offset: int) -> bool:
        tail = run.tail
        assert tail is not None  # noqa: S101
        before = tail.size
        try:
            tail.size = tail.resize(offset, run.section, self)
            check_size(run.section, offset + tail.size, Span(tail.line, 1, 2))
        except Mistake as mistake:
            tail.size = 0
            self._report.add(mistake)
        return tail.size != before

    def value(self, expression: Expression) -> Value:
        """Value of `expression` in the present layout; an address is relative to its section. Raises Mistake."""
        try:
            return evaluate(expression, self._lookup, self._distance)
        except RecursionError:
            raise Mistake(expression.span, "this expression is nested too deeply") from None

    def number(self, expression: Expression) -> int:
        """The same as a plain number or final address."""
        base, offset = self.value(expression)
        return base.address + offset if isinstance(base, Section) else offset

    @staticmethod
    def _distance(left: Value, right: Value) -> int:
        a = left.base.address if isinstance(left.base, Section) else 0
        b = right.base.address if isinstance(right.base, Section) else 0
        return a + left.offset - b - right.offset

    def _lookup(self, term: Name | Here) -> Value:
        if isinstance(term, Here):
            place = term.place
            assert isinstance(place, Place)  # noqa: S101
            return Value(place.run.section, place.run.offset + place.delta)
        symbol = term.symbol or self.symbols.by_name.get(term.name)
        if not isinstance(symbol, Symbol):
            raise undefined(term)
        if symbol.place is not None:
            run = symbol.place.run
            return Value(run.section, run.offset + symbol.place.delta)
        if symbol.value_pass == self.passes and symbol.value is not None:
            return symbol.value
        if symbol.evaluating:
            raise Mistake(term.span, f"`{symbol.name}` is defined by itself")
        assert symbol.expression is not None  # noqa: S101
        symbol.evaluating = True
        try:
            symbol.value = evaluate(symbol.expression, self._lookup, self._distance)
        finally:
            symbol.evaluating = False
        symbol.value_pass = self.passes
        return symbol.value

    def patch(self, code: bytes, fixups: tuple[Fixup, ...], address: int) -> bytes:
        """`code`, which will lie at `address`, with its numbers filled in. Raises Mistake when one does not fit."""
        if not fixups:
            return code
        data = bytearray(code)
        for fixup in fixups:
            end = fixup.position + fixup.width
            if not isinstance(fixup.kind, str):
                data[fixup.position : end] = fixup.kind.patch(
                    bytes(data[fixup.position : end]), fixup, address + fixup.position, self
                )
                continue
            number = self.number(fixup.expression)
            if fixup.kind == "relative":
                number -= address + len(code)
            check_fits(number, fixup)
            mask = (1 << 8 * fixup.width) - 1
            data[fixup.position : end] = (number & mask).to_bytes(fixup.width, "little")
        return bytes(data)


def check_fits(number: int, fixup: Fixup) -> None:
    """Raise Mistake when `number` does not fit into the field."""
    bits = 8 * fixup.width
    upper = 1 << (bits if fixup.kind == "absolute" else bits - 1)
    if not -(1 << (bits - 1)) <= number < upper:
        span = fixup.expression.span
        if fixup.kind == "relative":
            raise Mistake(span, f"the target is too far away for this instruction ({number} bytes)")
        raise Mistake(span, f"the value {describe(number)} does not fit in {bits} bits")


def describe(number: int) -> str:
    """A number as a person wants to see it."""
    return str(number) if abs(number) < 1 << 16 else f"{'-' if number < 0 else ''}{abs(number):#x}"


_LIBRARY = frozenset(
    [
        "printf",
        "puts",
        "putchar",
        "scanf",
        "malloc",
        "free",
        "exit",
        "strlen",
        "memcpy",
        "memset",
        "strcmp",
        "strcpy",
        "fopen",
        "fclose",
        "getchar",
        "write",
        "read",
        "open",
        "close",
        "atoi",
        "sprintf",
        "system",
        "gets",
        "fgets",
        "rand",
        "srand",
        "time",
        "sleep",
        "abort",
        "calloc",
        "realloc",
    ]
)


def undefined(name: Name) -> Mistake:
    """The mistake of using a name that nothing defines."""
    if name.name[:1].isdigit():
        digits = name.name.partition(":")[0]
        return Mistake(name.span, f"there is no label `{digits}:` after this line")
    hint = "define it with a label `" + name.name + ":`, or check the spelling"
    if name.name in _LIBRARY:
        hint = "there is no C library in assembly runs; use system calls"
    return Mistake(name.span, f"`{name.name}` is not defined", hint)
