"""Whether an address means Thumb code: such addresses are odd wherever code jumps to them through a register."""

from __future__ import annotations

from app.toolchain.expression import Binary, Expression, Name
from app.toolchain.layout import Layout, check_fits
from app.toolchain.sections import Fixup, Symbol

_MAX_ALIASES = 20


def _symbol(expression: Expression, layout: Layout) -> Symbol | None:
    """The label that `expression` is an address near to."""
    for _ in range(_MAX_ALIASES):
        while isinstance(expression, Binary):
            if expression.operator not in ("+", "-"):
                return None
            if expression.operator == "-" and _has_name(expression.right):
                return None
            expression = expression.left if _has_name(expression.left) else expression.right
        if not isinstance(expression, Name):
            return None
        symbol = expression.symbol or layout.symbols.by_name.get(expression.name)
        if not isinstance(symbol, Symbol) or symbol.expression is None or symbol.mode:
            return symbol if isinstance(symbol, Symbol) else None
        expression = symbol.expression
    return None


def _has_name(expression: Expression) -> bool:
    while isinstance(expression, Binary):
        if _has_name(expression.right):
            return True
        expression = expression.left
    return not hasattr(expression, "value")


def thumb_bit(expression: Expression, layout: Layout) -> int:
    """1 when `expression` is the address of a Thumb function."""
    symbol = _symbol(expression, layout)
    return symbol.mode if symbol is not None else 0


def is_function(expression: Expression, layout: Layout, names: set[str]) -> bool:
    """Whether `expression` is one of the functions `names`."""
    symbol = _symbol(expression, layout)
    return symbol is not None and symbol.name in names


class Address:
    """How `.word` and literal pools store numbers: the address of a Thumb function is odd."""

    def patch(self, code: bytes, fixup: Fixup, address: int, layout: Layout) -> bytes:
        """The number as `fixup.width` bytes. Raises Mistake when it does not fit."""
        number = layout.number(fixup.expression) | thumb_bit(fixup.expression, layout)
        check_fits(number, Fixup(fixup.position, fixup.width, fixup.expression, "absolute"))
        return (number & ((1 << 8 * fixup.width) - 1)).to_bytes(fixup.width, "little")


ADDRESS = Address()
