"""exec: a task gets another program (execve(2)); in Linux this is fs/exec.c.

Either the call fails and nothing has changed, or it passes the point of no return: the old program is gone, and what
goes wrong from then on ends the process.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from app.toolchain.machines import MACHINES
from app.trace.events import Segment, TaskExec, word

from . import exit, futex, ptrace, signal_delivery
from .abi.constants import Signo
from .binprm import BinaryProgram, open_interpreter, regular, resolve_scripts
from .credentials import Credentials
from .elf import Elf, Loader, read_elf
from .errno import Errno, KernelError
from .fs.permission import MAY_READ
from .fs.program_file import ProgramFile
from .initial_stack import STACK_ROOM, Image, Strings, build
from .mm.address_space import AddressSpace
from .mm.faults import page_floor
from .signal import SigInfo
from .task import AlternateStack, Task, WaitStatus

if TYPE_CHECKING:
    from .call import Call
    from .fs.inode import Inode
    from .kernel import Kernel

COMM_LENGTH = 15
"""Bytes of a task's name (TASK_COMM_LEN without the NUL)."""

_SHOWN_ARGUMENTS = 32
_SHOWN_BYTES = 256
_INTERPRETER_HEADER = 64
_SECBIT_NOROOT, _SECBIT_KEEP_CAPS = 1, 0x10


class Loaded(Struct):
    """A new address space, and the registers to begin with. `failure` is why the program can't run in it, if so."""

    mm: AddressSpace
    start: int = 0
    stack: int = 0
    failure: KernelError | None = None


def execute(call: Call, program: BinaryProgram) -> None:
    """Run `program` in the place of the one that calls (Linux `bprm_execve`).

    Raises ENOEXEC, ELIBBAD, EIO, E2BIG and what opening an interpreter does. A KernelError past the point of no return
    comes with a SIGSEGV.
    """
    task = call.task
    resolve_scripts(call, program)
    elf, interpreter = open_elf(call, program)
    who, secure = credentials_after_exec(task.credentials, program.inode, task.no_new_privs)
    program.inode.accessed()
    former = task.tid
    loaded = load_file(call.kernel, program, elf, interpreter, who, secure)
    _begin_new_exec(call, program, loaded, who)
    if secure:
        task.parent_death_signal = 0
    if loaded.failure is not None:
        signal_delivery.force(call.kernel, task, SigInfo(Signo.SIGSEGV, "SI_KERNEL"))
        raise loaded.failure
    if task.trace is not None:
        ptrace.executed(task, former)
    call.service("mm", "load", f"{program.dentry.path} is mapped; its pages come from the file when they are touched.")


def open_elf(call: Call, program: BinaryProgram) -> tuple[Elf, Elf | None]:
    """The headers of the program and of its interpreter, if it has one (Linux `load_elf_binary`, first half)."""
    machine = MACHINES[call.task.abi.info.name]
    elf = read_elf(program.dentry, program.inode, machine)
    name = elf.interpreter()
    if name is None:
        return elf, None
    call.service("vfs", "interpreter", f"It is linked dynamically: {os.fsdecode(name)} is to load it.")
    dentry = open_interpreter(call, name)
    inode = regular(dentry)
    if inode.size < _INTERPRETER_HEADER:
        raise KernelError(Errno.EIO, f"{dentry.path} is too short for an ELF header", "mm")
    return elf, read_elf(dentry, inode, machine, Errno.ELIBBAD)


def load_file(
    kernel: Kernel, program: BinaryProgram, elf: Elf, interpreter: Elf | None, who: Credentials, secure: bool
) -> Loaded:
    """Make the memory of a process that runs an ELF file. No event tells of it. Raises OutOfMemory."""
    strings = Strings(program.filename, tuple(program.argv), tuple(program.envp))
    mm = AddressSpace(kernel)
    mm.execute(program.dentry)
    ceiling = page_floor(kernel.abi.memory.stack_top - strings.size) - STACK_ROOM
    loader = Loader(mm, kernel.memory, ceiling, kernel.abi.memory.dyn_base, may_map_low=who.euid == 0)
    with _silence(kernel):
        try:
            loader.load_program(elf, interpreter is not None)
            if interpreter is not None:
                loader.load_interpreter(interpreter)
            if isinstance(program.inode, ProgramFile):
                mm.lines = program.inode.lines(elf.bias)
                mm.code = program.inode.code(elf.bias)
            first = interpreter or elf
            image = Image(
                start=first.entry_address,
                entry=elf.entry_address,
                headers_address=elf.headers_address,
                headers=len(elf.headers),
                base=0 if interpreter is None else interpreter.bias,
                executable_stack=elf.executable_stack,
                secure=secure,
            )
            if kernel.vdso is not None:
                kernel.vdso.map(mm)
            if image.start >= mm.limit:
                raise KernelError(Errno.EINVAL, f"The entry point {image.start:#x} is outside user memory", "mm")
            return Loaded(mm, image.start, build(kernel, mm, who, strings, image))
        except KernelError as error:
            return Loaded(mm, failure=error)


