"""ARM with Thumb (EABI) in the syntax of GNU as."""

from __future__ import annotations

from typing import ClassVar

from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Cursor, Expression, Name
from app.toolchain.expression import Number as Constant
from app.toolchain.isa import arm_encodings as own
from app.toolchain.isa.arm_directives import ArmDirectives
from app.toolchain.isa.arm_encoder import Setting, encode
from app.toolchain.isa.arm_encodings import REGISTER_NUMBERS
from app.toolchain.isa.arm_mistakes import unknown_instruction
from app.toolchain.isa.arm_mnemonics import CONDITION_NAMES, CONDITIONS, LOADS, Mnemonic, is_it, split, words
from app.toolchain.isa.arm_operands import (
    Immediate,
    Literal,
    Memory,
    Operand,
    OperandParser,
    Register,
    Relocated,
    expressions,
)
from app.toolchain.isa.arm_symbols import is_function, thumb_bit
from app.toolchain.isa.base import Front, Padding
from app.toolchain.isa.late import Late, Relaxed, plain_number
from app.toolchain.layout import Layout
from app.toolchain.lexer import Line, Token
from app.toolchain.sections import Fixup

_WORDY = words("mrs msr vmrs vmsr cps cpsid cpsie setend dmb dsb isb mrc mcr mrc2 mcr2 mrrc mcrr cdp")
_BARE_NUMBERS = words("svc bkpt udf hlt dbg cps mrc mcr mrc2 mcr2 mrrc mcrr cdp")
_BRANCHES = frozenset(["b", "bl", "blx"])
_THREE_OPERANDS = words("add sub adc sbc and orr eor bic rsb orn lsl lsr asr ror")
_LABELLED = frozenset(["b", "bl", "blx", "adr", "adrl", "cbz", "cbnz"])
_HALVES = {"lower16": 0, "upper16": 16}


