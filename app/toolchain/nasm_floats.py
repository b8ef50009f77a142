"""Floating-point constants of NASM, exactly rounded, in every IEEE 754 format that it knows."""

from __future__ import annotations

import re
from fractions import Fraction

from msgspec import Struct

from app.toolchain.errors import Mistake
from app.toolchain.lexer import Token

MAX_EXPONENT = 20_000
_DECIMAL = re.compile(r"([0-9]+)(?:\.([0-9]*))?(?:[eE]([-+]?[0-9]{1,9}))?")
_HEXADECIMAL = re.compile(r"0[xX]([0-9A-Fa-f]+)(?:\.([0-9A-Fa-f]*))?[pP]([-+]?[0-9]{1,9})")


class Format(Struct, frozen=True):
    """`exponent` and `mantissa` in bits; the x87 format has the leading 1 of its mantissa in it (`explicit`)."""

    size: int
    exponent: int
    mantissa: int
    explicit: bool = False


FORMATS = {
    2: Format(2, 5, 10),
    4: Format(4, 8, 23),
    8: Format(8, 11, 52),
    10: Format(10, 15, 64, explicit=True),
    16: Format(16, 15, 112),
}
"""By the size in bytes."""

FUNCTIONS = {
    "__float8__": Format(1, 4, 3),
    "__float16__": FORMATS[2],
    "__bfloat16__": Format(2, 8, 7),
    "__float32__": FORMATS[4],
    "__float64__": FORMATS[8],
}
"""What turns a constant into a number: `mov rax, __float64__(1.5)`."""

SPECIAL = frozenset({"__Infinity__", "__NaN__", "__QNaN__", "__SNaN__"})


def float_bytes(token: Token, negative: bool, size: int) -> bytes:
    """A constant, or one of SPECIAL, in `size` bytes. Raises Mistake when that does not exist or it is too large."""
    form = FORMATS.get(size)
    if form is None:
        raise Mistake(token.span, f"there is no floating-point number of {size} byte{'s' * (size != 1)}")
    return encode(token, negative, form).to_bytes(size, "little")


def encode(token: Token, negative: bool, form: Format) -> int:
    """The bits of the constant `token` in `form`. Raises Mistake when it does not fit."""
    sign = int(negative) << (form.exponent + form.mantissa)
    top = (1 << form.exponent) - 1
    implied = 1 << (form.mantissa - 1) if form.explicit else 0
    if token.kind != "float":
        quiet = {"__Infinity__": 0, "__SNaN__": 1}.get(token.text)
        payload = 1 << (form.mantissa - (2 if form.explicit else 1)) if quiet is None else quiet
        return sign | top << form.mantissa | implied | payload
    value = _value(token)
    if not value:
        return sign
    digits = form.mantissa - form.explicit
    bias = top >> 1
    exponent = max(_exponent(value), 1 - bias)
    mantissa = round(value * Fraction(2) ** (digits - exponent))
    if mantissa >> (digits + 1):
        mantissa >>= 1
        exponent += 1
    biased = exponent + bias if mantissa >> digits else 0
    if biased >= top:
        raise Mistake(token.span, f"{token.text} is too large for {8 * form.size} bits")
    if not form.explicit:
        mantissa &= (1 << digits) - 1
    return sign | biased << form.mantissa | mantissa


def _exponent(value: Fraction) -> int:
    """The power of two of the leading bit."""
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    return exponent if value >= Fraction(2) ** exponent else exponent - 1


def _value(token: Token) -> Fraction:
    text = token.text.replace("_", "")
    match, base, step = _HEXADECIMAL.fullmatch(text), 16, 2
    if match is None:
        match, base, step = _DECIMAL.fullmatch(text), 10, 10
    if match is None or len(text) > 200:
        raise Mistake(token.span, f"`{token.text}` is not a floating-point number")
    whole, fraction, power = match.groups()
    fraction = fraction or ""
    exponent = int(power or 0)
    if abs(exponent) > MAX_EXPONENT:
        raise Mistake(token.span, f"the exponent of {token.text} is out of range")
    return Fraction(int(whole + fraction, base), base ** len(fraction)) * Fraction(step) ** exponent
