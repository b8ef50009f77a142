"""How much memory a process may have: resource limits, and what the kernel refuses to promise (overcommit)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_SHIFT, PAGE_SIZE, WRITE
from app.kernel.credentials import Capability
from app.kernel.errno import Errno, KernelError
from app.kernel.resource import INFINITY, Resource, default_limits

from .vma import VM_LOCKED, VM_NORESERVE, Vma

if TYPE_CHECKING:
    from app.kernel.call import Call
    from app.kernel.kernel import Kernel

    from .address_space import AddressSpace
    from .faults import DemandPaging

COMMIT_LIMIT = 16 << 30
"""Bytes that one private writable mapping may have: more than a machine of 16 GiB has is an obvious overcommit."""


def soft_limit(kernel: Kernel, resource: Resource) -> int:
    """The limit of the task that has the CPU (Linux `rlimit`), in whole pages."""
    return _limits(kernel, resource)[0]


def _limits(kernel: Kernel, resource: Resource) -> tuple[int, int]:
    """Both limits, in whole pages."""
    current = kernel.scheduler.current
    limits = default_limits() if current is None else current.process.rlimits
    soft, hard = limits[resource]
    return (soft if soft == INFINITY else soft // PAGE_SIZE * PAGE_SIZE), hard


def is_accountable(vma: Vma) -> bool:
    """Whether the kernel promises memory for each page of it (Linux VM_ACCOUNT)."""
    return bool(vma.prot & WRITE) and not vma.shared and not vma.flags & VM_NORESERVE


def is_data(vma: Vma) -> bool:
    """Whether RLIMIT_DATA counts it: private, writable, and no stack."""
    return bool(vma.prot & WRITE) and not vma.shared and not vma.grows_down


def may_expand(kernel: Kernel, mm: DemandPaging, vma: Vma, size: int) -> bool:
    """Whether RLIMIT_AS and RLIMIT_DATA allow `size` more bytes of a region like `vma` (Linux `may_expand_vm`)."""
    if mm.total_vm + size > soft_limit(kernel, Resource.RLIMIT_AS):
        return False
    data, most = _limits(kernel, Resource.RLIMIT_DATA)
    if data == 0:
        # Valgrind sets the limit to 0 for the sake of brk alone, so Linux then takes the hard limit.
        data = most
    if data == INFINITY or not is_data(vma):
        return True
    return sum(other.size for other in mm.vmas if is_data(other)) + size <= data


def check_size(call: Call, mm: AddressSpace, vma: Vma, size: int, replaced: int = 0) -> None:
    """`size` more bytes of a region like `vma`, in the place of `replaced` others. Raises ENOMEM."""
    if not may_expand(call.kernel, mm, vma, size - replaced):
        raise KernelError(Errno.ENOMEM, "That is more memory than RLIMIT_AS or RLIMIT_DATA allow", "mm")
    if size > COMMIT_LIMIT and is_accountable(vma):
        pages = size >> PAGE_SHIFT
        raise KernelError(Errno.ENOMEM, f"{pages} writable pages are more than the machine could ever provide", "mm")


def may_lock_without_limit(call: Call) -> bool:
    """Whether the caller has CAP_IPC_LOCK."""
    return call.task.credentials.capable(Capability.CAP_IPC_LOCK)


def lock_limit(call: Call) -> int:
    """RLIMIT_MEMLOCK, bytes."""
    return call.task.process.rlimits[Resource.RLIMIT_MEMLOCK][0]


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
