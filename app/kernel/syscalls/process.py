"""Processes: who am I, where does my thread keep its data, and how do I end."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.constants import ArchPrctlCode
from app.kernel.arguments import Address, Int, NumberOut
from app.kernel.arguments.ids import narrowed
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.syscall import syscall

_SEGMENTS: dict[int, str] = {
    ArchPrctlCode.ARCH_SET_FS: "fs",
    ArchPrctlCode.ARCH_GET_FS: "fs",
    ArchPrctlCode.ARCH_SET_GS: "gs",
    ArchPrctlCode.ARCH_GET_GS: "gs",
}


@syscall
def getpid(call: Call) -> Int:
    """Tell the process id. Never fails. See getpid(2)."""
    return Int(call.task.process.pid)


@syscall
def gettid(call: Call) -> Int:
    """Tell the thread id; the first thread of a process has the process id. Never fails. See gettid(2)."""
    return Int(call.task.tid)


@syscall
def getppid(call: Call) -> Int:
    """Tell the process id of the parent, here the shell that started the program. Never fails. See getppid(2)."""
    return Int(call.task.process.ppid)


@syscall
def getuid(call: Call) -> Int:
    """Tell the real user id: who started the program. Never fails. See getuid(2)."""
    return Int(narrowed(call.abi, call.task.credentials.uid))


@syscall
def geteuid(call: Call) -> Int:
    """Tell the effective user id: whose permissions count. Never fails. See geteuid(2)."""
    return Int(narrowed(call.abi, call.task.credentials.euid))


@syscall
def getgid(call: Call) -> Int:
    """Tell the real group id. Never fails. See getgid(2)."""
    return Int(narrowed(call.abi, call.task.credentials.gid))


@syscall
def getegid(call: Call) -> Int:
    """Tell the effective group id. Never fails. See getegid(2)."""
    return Int(narrowed(call.abi, call.task.credentials.egid))


@syscall
def set_tid_address(call: Call, tidptr: Address) -> Int:
    """Remember where the thread's id is to be cleared when the thread ends, and tell the id.

    The address is not looked at now. Nothing is cleared when the last thread of a process ends, because nobody is left
    who could look. Never fails. See set_tid_address(2).
    """
    call.task.clear_child_tid = tidptr
    return Int(call.task.tid)


@syscall
def arch_prctl(call: Call, code: ArchPrctlCode, addr: Annotated[NumberOut, "unsigned long"]) -> Int:
    """Set or get the base of the FS or GS segment, which x86-64 programs use for thread-local storage.

    `ARCH_SET_FS` and `ARCH_SET_GS` take the address itself, `ARCH_GET_FS` and `ARCH_GET_GS` the place to store it.
    EPERM: the address to set is outside user memory. EFAULT: there is no room at the place. EINVAL: unknown code.
    See arch_prctl(2).

    Not served: codes about CPUID, extended registers, shadow stacks and vDSOs, which answer EINVAL.
    """
    cpu = call.kernel.cpu
    segment = _SEGMENTS.get(code)
    if segment is None:
        raise call.refuse(Errno.EINVAL, "code", "choice", hex(code), "This kernel has no such code.")
    if code in (ArchPrctlCode.ARCH_GET_FS, ArchPrctlCode.ARCH_GET_GS):
        addr.write(cpu.get(f"{segment}_base"))
        return Int(0)
    shown = hex(addr.address)
    if addr.address >= call.abi.address_limit:
        raise call.refuse(Errno.EPERM, "addr", "range", shown, "The base must be an address of user memory.")
    call.passed("addr", "range", shown, "The base is an address of user memory; nothing needs to be mapped there.")
    cpu.set(f"{segment}_base", addr.address)
    call.service("sched", "set-base", f"The base of segment {segment.upper()} is now {shown}.")
    return Int(0)


@syscall
def exit(call: Call, status: Int) -> Int:
    """End the calling thread; the process ends with its last one. The low 8 bits of `status` are the exit status.

    Does not return. See _exit(2).
    """
    code = status & 0xFF
    call.service("sched", "exit", f"The thread ends with exit status {code}.")
    call.kernel.end_task(call.task, code, call.text())


@syscall
def exit_group(call: Call, status: Int) -> Int:
    """End the process with all its threads. The low 8 bits of `status` are the exit status.

    Does not return. See exit_group(2).
    """
    code = status & 0xFF
    call.service("sched", "exit", f"The process ends with exit status {code}.")
    call.kernel.end_process(call.task, code, call.text())
