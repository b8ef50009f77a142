"""The directives of RISC-V: `.option`, `.attribute`, `.insn`, and `.align`, which ld takes part in."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from app.toolchain.errors import Mistake
from app.toolchain.expression import Cursor
from app.toolchain.isa.base import Front
from app.toolchain.items import Align
from app.toolchain.lexer import Token

ALIGNMENTS = frozenset([".align", ".p2align", ".balign"])
_MAX_DEPTH = 100
_MAX_ALIGNMENT = 4096
_ARCHITECTURE = re.compile(r"rv(32|64)([a-z0-9_]*)", re.IGNORECASE)


class Options(Struct, frozen=True):
    """Whether instructions are made short, and whether padding is what ld leaves of it."""

    compressed: bool = True
    relax: bool = True


def _rest(cursor: Cursor) -> str:
    start = cursor.index
    cursor.index = len(cursor.tokens)
    return "".join(token.text for token in cursor.tokens[start:])


def option(stack: list[Options], cursor: Cursor) -> None:
    """`.option`: change the last of `stack`, or push and pop. Raises Mistake."""
    word = cursor.take()
    name = word.text.lower()
    if name == "push":
        if len(stack) > _MAX_DEPTH:
            raise Mistake(word.span, f"`.option push` is nested more than {_MAX_DEPTH} deep")
        stack.append(stack[-1])
    elif name == "pop":
        if len(stack) == 1:
            raise Mistake(word.span, "`.option pop` without `.option push`")
        stack.pop()
    elif name in ("rvc", "norvc"):
        stack[-1] = replace(stack[-1], compressed=name == "rvc")
    elif name in ("relax", "norelax"):
        stack[-1] = replace(stack[-1], relax=name == "relax")
    elif name == "arch" and cursor.accept(","):
        stack[-1] = _architecture(stack[-1], _rest(cursor).lower())
    elif name not in ("pic", "nopic") and not (name in ("csr", "no") and cursor.text == "-"):
        known = "push, pop, rvc, norvc, relax, norelax, pic, nopic and arch"
        raise Mistake(word.span, f"`.option {word.text}` is not known", f"known are {known}")
    else:
        cursor.index = len(cursor.tokens)


def attribute(options: Options, cursor: Cursor) -> Options:
    """`.attribute`: only the architecture matters."""
    name = cursor.take().text.lower()
    text = _rest(cursor).strip(',"')
    return _architecture(options, text) if name in ("arch", "5", "tag_riscv_arch") else options


def _architecture(options: Options, text: str) -> Options:
    """Whether an architecture such as `rv64imac_zicsr`, or a change such as `+c`, has compressed instructions."""
    match = _ARCHITECTURE.fullmatch(text)
    if match is not None:
        letters = re.split(r"[_xzs]", match[2], maxsplit=1)[0]
        return replace(options, compressed="c" in letters or re.search(r"_c[0-9]", match[2]) is not None)
    for change in text.split(","):
        if re.fullmatch(r"[-+]c[0-9p]*", change):
            options = replace(options, compressed=change[0] == "+")
    return options


def raw_instruction(front: Front, token: Token, cursor: Cursor) -> None:
    """`.insn number`: an instruction as its number. Raises Mistake."""
    front.unit.reject_code_in_bss(token.span)
    expression = front.expression(cursor)
    value = front.unit.constant(expression, "an instruction")
    if cursor.accept(","):
        size, expression = value, front.expression(cursor)
        value = front.unit.constant(expression, "an instruction")
    else:
        size = 4 if value & 3 == 3 else 2
    if size not in (2, 4) or not 0 <= value < 1 << 8 * size or (size == 4) != (value & 3 == 3):
        hint = "a number with 11 as its lowest bits has 32 bits, any other 16"
        raise Mistake(expression.span, f"{value:#x} is not an instruction", hint)
    front.unit.append(token.span.line, value.to_bytes(size, "little"), token.span)


def align(front: Front, token: Token, cursor: Cursor, options: Options) -> None:
    """`.align n` and `.p2align n` (2^n bytes), `.balign n`. Raises Mistake."""
    unit, section = front.unit, front.unit.section
    expression = front.expression(cursor)
    boundary = unit.constant(expression, "an alignment")
    if token.text.lower() != ".balign":
        if not 0 <= boundary <= 12:
            raise Mistake(expression.span, f"an alignment of 2^{boundary} is not possible", "2^12 is the largest")
        boundary = 1 << boundary
    boundary = boundary or 1
    if not 1 <= boundary <= _MAX_ALIGNMENT or boundary & (boundary - 1):
        raise Mistake(expression.span, f"an alignment of {boundary} is not possible", "use a power of 2 up to 4096")
    code = section.kind == "text"
    fill: int | Callable[[int], bytes] = 0
    if code:
        fill = (lambda count: _relaxed_padding(count, boundary)) if options.relax else padding
    filled, most = False, None
    if cursor.accept(","):
        if cursor.text not in (",", ""):
            fill = unit.constant(front.expression(cursor), "the fill value") & 0xFF
            filled = True
        if cursor.accept(","):
            most = unit.constant(front.expression(cursor), "the most bytes to skip") or None
    if code and options.relax and not filled:
        # GNU as leaves the padding to ld, which knows no such limit.
        most = None
    section.append_variable(Align(token.span.line, boundary, fill, most, section.kind == "bss"))


def padding(count: int) -> bytes:
    """What GNU as fills code with: `c.nop`, then `nop`."""
    return b"\0" * (count % 2) + b"\x01\0" * (count % 4 // 2) + b"\x13\0\0\0" * (count // 4)


def _relaxed_padding(count: int, boundary: int) -> bytes:
    """The same when ld shortens it: GNU as makes it as long as it can get, and ld writes what is left anew."""
    if count == boundary - 2:
        return padding(count)
    return b"\0" * (count % 2) + b"\x13\0\0\0" * (count // 4) + b"\x01\0" * (count % 4 // 2)
