"""Boot: from a Program to the first task, ready to execute its first instruction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import exec as program_exec
from .fs.boot import mount_root, open_standard_streams
from .fs.descriptors import DescriptorTable
from .mm.address_space import AddressSpace
from .task import Credentials, Process, Task

if TYPE_CHECKING:
    from .kernel import Kernel

FIRST_PID = 1000
"""The visitor's program is not init; its parent is the shell that would have started it."""

SHELL_PID = 999
USER_ID = 1000


def first_task(kernel: Kernel) -> Task:
    """Build the root file system, the first process with standard streams, and load the Program into it."""
    config = kernel.config
    ident = 0 if config.root else USER_ID
    fs = mount_root(kernel)
    process = Process(
        pid=FIRST_PID,
        ppid=SHELL_PID,
        name=config.argv[0].rpartition("/")[2][:15],
        credentials=Credentials(uid=ident, euid=ident, gid=ident, egid=ident),
        mm=AddressSpace(kernel),
        files=DescriptorTable(),
        fs=fs,
    )
    open_standard_streams(kernel, fs, process.files)
    task = Task(tid=FIRST_PID, process=process, abi=kernel.abi)
    kernel.cpu.page_table = process.mm.page_table
    entry, stack = program_exec.load(kernel, process, kernel.program)
    kernel.cpu.reset(entry, stack)
    return task


def announce_descriptors(kernel: Kernel, task: Task) -> None:
    """Put the descriptors that the program starts with into the event stream."""
    for number in task.files.numbers():
        task.files.announce(kernel, number)
