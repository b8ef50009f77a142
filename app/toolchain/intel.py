"""Operands in Intel syntax, as GNU as and as NASM write them."""

from __future__ import annotations

from collections.abc import Callable

from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import (
    Binary,
    Cursor,
    Expression,
    ExpressionParser,
    Here,
    Name,
    Number,
    RegisterTerm,
    Unary,
    combine,
)
from app.toolchain.lexer import Dialect, Token
from app.toolchain.mnemonics import BRANCHES
from app.toolchain.operands import REGISTERS, Immediate, Memory, Operand, Register
from app.toolchain.unit import Unit

_GAS_SIZES = {"byte": 1, "word": 2, "dword": 4, "fword": 6, "qword": 8, "tbyte": 10, "oword": 16, "xmmword": 16}
_GAS_SIZES |= {"ymmword": 32, "mmword": 8}
_NASM_SIZES = {"byte": 1, "word": 2, "dword": 4, "qword": 8, "tword": 10, "oword": 16, "yword": 32, "zword": 64}
_TO_REGISTER = frozenset(["fadd", "fsub", "fsubr", "fmul", "fdiv", "fdivr"])
_SEGMENTS = frozenset(["cs", "ds", "es", "fs", "gs", "ss"])


def is_register(name: str) -> bool:
    """Whether `name`, in lower case, is a register; `st1` is NASM's way to write st(1)."""
    return name in REGISTERS or (len(name) == 3 and name[:2] == "st" and name[2] in "01234567")


