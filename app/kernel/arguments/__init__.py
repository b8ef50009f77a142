"""Argument types: each knows how to fetch itself from a register, check itself, and show itself to people.

An argument is checked when the handler uses it, not before, because Linux's order of checks differs from call to call
and decides which errno a program sees. Each use that checks something emits a `check` event.
"""

from .descriptors import DirFd, Fd
from .integers import Address, Int, Long, Mode, Offset, PageOffset, SignalNumber, Size, Unsigned
from .memory import CString, RandomOut, UserIn, UserOut
from .page_vector import PageVectorOut
from .path import Path
from .structs import NumberOut, StructByRequest, StructIn, StructOut

__all__ = [
    "Address",
    "CString",
    "DirFd",
    "Fd",
    "Int",
    "Long",
    "Mode",
    "NumberOut",
    "Offset",
    "PageOffset",
    "PageVectorOut",
    "Path",
    "RandomOut",
    "SignalNumber",
    "Size",
    "StructByRequest",
    "StructIn",
    "StructOut",
    "Unsigned",
    "UserIn",
    "UserOut",
]
