"""RISC-V (RV64GC) in the syntax of GNU as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import ClassVar

from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Cursor, Expression
from app.toolchain.expression import Number as Constant
from app.toolchain.isa.base import Front, InstructionSet, Padding
from app.toolchain.isa.foreign import defines, reject_foreign_register
from app.toolchain.isa.riscv_directives import ALIGNMENTS, Options, align, attribute, option, padding, raw_instruction
from app.toolchain.isa.riscv_encoder import KINDS, Row, encode
from app.toolchain.isa.riscv_late import Branch, Highs, Jump, Pair, Part, PcrelLow
from app.toolchain.isa.riscv_mistakes import explain, unknown_instruction
from app.toolchain.isa.riscv_operands import Memory, Number, Operand, Register, parse
from app.toolchain.isa.riscv_pseudo import EXTENSIONS, NAMES, load_constant
from app.toolchain.isa.riscv_registers import FLOAT, INTEGER
from app.toolchain.lexer import CommentStyle, Line, Token
from app.toolchain.sections import Fixup, FixupKind

_AUIPC, _JALR, _ADDI = 0x17, 0x67, 0x13
_T1 = 6


class RiscV(InstructionSet):
    """`riscv64`."""

    comments: ClassVar[CommentStyle] = CommentStyle(("#", "//"))
    widths: ClassVar[Mapping[str, int]] = {".half": 2, ".word": 4, ".dword": 8}
    ignored: ClassVar[frozenset[str]] = frozenset([".variant_cc"])
    directives: ClassVar[frozenset[str]] = frozenset([".option", ".attribute", ".insn", *ALIGNMENTS])

    def __init__(self, front: Front, lines: list[Line]) -> None:
        super().__init__(front, lines)
        self._lines = lines
        self._options = [Options()]
        self._labels: dict[str, bool] = {}
        self._highs = Highs()

    @property
    def options(self) -> Options:
        """What `.option` says at this place."""
        return self._options[-1]

    def is_register(self, name: str) -> bool:
        return (name in INTEGER or name in FLOAT) and not self.is_label(name)

    def is_label(self, name: str) -> bool:
        """Whether the source makes the register name `name` a symbol too."""
        found = self._labels.get(name)
        if found is None:
            found = self._labels[name] = defines(self._lines, name)
        return found

    def is_instruction(self, word: str) -> bool:
        return word in NAMES

    def padding(self) -> Padding:
        return padding

    def expression(self, cursor: Cursor) -> Expression:
        """Parse an expression. Raises Mistake, also for registers of other architectures."""
        if not self.is_register(cursor.text):
            reject_foreign_register(cursor, "riscv64", self._lines)
        return self.front.expression(cursor)

    def known(self, expression: Expression) -> int | None:
        """The value of `expression` when it is a plain number that is known by now."""
        return self.front.unit.known_number(expression)

    def directive(self, token: Token, cursor: Cursor) -> None:
        word = token.text.lower()
        if word == ".option":
            option(self._options, cursor)
        elif word == ".attribute":
            self._options[-1] = attribute(self.options, cursor)
        elif word in ALIGNMENTS:
            align(self.front, token, cursor, self.options)
        else:
            raw_instruction(self.front, token, cursor)

    def instruction(self, token: Token, cursor: Cursor) -> None:
        name = token.text.lower()
        if name not in NAMES:
            raise unknown_instruction(token.text, token.span, self._foreign_register(cursor))
        operands = parse(self, cursor)
        if not self._pseudo(name, operands, token.span):
            self.emit(name, operands, token.span)

    def _foreign_register(self, cursor: Cursor) -> str:
        """What to say of the first register of another architecture from `cursor` on; "" when there is none."""
        while cursor.token is not None:
            if not self.is_register(cursor.text):
                try:
                    reject_foreign_register(cursor, "riscv64", self._lines)
                except Mistake as mistake:
                    return f"{mistake.message}: {mistake.hint}"
            cursor.take()
        return ""

    def emit(self, name: str, operands: Sequence[Operand], span: Span) -> None:
        """Append one instruction of the table. Raises Mistake when it does not take these operands."""
        found = encode(name, operands, self.options.compressed)
        if found is None:
            if name.startswith("c.") and not self.options.compressed:
                raise Mistake(span, f"`{name}` is a compressed instruction", "`.option rvc` allows these")
            raise explain(name, operands, span)
        code, row = found
        if row.names and row.names[-1] in ("branch", "jump"):
            self._branch(name, operands, code, row, span)
            return
        fixups = tuple(self._parts(operands, row))
        self.front.unit.append(span.line, code.to_bytes(row.size, "little"), span, fixups)

    def _parts(self, operands: Sequence[Operand], row: Row) -> list[Fixup]:
        """What fills in operands such as `%lo(label)`."""
        fixups = []
        for operand, kind in zip(operands, row.names, strict=True):
            number = operand.offset if isinstance(operand, Memory) else operand
            if not isinstance(number, Number) or not number.function:
                continue
            patch: FixupKind
            if number.function == "pcrel_lo":
                patch = PcrelLow(self._highs, kind == "store")
            else:
                patch = Part(number.function, kind == "store")
            if number.function == "pcrel_hi":
                self._highs.add(self.front.unit.section.here, number.expression)
            fixups.append(Fixup(0, 4, number.expression, patch))
        return fixups

    def _branch(self, name: str, operands: Sequence[Operand], code: int, row: Row, span: Span) -> None:
        target = place_of(operands[-1])
        conditional = row.names[-1] == "branch"
        section = self.front.unit.section
        if row.size == 2:
            long = _lengthened(code, conditional)
            section.append_variable(Branch(span, target, long, code, conditional))
        elif conditional:
            section.append_variable(Branch(span, target, code, None, True))
        else:
            self.front.unit.append(span.line, code.to_bytes(4, "little"), span, (Fixup(0, 4, target, Jump()),))

    def _pseudo(self, name: str, operands: list[Operand], span: Span) -> bool:
        """What becomes several instructions. False when this is none of these."""
        first = operands[0] if operands else None
        if name == "li":
            self._load_immediate(operands, span)
        elif name in ("la", "lla"):
            self._load_address(name, operands, span)
        elif name in ("call", "tail", "jump"):
            self._far(name, operands, span)
        elif name in EXTENSIONS:
            self._extend(name, operands, span)
        elif name in _LOADS and len(operands) == 2 and isinstance(first, Register) and _is_unknown_place(operands[1]):
            if first.bank != "x":
                return False
            self._pair(first.number, _LOADS[name] | first.number << 7 | first.number << 15, operands[1], span)
        elif name in _WITH_TEMPORARY and len(operands) == 3 and isinstance(first, Register):
            return _is_unknown_place(operands[1]) and self._with_temporary(name, first, operands, span)
        else:
            return False
        return True

    def _with_temporary(self, name: str, first: Register, operands: list[Operand], span: Span) -> bool:
        """`sw a0, label, t0`. False for operands of the wrong kind."""
        temporary = operands[2]
        if (
            not isinstance(temporary, Register)
            or temporary.bank != "x"
            or first.bank != ("f" if name[0] == "f" else "x")
        ):
            return False
        store = name in _STORES
        code = _STORES[name] | first.number << 20 if store else _FLOAT_LOADS[name] | first.number << 7
        self._pair(temporary.number, code | temporary.number << 15, operands[1], span, store)
        return True

    def _pair(self, register: int, second: int, target: Operand, span: Span, store: bool = False) -> None:
        """`auipc register` and the instruction `second`, which together hold the distance to `target`."""
        expression = place_of(target)
        data = (_AUIPC | register << 7).to_bytes(4, "little") + second.to_bytes(4, "little")
        self.front.unit.append(span.line, data, span, (Fixup(0, 8, expression, Pair(store)),))

    def _load_immediate(self, operands: list[Operand], span: Span) -> None:
        if len(operands) != 2 or KINDS["rd"](operands[0], operands) is None:
            raise explain("li", operands, span)
        register, operand = operands
        assert isinstance(register, Register)  # noqa: S101
        if not isinstance(operand, Number) or operand.function:
            hint = "`mv` copies a register" if isinstance(operand, Register) else "`la` loads the address of a label"
            raise Mistake(operand.span, "`li` loads a number", hint)
        if operand.value is None:
            hint = "an address is loaded by `la`; a constant must be defined before this line"
            raise Mistake(operand.span, "`li` needs a number that is known at this line", hint)
        if -2048 <= operand.value < 2048:
            self.emit("li", operands, span)
        else:
            self._constant(register, operand.value, span)

    def _constant(self, register: Register, value: int, span: Span) -> None:
        self.front.unit.append(span.line, _constant_code(register.number, value, self.options.compressed), span)

    def _load_address(self, name: str, operands: list[Operand], span: Span) -> None:
        if len(operands) != 2 or KINDS["rd"](operands[0], operands) is None or not _is_place(operands[1]):
            raise explain(name, operands, span)
        register, target = operands
        assert isinstance(register, Register)  # noqa: S101
        if isinstance(target, Number) and target.value is not None:
            self._constant(register, target.value, span)
            return
        self._pair(register.number, _ADDI | register.number << 7 | register.number << 15, target, span)

    def _far(self, name: str, operands: list[Operand], span: Span) -> None:
        """`call label`, `call t0, label`, `tail label`, `jump label, t0`."""
        link = 1 if name == "call" else 0
        temporary = 1 if name == "call" else _T1
        target: Operand | None = operands[0] if len(operands) == 1 else None
        register: Operand | None = None
        if len(operands) == 2 and name != "tail":
            target, register = operands if name == "jump" else (operands[1], operands[0])
            if not isinstance(register, Register) or register.bank != "x":
                raise explain(name, operands, span)
            if name == "jump":
                temporary = register.number
            else:
                link, temporary = register.number, _T1
        if target is None or (name == "jump" and register is None) or not _is_place(target):
            raise explain(name, operands, span)
        self._pair(temporary, _JALR | link << 7 | temporary << 15, target, span)

    def _extend(self, name: str, operands: list[Operand], span: Span) -> None:
        """`sext.b` and its kin: shift up, then down."""
        if len(operands) != 2 or any(KINDS["rd"](operand, operands) is None for operand in operands):
            raise explain(name, operands, span)
        shift, down = EXTENSIONS[name]
        self.emit("slli", [operands[0], operands[1], _number(shift, span)], span)
        self.emit(down, [operands[0], operands[0], _number(shift, span)], span)


@lru_cache(maxsize=1024)
def _constant_code(number: int, value: int, compressed: bool) -> bytes:
    """What loads `value` into the integer register `number`."""
    nowhere = Span(0, 0, 0)
    code = b""
    for name, source, part in load_constant(value, number == 0):
        registers: list[Operand] = [Register("x", number, "", nowhere)]
        if source is not None:
            registers.append(Register("x", number if source else 0, "", nowhere))
        found = encode(name, [*registers, _number(part, nowhere)], compressed)
        assert found is not None  # noqa: S101  every step is possible
        code += found[0].to_bytes(found[1].size, "little")
    return code


_LOADS = {"lb": 0x0003, "lh": 0x1003, "lw": 0x2003, "ld": 0x3003, "lbu": 0x4003, "lhu": 0x5003, "lwu": 0x6003}
_FLOAT_LOADS = {"flw": 0x2007, "fld": 0x3007}
_STORES = {"sb": 0x0023, "sh": 0x1023, "sw": 0x2023, "sd": 0x3023, "fsw": 0x2027, "fsd": 0x3027}
_WITH_TEMPORARY = {**_FLOAT_LOADS, **_STORES}


def _number(value: int, span: Span) -> Number:
    return Number(Constant(value, span), span, value)


def _is_place(operand: Operand) -> bool:
    return KINDS["branch"](operand, ()) is not None


def _is_unknown_place(operand: Operand) -> bool:
    """An address that a load or store can name; a plain number is none."""
    return _is_place(operand) and not (isinstance(operand, Number) and operand.value is not None)


def place_of(operand: Operand) -> Expression:
    """The address that an operand of kind `branch` or `jump` names."""
    if isinstance(operand, Register):
        assert operand.label is not None  # noqa: S101
        return operand.label
    assert isinstance(operand, Number)  # noqa: S101
    return operand.expression


def _lengthened(code: int, conditional: bool) -> int:
    """The 32-bit form of `c.j`, `c.beqz` or `c.bnez`."""
    if not conditional:
        return 0x6F
    return (0x1063 if code & 0x2000 else 0x63) | (code >> 7 & 7) + 8 << 15