class IntelParser:
    """Parses the operands of one instruction."""

    def __init__(
        self,
        unit: Unit,
        cursor: Cursor,
        name: Callable[[Token], Expression],
        mnemonic: str,
        relative: bool = False,
    ) -> None:
        self._unit = unit
        self._cursor = cursor
        self._name = name
        self._mnemonic = mnemonic
        self._relative = relative
        self._dialect: Dialect = unit.dialect
        self._strict = False
        self._to = False

    def parse(self) -> list[Operand]:
        """All operands up to the end of the statement. Raises Mistake."""
        cursor = self._cursor
        operands: list[Operand] = []
        if cursor.token is None:
            return operands
        while True:
            if cursor.token is None or cursor.text == ",":
                raise Mistake(cursor.span, "an operand is missing here")
            operands.append(self._operand())
            if not cursor.accept(","):
                break
        if cursor.token is not None and cursor.text == "{":
            raise Mistake(cursor.span, "AVX-512 operands are not supported")
        cursor.expect_end()
        if self._to and len(operands) == 1:
            # `fadd to st1` of NASM.
            operands.append(Register("st(0)", operands[0].span))
        return operands

    def _operand(self) -> Operand:
        cursor = self._cursor
        first = cursor.span
        self._strict = False
        size, distance = self._keywords()
        if self._dialect == "gas" and cursor.text.lower() == "offset":
            return self._offset(first)
        register = self._register()
        if register is not None:
            if size:
                raise Mistake(first, "a register has its own size", f"write only `{register.name}`")
            return register
        if self._dialect == "nasm":
            return self._nasm(first, size, distance)
        if cursor.text == "[" and cursor.peek().lower() in _GAS_SIZES and cursor.peek(2).lower() == "ptr":
            # GCC writes `jmp [qword ptr table[rax*8]]`: a size inside the brackets means what it means before them.
            cursor.take()
            size, distance = self._keywords()
            operand = self._gas(first, size, distance)
            cursor.expect("]")
            return operand
        return self._gas(first, size, distance)

    def _keywords(self) -> tuple[int, str]:
        cursor = self._cursor
        size, distance = 0, ""
        sizes = _GAS_SIZES if self._dialect == "gas" else _NASM_SIZES
        while cursor.token is not None and cursor.token.kind == "name":
            word = cursor.text.lower()
            if word in ("short", "near") and self._mnemonic in BRANCHES:
                distance = word
            elif word == "strict" and self._dialect == "nasm":
                self._strict = True
            elif word == "to" and self._dialect == "nasm" and self._mnemonic in _TO_REGISTER:
                self._to = True
            elif word == "far" and self._dialect == "nasm":
                raise Mistake(cursor.span, "`far` is not available", "programs here have one code segment")
            elif word in sizes and self._size_follows():
                size = sizes[word]
                if self._dialect == "gas":
                    cursor.take()
            elif self._dialect == "nasm" and word == "ptr":
                raise Mistake(cursor.span, "NASM has no `ptr`", "write `byte [address]`, or choose GNU as")
            else:
                break
            cursor.take()
        return size, distance

    def _size_follows(self) -> bool:
        """Whether the size word here is one; GNU as wants `ptr` behind it."""
        following = self._cursor.peek().lower()
        if self._dialect == "nasm":
            return True
        if following in ("[", "fs", "gs"):
            word = self._cursor.text
            raise Mistake(
                self._cursor.span, f"`{word}` without `ptr`", f"GNU as writes `{word} ptr [...]`; or choose NASM"
            )
        return following == "ptr"

    def _register(self) -> Register | None:
        cursor = self._cursor
        ahead = 1 if cursor.text == "%" else 0
        name = cursor.peek(ahead).lower()
        if not is_register(name):
            return None
        after = cursor.peek(ahead + 1)
        if after == ":" and name in _SEGMENTS:
            return None
        start = cursor.span
        if name == "st" and after == "(":
            for _ in range(ahead + 2):
                cursor.take()
            number = cursor.take()
            closing = cursor.expect(")")
            name = f"st({number.text})"
            if name not in REGISTERS:
                raise Mistake(start.to(closing.span), f"there is no register `{name}`", "st(0) to st(7) exist")
            return Register(name, start.to(closing.span))
        if after not in (",", "", "{"):
            return None
        for _ in range(ahead + 1):
            token = cursor.take()
        if name[:2] == "st" and name[2:].isdigit():
            name = f"st({name[2:]})"
        return Register(name, start.to(token.span))

    def _segment(self) -> str:
        cursor = self._cursor
        ahead = 1 if cursor.text == "%" else 0
        if cursor.peek(ahead).lower() in _SEGMENTS and cursor.peek(ahead + 1) == ":":
            name = cursor.peek(ahead).lower()
            for _ in range(ahead + 2):
                cursor.take()
            return name
        return ""

    def _expressions(self, registers: bool) -> ExpressionParser:
        section = self._unit.section
        return ExpressionParser(
            self._cursor, self._dialect, self._name, section.here, section.start, is_register if registers else None
        )

    def _offset(self, first: Span) -> Immediate:
        cursor = self._cursor
        cursor.take()
        if cursor.text.lower() == "flat" and cursor.peek() == ":":
            cursor.take()
            cursor.take()
        expression = self._expressions(registers=False).parse()
        return Immediate(expression, first.to(expression.span))

    def _gas(self, first: Span, size: int, distance: str) -> Operand:
        segment = self._segment()
        parser = self._expressions(registers=True)
        expression = parser.parse()
        span = first.to(self._cursor.last_span)
        if not segment and not size and not parser.brackets:
            if self._mnemonic in BRANCHES or self._mnemonic == "xbegin":
                return Immediate(expression, span, distance=distance)
            if not _has_register(expression) and not self._is_reference(expression):
                return Immediate(expression, span)
            if isinstance(expression, Name):
                self._unit.implied_loads.append(expression)
        memory = self._memory(expression, span, size, segment)
        memory.through_table = parser.through_table
        return memory

    def _is_reference(self, expression: Expression) -> bool:
        """Whether GNU as takes a bare `expression` for memory: a label, or a name that it has not seen yet."""
        if self._unit.known_number(expression) is not None:
            return False
        while isinstance(expression, Binary) and expression.operator in "+-":
            if isinstance(expression.right, Number):
                expression = expression.left
            elif expression.operator == "+" and isinstance(expression.left, Number):
                expression = expression.right
            else:
                break
        return isinstance(expression, Name | Here)

    def _nasm(self, first: Span, size: int, distance: str) -> Operand:
        cursor = self._cursor
        if cursor.text != "[":
            expression = self._expressions(registers=False).parse()
            if cursor.text == "[":
                raise Mistake(
                    cursor.span, "NASM writes the whole address inside the brackets", "for example [table+rax]"
                )
            if cursor.text.lower() == "wrt":
                raise Mistake(cursor.span, "`wrt` is not available", "there are no shared libraries; leave it out")
            return Immediate(expression, first.to(cursor.last_span), size, distance, self._strict and size != 1)
        cursor.take()
        relative: bool | None = None
        segment = ""
        wide = 0
        while True:
            word = cursor.text.lower()
            if word in ("rel", "abs"):
                relative = word == "rel"
                cursor.take()
            elif word in ("dword", "qword"):
                wide = _NASM_SIZES[word]
                cursor.take()
            elif word in ("strict", "byte", "nosplit"):
                cursor.take()
            elif word == "word":
                raise Mistake(cursor.span, "16-bit addresses are not available")
            elif not segment and (segment := self._segment()):
                pass
            else:
                break
        if cursor.text.lower() == "rip":
            raise Mistake(cursor.span, "NASM has no `rip` in addresses", "write `[rel label]`")
        if cursor.text == "%" or (cursor.token is not None and cursor.token.kind == "macro"):
            raise Mistake(cursor.span, "NASM writes registers without `%`", "or choose GNU as as the language")
        expression = self._expressions(registers=True).parse()
        closing = cursor.expect("]")
        memory = self._memory(expression, first.to(closing.span), size, segment)
        memory.wide = wide
        if not memory.base and not memory.index:
            memory.relative = relative if relative is not None else self._relative and segment not in ("fs", "gs")
        elif relative:
            raise Mistake(memory.span, "`rel` does not work together with a register")
        return memory

    def _memory(self, expression: Expression, span: Span, size: int, segment: str) -> Memory:
        terms = _Terms(self._dialect)
        terms.collect(expression, 1)
        memory = Memory(span, size, segment, displacement=terms.rest)
        if self._dialect == "nasm" and len(terms.registers) == 2 and terms.registers[0][2] in terms.multiplied:
            # `[rax*1+rbx]`: the one with a factor is the index.
            terms.registers.reverse()
        for name, scale, place in terms.registers:
            if scale == 1 and not memory.base:
                memory.base = name
            elif not memory.index:
                memory.index, memory.scale = name, scale
            else:
                raise Mistake(place, "an address has at most two registers", "a base and an index")
        if memory.index in ("rsp", "esp") and memory.scale == 1:
            memory.base, memory.index = memory.index, memory.base
        if self._dialect == "nasm" and memory.index and not memory.base and memory.scale in (2, 3, 5, 9):
            memory.base, memory.scale = memory.index, memory.scale - 1
        if memory.displacement is None and not memory.base and not memory.index:
            memory.displacement = Number(0, span)
        return memory


