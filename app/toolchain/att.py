"""AT&T syntax: operands, and the translation of mnemonics with size suffixes to Intel's names."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec.structs import replace

from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Cursor, Expression, ExpressionParser
from app.toolchain.lexer import Token
from app.toolchain.mistakes_x86 import unknown_instruction
from app.toolchain.mnemonics import BRANCHES, MNEMONICS, X87
from app.toolchain.operands import REGISTERS, Immediate, Memory, Operand, Register
from app.toolchain.unit import Unit

_SUFFIXES = {"b": 1, "w": 2, "l": 4, "q": 8}
_CONVERSION = re.compile(r"vcvt(?:si2s[sd]|t?s[sd]2si)")
_STRING_STEMS = frozenset(["movs", "cmps", "stos", "lods", "scas", "ins", "outs"])
_WIDEN = re.compile(r"mov([sz])([bwl])([wlq])?")
_INTEGER_X87 = frozenset(
    ["fild", "fist", "fistp", "fisttp", "fiadd", "fisub", "fisubr", "fimul", "fidiv", "fidivr", "ficom", "ficomp"]
)
_SWAPPED_X87 = {"fsub": "fsubr", "fsubr": "fsub", "fdiv": "fdivr", "fdivr": "fdiv"}
_SWAPPED_X87 |= {name + "p": other + "p" for name, other in _SWAPPED_X87.items()}


class AttParser:
    """Parses the operands of one instruction, in AT&T order."""

    def __init__(self, unit: Unit, cursor: Cursor, name: Callable[[Token], Expression], mnemonic: str) -> None:
        self._unit = unit
        self._cursor = cursor
        self._name = name
        self._mnemonic = mnemonic
        self.indirect = False
        self._through_table = False

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
        if cursor.text == "{":
            raise Mistake(cursor.span, "AVX-512 operands are not supported")
        cursor.expect_end()
        return operands

    def _expression(self) -> Expression:
        parser = ExpressionParser(self._cursor, "gas", self._name, self._unit.section.here)
        expression = parser.parse()
        self._through_table = parser.through_table
        return expression

    def _operand(self) -> Operand:
        cursor = self._cursor
        first = cursor.span
        if cursor.accept("*"):
            self.indirect = True
        if cursor.accept("$"):
            expression = self._expression()
            return Immediate(expression, first.to(expression.span))
        segment = ""
        if cursor.text == "%":
            register = self._register()
            if cursor.text != ":":
                return register
            if register.info.kind != "segment":
                raise Mistake(register.span, f"`%{register.name}` is no segment register")
            cursor.take()
            segment = register.name
        return self._memory(first, segment)

    def _register(self) -> Register:
        cursor = self._cursor
        start = cursor.expect("%").span
        token = cursor.take()
        name = token.text.lower()
        span = start.to(token.span)
        if name == "st" and cursor.text == "(":
            cursor.take()
            number = cursor.take()
            span = span.to(cursor.expect(")").span)
            name = f"st({number.text})"
        if name not in REGISTERS:
            raise Mistake(span, f"there is no register `%{name}`")
        return Register(name, span)

    def _memory(self, first: Span, segment: str) -> Operand:
        cursor = self._cursor
        displacement: Expression | None = None
        if cursor.text != "(" or cursor.peek() not in ("%", ","):
            if cursor.token is not None and cursor.token.kind == "name" and cursor.text.lower() in REGISTERS:
                raise Mistake(
                    cursor.span,
                    f"in AT&T syntax a register is written `%{cursor.text}`",
                    "put `.intel_syntax noprefix` first to write registers without %",
                )
            displacement = self._expression()
        bare = cursor.text != "("
        base, index, scale = "", "", 1
        if not bare:
            cursor.take()
            if cursor.text == "%":
                base = self._register().name
            if cursor.accept(","):
                if cursor.text == "%":
                    index = self._register().name
                if cursor.accept(","):
                    scale = self._unit.constant(self._expression(), "a scale")
            cursor.expect(")")
        span = first.to(cursor.last_span)
        if bare and not segment and self._mnemonic in BRANCHES and not self.indirect and displacement is not None:
            return Immediate(displacement, span)
        if index and not base and scale == 1 and displacement is None:
            base, index = index, ""
        table = self._through_table and displacement is not None
        memory = Memory(span, 0, segment, base, index, scale, displacement, through_table=table)
        if displacement is None and not base and not index:
            raise Mistake(span, "an address is missing here")
        return memory


def branch_name(mnemonic: str) -> str:
    """`callq` and `jmpl` are `call` and `jmp`."""
    return mnemonic[:-1] if mnemonic in ("callq", "jmpq", "calll", "jmpl") else mnemonic


def translate(mnemonic: str, operands: list[Operand], span: Span, indirect: bool) -> tuple[str, list[Operand]]:
    """The Intel mnemonic and operand order of an AT&T instruction. Raises Mistake."""
    mnemonic = branch_name(mnemonic)
    if mnemonic in ("call", "jmp") and operands:
        _check_indirect(mnemonic, operands[0], indirect)
        return mnemonic, operands
    if indirect:
        raise Mistake(operands[0].span, "`*` is only for indirect jumps and calls")
    if mnemonic not in ("enter", "bound"):
        operands = operands[::-1]
    if not operands:
        return _without_operands(mnemonic), operands
    name, size = _name_and_size(mnemonic, operands, span)
    target = operands[0]
    to_stack = len(operands) == 2 and isinstance(target, Register) and target.name not in ("st", "st(0)")
    if name in _SWAPPED_X87 and (to_stack or (name[-1] == "p" and len(operands) == 1)):
        name = _SWAPPED_X87[name]
    if name in ("in", "out"):
        operands = [_port(operand) for operand in operands]
    if size:
        operands = [_sized(name, operand, size, span, mnemonic) for operand in operands]
    return name, operands


def _without_operands(mnemonic: str) -> str:
    swapped = _SWAPPED_X87.get(mnemonic)
    if swapped is not None:
        return swapped
    if mnemonic not in MNEMONICS and mnemonic[:-1] in MNEMONICS and mnemonic[-1:] in "lqw":
        return mnemonic[:-1]
    return mnemonic


def _check_indirect(mnemonic: str, operand: Operand, indirect: bool) -> None:
    if not indirect and not isinstance(operand, Immediate):
        raise Mistake(operand.span, f"an indirect `{mnemonic}` needs a `*`", f"write `{mnemonic} *...`")


def _port(operand: Operand) -> Operand:
    if isinstance(operand, Memory) and operand.base == "dx" and operand.displacement is None:
        return Register("dx", operand.span)
    return operand


def _name_and_size(mnemonic: str, operands: list[Operand], span: Span) -> tuple[str, int]:
    """Intel's name, and the size in bytes that the suffix asks for (0: none)."""
    widen = _WIDEN.fullmatch(mnemonic)
    if widen is not None and len(operands) == 2 and not _is_string_operation(operands):
        return _widening(widen, operands)
    if mnemonic in ("movsx", "movzx", "movsxd", "movslq"):
        return ("movsxd" if mnemonic == "movslq" else mnemonic), 0
    if mnemonic == "movabsq":
        return "movabs", 0
    vector = any(isinstance(o, Register) and o.info.kind in ("vector", "mmx") for o in operands)
    if mnemonic in ("movq", "movd"):
        return (mnemonic, 0) if vector else ("mov", 8 if mnemonic == "movq" else 4)
    stem, suffix = mnemonic[:-1], mnemonic[-1:]
    if stem in _STRING_STEMS and suffix in _SUFFIXES and not vector:
        return (stem + {"l": "d"}.get(suffix, suffix)), 0
    if mnemonic in MNEMONICS:
        return mnemonic, 0
    if mnemonic.endswith("ll") and mnemonic[:-2] in _INTEGER_X87:
        return mnemonic[:-2], 8
    if stem in X87:
        sizes = {"s": 2, "l": 4, "q": 8} if stem in _INTEGER_X87 else {"s": 4, "l": 8, "t": 10}
        if suffix in sizes:
            return stem, sizes[suffix]
    if stem in MNEMONICS and suffix in _SUFFIXES and stem not in ("ret", "call", "jmp"):
        return stem, _SUFFIXES[suffix]
    if mnemonic.startswith("v"):
        if suffix in ("l", "q") and _CONVERSION.fullmatch(stem):
            return stem, _SUFFIXES[suffix] if "si2" in stem else 0
        return mnemonic, 0
    raise unknown_instruction(mnemonic, span)