@contextmanager
def _silence(kernel: Kernel) -> Iterator[None]:
    """Tell nothing of regions that come and go: one event has them all in the end."""
    recorder = kernel.recorder
    muted, recorder.muted = recorder.muted, True
    try:
        yield
    finally:
        recorder.muted = muted


def _begin_new_exec(call: Call, program: BinaryProgram, loaded: Loaded, who: Credentials) -> None:
    """The point of no return: nothing of the old program is left (Linux `begin_new_exec`)."""
    kernel, task = call.kernel, call.task
    process = task.process
    former = _become_leader(kernel, task)
    futex.release_memory(kernel, task)
    old, task.mm = task.mm, loaded.mm
    old.drop_reference()
    if task.vfork_done is not None:
        done, task.vfork_done = task.vfork_done, None
        done.wake_all()
    if task.files.references > 1:
        shared, task.files = task.files, task.files.fork()
        shared.drop_reference()
    task.sighand = task.sighand.after_exec()
    task.altstack = AlternateStack()
    task.restart_block = None
    task.saved_blocked = None
    task.credentials = who
    task.name = comm(program.filename)
    process.executed = True
    process.exit_signal = int(Signo.SIGCHLD)
    process.delete_posix_timers()
    may_look = program.inode.permits(who, MAY_READ) and (who.euid, who.egid) == (who.uid, who.gid)
    process.dumpable = int(may_look)
    kernel.recorder.emit(
        TaskExec(
            path=program.dentry.path,
            argv=tuple(_shown(text) for text in program.argv[:_SHOWN_ARGUMENTS]),
            name=task.name,
            segments=regions(task.mm),
            entry=word(loaded.start),
            former=former,
        )
    )
    _close_on_exec(call)
    cpu = kernel.cpu
    cpu.page_table = task.mm.page_table
    cpu.reset(loaded.start, loaded.stack)
    call.saved = {source: word(cpu.get(name)) for name, source in task.abi.restores.items()}


def _become_leader(kernel: Kernel, task: Task) -> int | None:
    """End the other threads, and be the process's first one (Linux `de_thread`); returns the tid given up, if any."""
    process = task.process
    for other in [thread for thread in process.tasks if thread is not task]:
        exit.exit_task(kernel, other, WaitStatus.killed(Signo.SIGKILL, dumped=False))
    if task.is_leader:
        return None
    former = task.tid
    del kernel.tasks[former]
    task.start_time = process.leader.start_time
    process.leader = task
    kernel.recorder.task = task.tid = process.pid
    kernel.tasks[task.tid] = task
    return former


def _close_on_exec(call: Call) -> None:
    """Close what the old program kept for itself (FD_CLOEXEC)."""
    files = call.task.files
    numbers = [number for number in files.numbers() if files.closes_on_exec(number)]
    for number in numbers:
        files.close(call.kernel, number)
    if numbers:
        shown = ", ".join(map(str, numbers))
        call.service("vfs", "close-on-exec", f"Descriptors marked O_CLOEXEC are closed: {shown}.")


def comm(filename: bytes) -> str:
    """The name of a task that executes `filename`."""
    return filename.rpartition(b"/")[2][:COMM_LENGTH].decode("utf-8", "replace")


def _shown(text: bytes) -> str:
    """An argument for the event stream."""
    return text[:_SHOWN_BYTES].decode("utf-8", "replace")


def regions(mm: AddressSpace) -> tuple[Segment, ...]:
    """An address space for the event stream."""
    return tuple(Segment(start=word(vma.start), end=word(vma.end), perms=vma.perms, name=vma.name) for vma in mm.vmas)


def credentials_after_exec(old: Credentials, inode: Inode, no_new_privs: bool = False) -> tuple[Credentials, bool]:
    """Who the new program acts as, and whether it should trust its environment less (AT_SECURE).

    The set-user-ID and set-group-ID bits give it the ids of the file, unless `no_new_privs` (prctl(2)). Capabilities
    follow "Transformation of capabilities during execve()" of capabilities(7), for files that have none of their own.
    """
    mode = 0 if no_new_privs else inode.mode
    euid = inode.uid if mode & stat.S_ISUID else old.euid
    sets_gid = mode & stat.S_ISGID and mode & stat.S_IXGRP
    egid = inode.gid if sets_gid else old.egid
    changes = euid != old.euid or egid != old.egid
    ambient = 0 if changes else old.cap_ambient
    permitted = effective = ambient
    if not old.securebits & _SECBIT_NOROOT and 0 in (euid, old.uid):
        permitted = old.cap_bounding | old.cap_inheritable
        effective = permitted if euid == 0 else ambient
    secure = euid != old.uid or egid != old.gid
    who = replace(
        old,
        euid=euid,
        suid=euid,
        fsuid=euid,
        egid=egid,
        sgid=egid,
        fsgid=egid,
        cap_permitted=permitted,
        cap_effective=effective,
        cap_ambient=ambient,
        securebits=old.securebits & ~_SECBIT_KEEP_CAPS,
    )
    return who, secure