def _has_register(expression: Expression) -> bool:
    if isinstance(expression, RegisterTerm):
        return True
    if isinstance(expression, Unary):
        return _has_register(expression.operand)
    return isinstance(expression, Binary) and (_has_register(expression.left) or _has_register(expression.right))


class _Terms:
    """Sorts the sum inside an address into registers with their scale, and the rest."""

    def __init__(self, dialect: Dialect) -> None:
        self.registers: list[tuple[str, int, Span]] = []
        self.rest: Expression | None = None
        self.multiplied: list[Span] = []
        self._dialect: Dialect = dialect

    def collect(self, expression: Expression, sign: int) -> None:
        if isinstance(expression, RegisterTerm):
            self._register(expression, 1, sign)
            return
        if isinstance(expression, Binary):
            if expression.operator in ("+", "-"):
                self.collect(expression.left, sign)
                self.collect(expression.right, sign if expression.operator == "+" else -sign)
                return
            if expression.operator == "*" and _has_register(expression):
                left, right = expression.left, expression.right
                if isinstance(right, RegisterTerm):
                    left, right = right, left
                if isinstance(left, RegisterTerm) and isinstance(right, Number):
                    self._register(left, right.value, sign)
                    self.multiplied.append(left.span)
                    return
        if _has_register(expression):
            raise Mistake(expression.span, "a register can't be used this way in an address", "base + index*scale + n")
        if self.rest is None:
            self.rest = expression if sign > 0 else _negate(expression)
        else:
            self.rest = combine("+" if sign > 0 else "-", self.rest, expression, self._dialect)

    def _register(self, term: RegisterTerm, scale: int, sign: int) -> None:
        if sign < 0:
            raise Mistake(term.span, "a register can't be subtracted in an address")
        self.registers.append((term.name, scale, term.span))


def _negate(expression: Expression) -> Expression:
    if isinstance(expression, Number):
        return Number(-expression.value, expression.span)
    return Unary("-", expression, expression.span)
