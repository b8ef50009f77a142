"""The base class of the enums whose members are bits."""

from __future__ import annotations

from enum import IntEnum
from functools import reduce
from operator import or_


class Flags(IntEnum):
    """Names for the bits of a flag word. Members combine to plain ints.

    An `IntFlag` would make a member for each combination that a program asks for, and keep it.
    """


def all_bits(flags: type[Flags]) -> int:
    """Every bit that has a name."""
    return reduce(or_, map(int, flags))
