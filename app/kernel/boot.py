"""Boot: from a Program to the first task, ready to execute its first instruction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cpu.exits import TrapExit

from . import first_program
from .binprm import BinaryProgram
from .call import Call
from .credentials import Credentials
from .fs.boot import install_program, mount_root, open_standard_streams
from .fs.descriptors import DescriptorTable
from .fs.rootfs import USER_ID
from .mm.address_space import AddressSpace
from .signal import SignalHandlers
from .task import Process, Task, TaskState

if TYPE_CHECKING:
    from .fs.context import FsContext
    from .kernel import Kernel

FIRST_PID = 1000
"""The visitor's program is not init; its parent is the shell that would have started it."""

SHELL_PID = 999
INIT_PID = 1


def first_task(kernel: Kernel) -> Task:
    """Build the root file system, the first process with standard streams, and load the Program into it."""
    config = kernel.config
    credentials = Credentials.of(0 if config.root else USER_ID)
    fs = mount_root(kernel)
    kernel.init = _bystander(kernel, INIT_PID, None, "init", Credentials.of(0), fs)
    shell = _bystander(kernel, SHELL_PID, kernel.init, "sh", credentials, fs)
    kernel.first = process = Process(pid=FIRST_PID, parent=shell, pgid=FIRST_PID, sid=SHELL_PID)
    shell.children.append(process)
    task = Task(
        tid=FIRST_PID,
        process=process,
        abi=kernel.abi,
        name=config.argv[0].rpartition("/")[2][:15],
        credentials=credentials,
        mm=AddressSpace(kernel),
        files=DescriptorTable(),
        fs=fs,
        sighand=SignalHandlers(),
        on_runnable=kernel.scheduler.wake,
    )
    process.leader = task
    process.tasks.append(task)
    kernel.tasks[task.tid] = task
    kernel.processes[process.pid] = process
    open_standard_streams(kernel, fs, task.files)
    start, stack = _load(kernel, task)
    kernel.cpu.page_table = task.mm.page_table
    kernel.cpu.reset(start, stack)
    kernel.scheduler.current = task
    kernel.scheduler.add(task)
    return task


def _load(kernel: Kernel, task: Task) -> tuple[int, int]:
    """Give the task its program: the entry point and the initial stack pointer. Raises ExecError, OutOfMemory."""
    program = kernel.program
    filename, dentry = install_program(
        kernel, task.fs, lambda: first_program.file_contents(program, kernel.abi.memory.stack_top)
    )
    if not program.image:
        start, stack = first_program.load(kernel, task, program, filename)
        task.mm.execute(dentry)
        return start, stack
    strings = first_program.strings_of(kernel, filename)
    call = Call(kernel, task, kernel.abi, 0, 0, (), TrapExit("", 0, 0, {}))
    binary = BinaryProgram(strings.filename, strings.filename, dentry, list(strings.argv), list(strings.envp), 0)
    loaded = first_program.load_elf(call, binary)
    task.mm = loaded.mm
    return loaded.start, loaded.stack


def _bystander(
    kernel: Kernel, pid: int, parent: Process | None, name: str, credentials: Credentials, fs: FsContext
) -> Process:
    """A process that exists and never does anything: it has a leader to be looked at, but no task that runs."""
    process = Process(pid=pid, parent=parent, pgid=pid, sid=pid)
    process.leader = Task(
        tid=pid,
        process=process,
        abi=kernel.abi,
        name=name,
        credentials=credentials,
        mm=AddressSpace(kernel),
        files=DescriptorTable(),
        fs=fs,
        sighand=SignalHandlers(),
        state=TaskState.SLEEPING,
    )
    if parent is not None:
        parent.children.append(process)
    kernel.processes[pid] = process
    return process


def announce_descriptors(kernel: Kernel, task: Task) -> None:
    """Put the descriptors that the program starts with into the event stream."""
    for number in task.files.numbers():
        task.files.announce(kernel, number)
