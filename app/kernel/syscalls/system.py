"""The system as a whole: its name, and its random numbers."""

from __future__ import annotations

from typing import Annotated

from app.cpu.mmu import PAGE_SIZE
from app.kernel import utsname
from app.kernel.abi.constants import GrndFlag
from app.kernel.abi.flags import all_bits
from app.kernel.abi.text import flag_text
from app.kernel.arguments import Int, RandomOut, Size, StructOut, Unsigned
from app.kernel.call import Call
from app.kernel.clock import SECOND
from app.kernel.errno import Errno
from app.kernel.fs.file import MAX_RW_COUNT
from app.kernel.syscall import syscall

"""Most bytes that one call transfers."""

_ASK = 0xFFFF_FFFF

_ALL_FLAGS = all_bits(GrndFlag)
_EXCLUSIVE = int(GrndFlag.GRND_RANDOM | GrndFlag.GRND_INSECURE)


@syscall
def uname(call: Call, buf: Annotated[StructOut, "utsname"]) -> Size:
    """Tell the names of the system: kernel, host, release, version, machine. EFAULT: no room at `buf`. See uname(2)."""
    buf.write(
        sysname=utsname.SYSNAME.encode(),
        nodename=utsname.NODENAME.encode(),
        release=utsname.RELEASE.encode(),
        version=utsname.VERSION.encode(),
        machine=call.task.abi.machine.encode(),
        domainname=utsname.DOMAINNAME.encode(),
    )
    return Size(0)


@syscall
def getrandom(call: Call, buf: Annotated[RandomOut, "buflen"], buflen: Size, flags: GrndFlag) -> Size:
    """Fill `buf` with `buflen` random bytes; returns how many there are.

    They come from the seed of the run, so that a run can be repeated. EINVAL: unknown flags, or `GRND_RANDOM` together
    with `GRND_INSECURE`. EFAULT: not even one byte at `buf` is writable. See getrandom(2).
    """
    if flags & ~_ALL_FLAGS or flags & _EXCLUSIVE == _EXCLUSIVE:
        shown = flag_text(flags, GrndFlag)
        raise call.refuse(Errno.EINVAL, "flags", "flags", shown, "These flags do not exist or exclude each other.")
    buf.need_range(MAX_RW_COUNT)
    count = buf.fill(min(buflen, MAX_RW_COUNT), call.kernel.random.randbytes)
    call.service("system", "random", f"The random number generator gave {count} bytes.")
    return Size(count)


@syscall
def sysinfo(call: Call, info: Annotated[StructOut, "sysinfo"]) -> Int:
    """Tell how long the system runs, how much memory it has and how many processes. EFAULT: no room. See sysinfo(2)."""
    kernel = call.kernel
    memory = kernel.memory
    info.write(
        uptime=kernel.clock.monotonic // SECOND,
        totalram=memory.size,
        freeram=memory.size - memory.used * PAGE_SIZE,
        procs=min(len(kernel.tasks) + 2, 0xFFFF),
        mem_unit=1,
    )
    return Int(0)


@syscall
def personality(call: Call, persona: Unsigned) -> Int:
    """Change the execution domain of the process; returns the one before. 0xffffffff only asks.

    Never fails. See personality(2). Not served: it is kept, and changes nothing.
    """
    process = call.task.process
    old = process.personality
    if persona != _ASK:
        process.personality = int(persona)
    return Int(old)
