"""The directives of RISC-V: `.option`, `.attribute` and `.insn`."""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from app.toolchain.errors import Mistake
from app.toolchain.expression import Cursor
from app.toolchain.isa.base import Front
from app.toolchain.lexer import Token

_MAX_DEPTH = 100
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
    elif name not in ("pic", "nopic", "csr-check", "arch") and not (name in ("csr", "no") and cursor.text == "-"):
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
