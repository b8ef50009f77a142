"""`movsb` and its kin with written operands, which Keystone crashes on unless they are the only possible ones."""

from __future__ import annotations

from collections.abc import Sequence

from app.toolchain.errors import Mistake, Span
from app.toolchain.operands import REGISTERS, Memory, Operand, Register, describe_operand

# Opcode of the byte form, and which operand is what: d memory at rdi, s memory at rsi, a accumulator, p port dx.
_FORMS = {
    "movs": (0xA4, "ds"),
    "cmps": (0xA6, "sd"),
    "stos": (0xAA, "da"),
    "lods": (0xAC, "as"),
    "scas": (0xAE, "ad"),
    "ins": (0x6C, "dp"),
    "outs": (0x6E, "ps"),
}
_SUFFIXES = {"b": 1, "w": 2, "d": 4, "q": 8}
_SEGMENTS = {"es": b"\x26", "cs": b"\x2e", "ss": b"\x36", "ds": b"\x3e", "fs": b"\x64", "gs": b"\x65"}
_ACCUMULATORS = {"al": 1, "ax": 2, "eax": 4, "rax": 8}


def encode_string_operation(mnemonic: str, operands: Sequence[Operand], span: Span, bits: int) -> bytes | None:
    """Machine code; None when this is not a string operation. Raises Mistake when the operands are not those it has."""
    stem, size = (mnemonic, 0) if mnemonic in _FORMS else (mnemonic[:-1], _SUFFIXES.get(mnemonic[-1:], 0))
    if stem not in _FORMS or (stem != mnemonic and not size):
        return None
    if any(isinstance(o, Register) and o.info.kind == "vector" for o in operands):
        return None
    opcode, roles = _FORMS[stem]
    prefix = b""
    for operand in operands:
        given = 0
        if isinstance(operand, Memory) and _is_pointer(operand, roles):
            given = operand.size
            if operand.base[0] == "e" and bits == 64:
                prefix = b"\x67" + prefix
            if operand.segment and operand.segment != ("es" if operand.base[1:] == "di" else "ds"):
                if operand.base[1:] == "di":
                    raise Mistake(operand.span, "the segment of the destination can't be changed")
                prefix += _SEGMENTS[operand.segment]
        elif isinstance(operand, Register) and "a" in roles and operand.name in _ACCUMULATORS:
            given = _ACCUMULATORS[operand.name]
        elif not (isinstance(operand, Register) and "p" in roles and operand.name == "dx"):
            hint = "its operands are always [rsi], [rdi] or the accumulator; they can be left out"
            raise Mistake(operand.span, f"`{mnemonic}` does not take {describe_operand(operand)}", hint)
        if given and size and given != size:
            raise Mistake(operand.span, f"`{mnemonic}` works on {8 * size} bits, this has {8 * given}")
        size = size or given
    if not size:
        raise Mistake(span, f"the size of `{mnemonic}` is unknown", f"write {stem}b, {stem}w, {stem}d or {stem}q")
    return prefix + {2: b"\x66", 8: b"\x48"}.get(size, b"") + bytes([opcode + (size != 1)])


def _is_pointer(memory: Memory, roles: str) -> bool:
    if memory.index or memory.displacement is not None or memory.base not in REGISTERS:
        return False
    return ("d" in roles and memory.base in ("rdi", "edi")) or ("s" in roles and memory.base in ("rsi", "esi"))
