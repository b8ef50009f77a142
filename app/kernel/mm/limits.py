"""How much memory a process may have: resource limits, and what the kernel refuses to promise (overcommit)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_SHIFT, PAGE_SIZE, WRITE
from app.kernel.errno import Errno, KernelError

from .vma import VM_LOCKED, VM_NORESERVE, Vma

if TYPE_CHECKING:
    from app.kernel.call import Call

    from .address_space import AddressSpace

COMMIT_LIMIT = 16 << 30
"""Bytes that one private writable mapping may have: more than a machine of 16 GiB has is an obvious overcommit."""


def may_lock_without_limit(call: Call) -> bool:
    """Whether the caller has CAP_IPC_LOCK."""
    return call.task.credentials.euid == 0


def lock_limit(call: Call) -> int:
    """RLIMIT_MEMLOCK, bytes."""
    return 8 << 20


def locked_bytes(mm: AddressSpace) -> int:
    """Bytes of locked regions (VmLck)."""
    return sum(vma.size for vma in mm.vmas if vma.flags & VM_LOCKED)


def check_locking(call: Call, mm: AddressSpace, flags: int, size: int) -> None:
    """`size` more bytes of a region with `flags` (Linux `mlock_future_ok`). Raises EAGAIN."""
    if not flags & VM_LOCKED or may_lock_without_limit(call):
        return
    limit = lock_limit(call)
    if locked_bytes(mm) + size > limit // PAGE_SIZE * PAGE_SIZE:
        raise KernelError(Errno.EAGAIN, f"No more than {limit >> 10} KiB may be locked (RLIMIT_MEMLOCK)", "mm")


def check_size(call: Call, mm: AddressSpace, vma: Vma, size: int) -> None:
    """`size` more bytes of a region like `vma` (Linux `may_expand_vm` and `__vm_enough_memory`). Raises ENOMEM."""
    if size > COMMIT_LIMIT and is_accountable(vma):
        pages = size >> PAGE_SHIFT
        raise KernelError(Errno.ENOMEM, f"{pages} writable pages are more than the machine could ever provide", "mm")


def is_accountable(vma: Vma) -> bool:
    """Whether the kernel promises memory for each page of it (Linux VM_ACCOUNT)."""
    return bool(vma.prot & WRITE) and not vma.shared and not vma.flags & VM_NORESERVE