def _is_string_operation(operands: list[Operand]) -> bool:
    return all(isinstance(operand, Memory) for operand in operands)


def _widening(match: re.Match[str], operands: list[Operand]) -> tuple[str, int]:
    """`movzbl` and its kin: sign or zero, source size, destination size."""
    kind, source, target = match.groups()
    size = _SUFFIXES[source]
    operand = operands[1]
    if isinstance(operand, Memory):
        operands[1] = replace(operand, size=size)
    elif isinstance(operand, Register) and operand.info.size != size:
        raise Mistake(operand.span, f"`{match.group()}` reads {8 * size} bits, but %{operand.name} has another size")
    first = operands[0]
    if target and isinstance(first, Register) and first.info.size != _SUFFIXES[target]:
        bits = 8 * _SUFFIXES[target]
        raise Mistake(first.span, f"`{match.group()}` writes {bits} bits, but %{first.name} has another size")
    return ("movsxd" if kind == "s" and source == "l" else f"mov{kind}x"), 0


def _sized(name: str, operand: Operand, size: int, span: Span, mnemonic: str) -> Operand:
    if isinstance(operand, Memory):
        return replace(operand, size=size)
    if isinstance(operand, Immediate):
        return replace(operand, size=size)
    shift_count = operand.name == "cl" and name in (
        "shl",
        "shr",
        "sal",
        "sar",
        "rol",
        "ror",
        "rcl",
        "rcr",
        "shld",
        "shrd",
    )
    if (
        operand.info.kind == "gpr"
        and operand.info.size != size
        and not shift_count
        and name not in ("in", "out", "crc32")
    ):
        raise Mistake(
            operand.span,
            f"`{mnemonic}` works on {8 * size} bits, but %{operand.name} has {8 * operand.info.size}",
            "the last letter of the instruction and the registers must agree: b 8, w 16, l 32, q 64 bits",
        )
    return operand