class Arm(ArmDirectives):
    """`arm`: code begins as ARM in divided syntax, as in GNU as."""

    keywords: ClassVar[frozenset[str]] = words(
        "lsl lsr asr ror rrx sy st ld ish ishst ishld nsh nshst nshld osh oshst oshld apsr_nzcv fpscr"
    )
    functions: ClassVar[frozenset[str]] = frozenset(_HALVES)

    def __init__(self, front: Front, lines: list[Line]) -> None:
        super().__init__(front, lines)
        self._block: list[str] = []

    def is_instruction(self, word: str) -> bool:
        return is_it(word) or split(word) is not None

    def padding(self) -> Padding:
        features = self.features
        if self.thumb:
            return lambda size: own.thumb_padding(size, features.thumb_nop, features.thumb_nop)
        return lambda size: own.arm_padding(size, features.modern_nop)

    def instruction(self, token: Token, cursor: Cursor) -> None:
        if cursor.text.lower() in (".req", ".qn", ".dn"):
            self.alias(token, cursor)
            return
        word = token.text.lower()
        if is_it(word):
            self._it(token, cursor)
            return
        mnemonic = split(word)
        if mnemonic is None:
            raise unknown_instruction(token.text, token.span)
        operands = OperandParser(self, cursor, mnemonic.name in _WORDY, mnemonic.name in _LABELLED).parse()
        if not self.unified and mnemonic.name not in _BARE_NUMBERS:
            _check_marks(mnemonic, operands)
        self._conditional(mnemonic, token.span)
        if self._special(mnemonic, operands, token.span):
            return
        self._plain(mnemonic, operands, token.span)

    def _it(self, token: Token, cursor: Cursor) -> None:
        condition = cursor.take()
        code = CONDITIONS.get(condition.text.lower())
        if code is None:
            raise Mistake(condition.span, f"`{condition.text}` is not a condition", "such as eq, ne, lt, ge")
        cursor.expect_end()
        if not self.thumb:
            return
        if self._block:
            raise Mistake(token.span, "this `it` stands inside the block of another one")
        pattern = token.text.lower()[2:]
        codes = [code, *(code if letter == "t" else code ^ 1 for letter in pattern)]
        if code == 14 and "e" in pattern:
            raise Mistake(token.span, "`al` has no opposite")
        self._block = [CONDITION_NAMES[code] for code in codes]
        self.front.unit.append(token.span.line, own.it_block(code, pattern), token.span)

    def _conditional(self, mnemonic: Mnemonic, span: Span) -> None:
        """Check the condition of an instruction in Thumb code against the IT block it stands in, or not."""
        self.condition = ""
        if not self.thumb:
            return
        written = CONDITION_NAMES[mnemonic.code]
        if self._block:
            expected = self._block.pop(0)
            if written != expected and mnemonic.name not in ("bkpt", "udf"):
                message = f"this instruction stands in an IT block and needs the condition `{expected}`"
                raise Mistake(span, message, f"write `{mnemonic.name}{expected}`")
            self.condition = expected
            if mnemonic.name in ("b", "bl", "bx", "blx", "tbb", "tbh", "cbz", "cbnz") and self._block:
                self._block = []
                raise Mistake(span, "a branch must be the last instruction of its IT block")
        elif mnemonic.condition not in ("", "al") and mnemonic.name != "b":
            hint = f"write `it {mnemonic.condition}` before it"
            raise Mistake(span, f"in Thumb code `{mnemonic.name}` needs an IT block for a condition", hint)

    def _special(self, mnemonic: Mnemonic, operands: list[Operand], span: Span) -> bool:
        """What holds addresses of labels. False when this is none of these."""
        name = mnemonic.name
        last = operands[-1] if operands else None
        if name in _BRANCHES and isinstance(last, Immediate):
            if len(operands) != 1:
                raise Mistake(span, f"`{name}` takes one label")
            self._branch(mnemonic, last.expression, span)
        elif name in ("cbz", "cbnz"):
            self._compare_and_branch(name, operands, span)
        elif name in ("adr", "adrl"):
            self._address_of(mnemonic, operands, span)
        elif isinstance(last, Literal):
            self._load_constant(mnemonic, operands, span)
        elif isinstance(last, Immediate) and name in LOADS and not last.marked:
            self._load_label(mnemonic, operands, last.expression, span)
        elif isinstance(last, Relocated):
            self._half(mnemonic, operands, last, span)
        else:
            return False
        return True

    def _late(self, expression: Expression, size: int, span: Span, late: Late) -> None:
        self.front.unit.append(span.line, bytes(size), span, (Fixup(0, size, expression, late),))

    def _branch(self, mnemonic: Mnemonic, target: Expression, span: Span) -> None:
        name, code = mnemonic.name, mnemonic.code
        if not self.thumb:
            if name == "blx" and mnemonic.condition not in ("", "al"):
                raise Mistake(span, "`blx` to a label takes no condition")

            def make_arm(address: int, layout: Layout) -> bytes:
                kind = name
                if thumb_bit(target, layout) and name != "blx":
                    if name == "b" or code != 14:
                        hint = "load the address into a register and use `bx`"
                        raise Mistake(target.span, f"`{name}` can't go from ARM to Thumb code", hint)
                    kind = "blx"
                return own.branch(kind, code, (layout.number(target) & ~(kind == "blx")) - address)

            self._late(target, 4, span, Late(make_arm))
            return
        if name in ("bl", "blx"):

            def make_call(address: int, layout: Layout) -> bytes:
                to_arm = self.arm_functions and is_function(target, layout, self.arm_functions)
                exchange = bool(to_arm) or (name == "blx" and not thumb_bit(target, layout))
                return own.thumb_call(exchange, address, layout.number(target))

            self._late(target, 4, span, Late(make_call))
            return
        code = 14 if self.condition else code
        item = Relaxed(
            span,
            lambda address, layout: own.thumb_branch_fits(code, layout.number(target) - address),
            lambda wide, address, layout: own.thumb_branch(code, layout.number(target) - address, wide),
        )
        self._relaxed(mnemonic, target, span, item)

    def _relaxed(self, mnemonic: Mnemonic, expression: Expression, span: Span, item: Relaxed) -> None:
        """Append `item`, with the size that `.w` or `.n` asks for."""
        if mnemonic.width:
            wide = mnemonic.width == "w"
            self._late(expression, 4 if wide else 2, span, Late(lambda at, layout: item.make(wide, at, layout)))
        else:
            self.front.unit.section.append_variable(item)

    def _compare_and_branch(self, name: str, operands: list[Operand], span: Span) -> None:
        if not self.thumb:
            raise Mistake(span, f"`{name}` is only in Thumb code", "use `cmp r0, #0` and `beq` or `bne`")
        if len(operands) != 2 or not isinstance(operands[0], Register) or not isinstance(operands[1], Immediate):
            raise Mistake(span, f"`{name}` needs a register and a label")
        register, target = REGISTER_NUMBERS.get(operands[0].name, 16), operands[1].expression
        late = Late(lambda at, layout: own.compare_and_branch(name, register, layout.number(target) - at))
        self._late(target, 2, span, late)

    def _address_of(self, mnemonic: Mnemonic, operands: list[Operand], span: Span) -> None:
        target = operands[1] if len(operands) == 2 else None
        if not isinstance(target, Immediate) or not isinstance(operands[0], Register):
            raise Mistake(
                span, f"`{mnemonic.name}` needs a register and a label", f"such as `{mnemonic.name} r0, text`"
            )
        register, expression = self._core(operands[0]), target.expression
        code, long = mnemonic.code, mnemonic.name == "adrl"
        if not self.thumb:
            make = own.long_address_of if long else own.address_of
            late = Late(lambda at, layout: make(code, register, layout.number(expression) - at - 8))
            self._late(expression, 8 if long else 4, span, late)
            return
        if long:
            raise Mistake(span, "`adrl` is only in ARM code", "use `ldr r0, =label`")
        item = Relaxed(
            span,
            lambda at, layout: own.narrow_literal_fits(register, _from_pc(at, layout, expression)),
            lambda wide, at, layout: own.thumb_address_of(register, _from_pc(at, layout, expression), wide),
        )
        self._sized(mnemonic, register, expression, span, item)

    def _sized(self, mnemonic: Mnemonic, register: int, expression: Expression, span: Span, item: Relaxed) -> None:
        if register > 7 and not mnemonic.width:
            self._late(expression, 4, span, Late(lambda at, layout: item.make(True, at, layout)))
        else:
            self._relaxed(mnemonic, expression, span, item)

    def _core(self, register: Register) -> int:
        number = REGISTER_NUMBERS.get(register.name)
        if number is None or register.writeback or register.lane:
            raise Mistake(register.span, f"`{register.name}` can't stand here", "use r0 to r12, sp, lr or pc")
        return number

    def _load_constant(self, mnemonic: Mnemonic, operands: list[Operand], span: Span) -> None:
        """`ldr r0, =x`: a `mov` where one can do it, else a load from the literal pool."""
        literal = operands[-1]
        assert isinstance(literal, Literal)  # noqa: S101
        if mnemonic.name != "ldr" or len(operands) != 2 or not isinstance(operands[0], Register):
            raise Mistake(literal.span, "`=value` is only for `ldr register, =value`")
        register = self._core(operands[0])
        known = self.front.unit.known_number(literal.expression)
        if known is not None:
            if not -(1 << 31) <= known < 1 << 32 and known < (1 << 64) - (1 << 31):
                raise Mistake(literal.span, f"the number {known:#x} does not fit in 32 bits")
            if not self.thumb:
                data = own.move_constant(mnemonic.code, register, known)
            else:
                usable = self.features.thumb2 and register not in (13, 15) and mnemonic.width != "n"
                data = own.thumb_move_constant(register, known & 0xFFFFFFFF) if usable else None
            if data is not None:
                self.front.unit.append(span.line, data, span)
                return
        place = self.literals().add(literal.expression, 4, known)
        self._load_label(mnemonic, operands, place, span)

    def _load_label(self, mnemonic: Mnemonic, operands: list[Operand], target: Expression, span: Span) -> None:
        """A load or store relative to pc."""
        setting = self.setting()
        pc = Register("pc", target.span)
        if self.thumb and mnemonic.name == "ldr" and len(operands) == 2 and isinstance(operands[0], Register):
            register = self._core(operands[0])
            item = Relaxed(
                span,
                lambda at, layout: own.narrow_literal_fits(register, _from_pc(at, layout, target)),
                lambda wide, at, layout: own.thumb_load_literal(register, _from_pc(at, layout, target), wide),
            )
            self._sized(mnemonic, register, target, span, item)
            return
        thumb = self.thumb

        def make(address: int, layout: Layout) -> bytes:
            distance = _from_pc(address, layout, target) if thumb else layout.number(target) - address - 8
            if abs(distance) > 4095:
                hint = "put `.ltorg` closer, behind a branch" if isinstance(target, Name) and target.name == "=" else ""
                message = f"the value is too far away for `{mnemonic.name}` ({distance} bytes)"
                raise Mistake(target.span, message, hint or "load its address first: `ldr r1, =label`")
            offset = Immediate(Constant(distance, target.span), target.span, True)
            memory = Memory([pc, offset], target.span)
            return encode(mnemonic, [*operands[:-1], memory], _constant, setting, span)

        self._late(target, 4, span, Late(make))

    def _half(self, mnemonic: Mnemonic, operands: list[Operand], half: Relocated, span: Span) -> None:
        """`movw r0, #:lower16:label` and `movt r0, #:upper16:label`."""
        if mnemonic.name not in ("movw", "movt") or len(operands) != 2 or not isinstance(operands[0], Register):
            raise Mistake(half.span, f"`:{half.function}:` is only for `movw` and `movt`")
        register, expression, thumb = self._core(operands[0]), half.expression, self.thumb
        shift = _HALVES[half.function]

        def make(address: int, layout: Layout) -> bytes:
            value = (layout.number(expression) | thumb_bit(expression, layout)) >> shift & 0xFFFF
            return own.move_half(mnemonic.name, thumb, mnemonic.code, register, value) or b""

        self._late(expression, 4, span, Late(make))

    def setting(self) -> Setting:
        """Where the next instruction stands."""
        features = self.features
        return Setting(self.thumb, not self.unified, self.condition, features.modern_nop, features.thumb_nop)

    def _plain(self, mnemonic: Mnemonic, operands: list[Operand], span: Span) -> None:
        """Everything else: at once when its numbers are known, else in the layout."""
        unit, setting = self.front.unit, self.setting()
        late = None
        for expression in expressions(operands):
            if not isinstance(expression, Constant) and unit.known_number(expression) is None:
                late = expression
        if late is None:
            data = encode(mnemonic, operands, lambda e: unit.known_number(e) or 0, setting, span)
            unit.append(span.line, data, span)
            return

        # GNU as leaves 4 bytes for a number that it does not know yet.
        wide = Mnemonic(mnemonic.name, mnemonic.flags, mnemonic.condition, mnemonic.types, "w")
        shape = wide if self.thumb and self.unified and not mnemonic.width and mnemonic.name != "svc" else mnemonic
        if shape is wide and len(operands) == 2 and mnemonic.name in _THREE_OPERANDS:
            operands = [operands[0], *operands]
        size = 2 if self.thumb and (not self.unified or mnemonic.name == "svc" or mnemonic.width == "n") else 4

        def make(address: int, layout: Layout) -> bytes:
            return encode(shape, operands, lambda e: plain_number(layout, e), setting, span)

        self._late(late, size, span, Late(make))


def _constant(expression: Expression) -> int:
    if not isinstance(expression, Constant):
        raise Mistake(expression.span, "a number is expected here")
    return expression.value


def _from_pc(address: int, layout: Layout, target: Expression) -> int:
    """Distance from what pc is for a Thumb load at `address`."""
    return layout.number(target) - (address + 4 & ~3)


def _check_marks(mnemonic: Mnemonic, operands: list[Operand]) -> None:
    """The divided syntax wants `#` before numbers."""
    if mnemonic.name in _BRANCHES or mnemonic.name in ("adr", "adrl", "cbz", "cbnz"):
        return
    for operand in operands:
        parts = operand.parts if isinstance(operand, Memory) else [operand]
        for part in parts:
            if isinstance(part, Immediate) and not part.marked and isinstance(part.expression, Constant):
                hint = "or write `.syntax unified` at the top"
                raise Mistake(part.span, f"a number needs `#` before it: `#{part.expression.value}`", hint)
