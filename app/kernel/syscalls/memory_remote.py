"""Memory of other processes, and the order in which CPUs see stores."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.memory_constants import MembarrierCommand, MembarrierFlag
from app.kernel.abi.text import count_bytes
from app.kernel.arguments import Int, Size
from app.kernel.arguments.integers import signed
from app.kernel.arguments.iovec import IoVecIn, IoVecOut, RemoteVec
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.mm.address_space import AddressSpace
from app.kernel.ptrace import may_access
from app.kernel.syscall import syscall

_PIECE = 1 << 16
_REGISTRATIONS = {8: 16, 32: 64, 128: 256}
"""Private expedited barrier -> the command that announces it."""

_GLOBAL_REGISTRATION = 4

_PRIVATE = int(MembarrierCommand.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED)
_SPECIAL = int(
    MembarrierCommand.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE
    | MembarrierCommand.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ
)
"""Registrations that count as a private one, too."""


@syscall
def process_vm_readv(
    call: Call,
    pid: Int,
    lvec: Annotated[IoVecOut, "liovcnt"],
    liovcnt: Size,
    rvec: Annotated[RemoteVec, "riovcnt"],
    riovcnt: Size,
    flags: Size,
) -> Size:
    """Copy from the memory of process `pid` (`rvec`) into the caller's own (`lvec`); returns the bytes copied.

    EINVAL: `flags` is not 0, too many buffers, or a length is too large. EFAULT: a vector can't be read, or the first
    byte is not there. ESRCH: no such process. EPERM: it may not be looked at. See process_vm_readv(2).
    """
    mm = _remote(call, pid, lvec, rvec, flags)
    if mm is None:
        return Size(0)
    data = bytearray()
    for base, size in rvec.buffers:
        wanted = min(size, lvec.size - len(data))
        piece = mm.copy_in(base, wanted)
        data += piece
        if len(piece) < wanted:
            break
    if not data:
        raise call.refuse(Errno.EFAULT, "rvec", "memory", hex(rvec.address), f"Process {pid} has no memory there.")
    count = lvec.write(bytes(data))
    call.service("mm", "copy", f"Copied from the memory of process {pid}: {count_bytes(count)}.")
    return Size(count)


@syscall
def process_vm_writev(
    call: Call,
    pid: Int,
    lvec: Annotated[IoVecIn, "liovcnt"],
    liovcnt: Size,
    rvec: Annotated[RemoteVec, "riovcnt"],
    riovcnt: Size,
    flags: Size,
) -> Size:
    """Copy from the caller's memory (`lvec`) into that of process `pid` (`rvec`); returns the bytes copied.

    The errors are those of process_vm_readv. See process_vm_writev(2).
    """
    mm = _remote(call, pid, lvec, rvec, flags)
    if mm is None:
        return Size(0)
    data = lvec.read(min(lvec.size, rvec.size))
    done = 0
    for base, size in rvec.buffers:
        piece = data[done : done + size]
        count = mm.copy_out(base, piece) if piece else 0
        done += count
        if count < len(piece):
            break
    if data and not done:
        raise call.refuse(Errno.EFAULT, "rvec", "memory", hex(rvec.address), f"Process {pid} has no memory there.")
    call.service("mm", "copy", f"Copied into the memory of process {pid}: {count_bytes(done)}.")
    return Size(done)


def _remote(call: Call, pid: int, local: IoVecIn | IoVecOut, remote: RemoteVec, flags: int) -> AddressSpace | None:
    """The other address space; None when there is nothing to copy. Raises EINVAL, EFAULT, ESRCH, EPERM."""
    if flags:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "There are no flags yet, so it must be 0.")
    local.import_vector()
    if not local.size:
        return None
    remote.import_vector()
    if not remote.size:
        return None
    task = call.kernel.tasks.get(pid)
    process = call.kernel.processes.get(pid)
    if task is None and process is not None and not process.is_zombie:
        task = process.leader
    if task is None:
        raise call.refuse(Errno.ESRCH, "pid", "process", str(pid), f"There is no process {pid}.")
    if task.process is not call.task.process and not may_access(call.task.credentials, task.credentials):
        raise call.refuse(Errno.EPERM, "pid", "permission", str(pid), "Another user's memory may not be looked at.")
    return task.mm


class CpuId(Int):
    """`cpu_id` of membarrier(2), which counts only when there are flags."""

    counts = False

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> CpuId:
        """Look at the flags, which come before it."""
        cpu = cls(signed(raw, 32))
        cpu.counts = bool(int(call.arguments[detail]))
        return cpu

    def text(self) -> str | None:
        """The number, or nothing."""
        return super().text() if self.counts else None


class Commands(Int):
    """What membarrier(2) answers: 0, or a set of commands."""

    @classmethod
    def show(cls, value: int) -> str:
        """`0x3 (MEMBARRIER_CMD_GLOBAL|MEMBARRIER_CMD_GLOBAL_EXPEDITED)`."""
        names = [command.name for command in MembarrierCommand if command & value]
        return f"{value:#x} ({'|'.join(names)})" if value else "0"


@syscall
def membarrier(
    call: Call, cmd: MembarrierCommand, flags: MembarrierFlag, cpu_id: Annotated[CpuId, "flags"]
) -> Commands:
    """Make every thread of the machine, or of this process, see stores in order. Here one CPU runs all, so they do.

    `MEMBARRIER_CMD_QUERY` returns the commands there are. EINVAL: no such command, or `flags` is not 0. EPERM: an
    expedited barrier that this process has not registered. See membarrier(2).
    """
    if flags and not (cmd == MembarrierCommand.MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ and flags == 1):
        raise call.refuse(Errno.EINVAL, "flags", "flags", str(int(flags)), "There are no such flags.")
    mm = call.task.mm
    commands = [int(command) for command in MembarrierCommand if command]
    if cmd == MembarrierCommand.MEMBARRIER_CMD_QUERY:
        return Commands(sum(commands))
    if cmd not in commands:
        raise call.refuse(Errno.EINVAL, "cmd", "choice", str(int(cmd)), "There is no such command.")
    if cmd == MembarrierCommand.MEMBARRIER_CMD_GET_REGISTRATIONS:
        return Commands(mm.barriers | (_PRIVATE if mm.barriers & _SPECIAL else 0))
    if cmd in (_GLOBAL_REGISTRATION, *_REGISTRATIONS.values()):
        mm.barriers |= cmd
    elif cmd in _REGISTRATIONS and not mm.barriers & _REGISTRATIONS[cmd]:
        raise call.refuse(Errno.EPERM, "cmd", "registered", str(int(cmd)), "The process has not registered for it.")
    call.service("mm", "barrier", "One CPU runs every thread, so all see stores in order already.")
    return Commands(0)
