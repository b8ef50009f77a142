"""Memory protection keys: a machine without them answers so."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.constants import MmapProt
from app.kernel.abi.memory_constants import KeyRights
from app.kernel.arguments import Address, Int, Size
from app.kernel.arguments.integers import ULONG
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.syscall import syscall

from .memory import change_protection

_KNOWN = int(KeyRights.PKEY_DISABLE_ACCESS | KeyRights.PKEY_DISABLE_WRITE)


class Reserved(Size):
    """`unsigned long` flags, of which there are none yet."""

    @classmethod
    def show(cls, value: int) -> str:
        """`0`, or hexadecimal."""
        return f"{value:#x}" if value else "0"


@syscall
def pkey_alloc(call: Call, flags: Reserved, access_rights: Annotated[KeyRights, ULONG]) -> Int:
    """Get a protection key. This CPU has none to give.

    EINVAL: `flags` is not 0, or unknown rights. ENOSPC: no key is free. See pkey_alloc(2).
    """
    if flags:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "There are no flags yet, so it must be 0.")
    if access_rights & ~_KNOWN:
        raise call.refuse(Errno.EINVAL, "access_rights", "flags", hex(access_rights), "There are no such rights.")
    raise call.refuse(Errno.ENOSPC, "flags", "limit", "0", "This CPU has no protection keys.")


@syscall
def pkey_free(call: Call, pkey: Int) -> Int:
    """Give a protection key back. EINVAL: it is not in use. See pkey_alloc(2)."""
    raise call.refuse(Errno.EINVAL, "pkey", "key", str(pkey), "No such key is in use.")


@syscall
def pkey_mprotect(call: Call, addr: Address, len: Size, prot: Annotated[MmapProt, ULONG], pkey: Int) -> Int:
    """As mprotect, and tag the pages with a key; -1 is none.

    EINVAL: the key is not in use. And the errors of mprotect. See pkey_mprotect(2).
    """
    change_protection(call, addr, len, prot, pkey)
    return Int(0)
