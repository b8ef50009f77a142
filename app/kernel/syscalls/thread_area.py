"""Where a thread has its own data: descriptors of i386, and the private calls of ARM."""

from __future__ import annotations

from typing import Annotated

from app.kernel import thread_area
from app.kernel.arguments import Address, Int, StructIn, StructOut
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.syscall import syscall
from app.kernel.thread_area import UserDesc

_ANY_ENTRY = 0xFFFF_FFFF


@syscall
def i386_set_thread_area(call: Call, u_info: Annotated[StructIn, "user_desc"]) -> Int:
    """Describe a segment for the thread's own data, which the program then selects with `gs`.

    An `entry_number` of -1 asks for a free entry of the descriptor table, whose number is stored there. EFAULT: the
    struct is not readable or writable. EINVAL: no such entry, or a segment that is none for data of 32-bit code. ESRCH:
    all three entries are in use. See set_thread_area(2).
    """
    cpu = call.kernel.cpu
    wanted = UserDesc.of(u_info.read())
    if wanted.problem:
        raise call.refuse(Errno.EINVAL, "u_info", "segment", hex(u_info.address), wanted.problem)
    if wanted.entry_number == _ANY_ENTRY:
        entry = thread_area.free_entry(cpu)
        wanted = UserDesc(entry, wanted.base_addr, wanted.limit, wanted.flags)
        StructOut(call, "u_info", u_info.address, "user_desc").write(4, entry_number=entry)
    thread_area.load(cpu, wanted)
    call.service(
        "system",
        "descriptor",
        f"Entry {wanted.entry_number} of the descriptor table is a segment at {wanted.base_addr:#x} now; its selector"
        f" is {wanted.entry_number << 3 | 3:#x}.",
    )
    return Int(0)


@syscall
def i386_get_thread_area(call: Call, u_info: Annotated[StructIn, "user_desc"]) -> Int:
    """Tell how the segment of `entry_number` is described.

    EFAULT: the struct is not readable or writable. EINVAL: no such entry. See set_thread_area(2).
    """
    cpu = call.kernel.cpu
    if len(word := call.task.mm.copy_in(u_info.address, 4)) < 4:
        raise call.refuse(Errno.EFAULT, "u_info", "memory", hex(u_info.address), "There is no readable entry number.")
    entry = int.from_bytes(word, "little")
    found = thread_area.described(entry, cpu.tls_descriptors[thread_area.index_of(cpu, entry)])
    StructOut(call, "u_info", u_info.address, "user_desc").write(
        entry_number=entry, base_addr=found.base_addr, limit=found.limit, flags=found.flags
    )
    return Int(0)


@syscall
def i386_modify_ldt(call: Call, func: Int, ptr: Address, bytecount: Address) -> Int:
    """Read or write the descriptors that a process has for itself. Reading finds none.

    ENOSYS: unknown `func`, or writing. See modify_ldt(2). Not served: writing descriptors.
    """
    if func in (0, 2):
        return Int(0)
    raise call.refuse(Errno.ENOSYS, "func", "choice", str(int(func)), "This kernel has no local descriptor tables.")


@syscall
def i386_arch_prctl(call: Call, code: Int, addr: Address) -> Int:
    """Set or get what belongs to the processor. The bases of FS and GS are for 64-bit programs: see set_thread_area.

    EINVAL: unknown `code`. See arch_prctl(2). Not served: the codes about CPUID and about processor features.
    """
    raise call.refuse(Errno.EINVAL, "code", "choice", hex(code), "A 32-bit program has nothing to set here.")


@syscall
def set_tls(call: Call, value: Address) -> Int:
    """Say where the thread has its own data: the value of the register TPIDRURO, which programs can only read.

    A private call of ARM. Never fails. See set_thread_area(2).
    """
    call.kernel.cpu.set(call.abi.thread_register, int(value))
    call.service("system", "thread-pointer", f"The thread pointer is {int(value):#x} now.")
    return Int(0)


@syscall
def get_tls(call: Call) -> Address:
    """Tell where the thread has its own data. A private call of ARM. Never fails. See set_thread_area(2)."""
    return Address(call.kernel.cpu.get(call.abi.thread_register))


@syscall
def cacheflush(call: Call, start: Address, end: Address, flags: Int) -> Int:
    """Let the processor fetch instructions that the program has just stored in [start, end).

    On ARM the caches for data and for instructions do not know of each other. Nothing is to be done for the emulated
    processor. A private call of ARM. EINVAL: `end` is below `start`, or `flags` is not 0. EFAULT: the range is not all
    in the program's memory. See cacheflush(2).
    """
    if end < start or flags:
        raise call.refuse(Errno.EINVAL, "end", "range", hex(end), "The range must not end before it begins.")
    if end > call.abi.address_limit:
        raise call.refuse(Errno.EFAULT, "end", "range", hex(end), "The range reaches outside user memory.")
    call.service("mm", "cache", f"The processor sees what was stored at {int(start):#x} to {int(end):#x}.")
    return Int(0)
