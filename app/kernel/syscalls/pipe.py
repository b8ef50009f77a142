"""Making pipes."""

from __future__ import annotations

from app.kernel.abi.constants import OpenFlag, PipeFlag
from app.kernel.arguments import Int
from app.kernel.arguments.pair import DescriptorPair
from app.kernel.call import Call
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.permission import file_group, file_user
from app.kernel.fs.pipe import Pipe, PipeEnd
from app.kernel.fs.superblock import HARD_PIPE_PAGES
from app.kernel.syscall import syscall


@syscall
def pipe(call: Call, pipefd: DescriptorPair) -> Int:
    """Make a pipe and store its two descriptors in `pipefd`: first the end to read from, then the end to write to.

    EFAULT: `pipefd` is not writable memory. EMFILE: too many descriptors. ENFILE: all pipes together are too large. See
    pipe(2).
    """
    return _make(call, pipefd, 0)


@syscall
def pipe2(call: Call, pipefd: DescriptorPair, flags: PipeFlag) -> Int:
    """Like pipe, with flags for both ends: O_CLOEXEC, O_NONBLOCK, O_DIRECT (each write is a packet).

    EINVAL: other flags. And the errors of pipe. See pipe(2).

    Not served: O_NOTIFICATION_PIPE, which answers EINVAL.
    """
    known = int(PipeFlag.O_CLOEXEC | PipeFlag.O_NONBLOCK | PipeFlag.O_DIRECT)
    if flags & ~known:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "pipe2 does not know one of the flags.")
    return _make(call, pipefd, flags)


def _make(call: Call, pipefd: DescriptorPair, flags: int) -> Int:
    files = call.task.files
    fs = call.task.fs.superblock
    if fs.pipe_pages > HARD_PIPE_PAGES:
        raise KernelError(Errno.ENFILE, "All pipes together have as much room as they may", "pipe")
    first = files.lowest_free()
    second = files.lowest_free(first + 1)
    pipefd.write(first, second)
    who = call.task.credentials
    inode = Pipe(fs, file_user(who), file_group(who))
    status = flags & ~int(PipeFlag.O_CLOEXEC)
    close_on_exec = bool(flags & PipeFlag.O_CLOEXEC)
    ends = (first, OpenFlag.O_RDONLY | (status & OpenFlag.O_NONBLOCK)), (second, OpenFlag.O_WRONLY | status)
    for number, mode in ends:
        files.install(call.kernel, number, PipeEnd(fs, inode, int(mode)), close_on_exec)
    call.service("pipe", "create", f"A new pipe: descriptor {first} reads what descriptor {second} writes.")
    return Int(0)
