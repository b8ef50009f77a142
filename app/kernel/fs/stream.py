"""Redirected standard streams: pipes whose other end is outside the machine."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_SIZE
from app.kernel.abi.constants import IoctlRequest, OpenFlag
from app.kernel.abi.text import count_bytes
from app.kernel.errno import Errno, KernelError
from app.kernel.poll import READABLE, WRITABLE, PollEvent
from app.kernel.wait import Sleep, WaitQueue

from .dentry import Dentry
from .file import MAX_RW_COUNT, FileDescription, Sink, Source
from .inode import Inode
from .pipe import DEFAULT_PAGES, copied_pages, pipe_pages
from .superblock import SuperBlock

if TYPE_CHECKING:
    from app.kernel.arguments.ioctl import IoctlArgument
    from app.kernel.call import Call


class InputStream:
    """Standard input that is not the terminal."""

    def __init__(self) -> None:
        self.readers = WaitQueue()
        self.data = bytearray()
        self.ended = False

    @property
    def listens(self) -> bool:
        """A pipe is read when the program reads, so that a run does not depend on who fills it how fast."""
        return False

    def receive(self, data: bytes) -> None:
        """More input; `b""` is its end."""
        self.data += data
        self.ended = self.ended or not data
        self.readers.wake_all()


class Stream(Inode):
    """The pipe that a standard stream is, as far as it is on this side."""

    def __init__(self, fs: SuperBlock, number: int, owner: int, source: InputStream | None) -> None:
        super().__init__(fs, stat.S_IFIFO | 0o600, owner, owner)
        self.standard_number = number
        self.source = source
        self.pages = DEFAULT_PAGES

    def open(self, fs: SuperBlock, flags: int, dentry: Dentry) -> StreamDescription:
        """Another description of the same end, as /dev/stdin and its like give. Raises ENXIO for the other end."""
        if self.source is not None and flags & OpenFlag.O_ACCMODE != OpenFlag.O_RDONLY:
            raise KernelError(Errno.ENXIO, f"Only the outside writes to standard stream {self.standard_number}", "pipe")
        return StreamDescription(fs, self, flags)


class StreamDescription(FileDescription):
    """An open standard stream: as stat shows it, a pipe."""

    kind = "pipe"
    what = "a pipe from outside"
    signals_input = True

    inode: Stream

    def __init__(self, fs: SuperBlock, inode: Stream, flags: int) -> None:
        super().__init__(fs, inode, flags, path=f"pipe:[{inode.number}]")

    def try_read(self, call: Call, sink: Sink, position: int | None) -> int | Sleep:
        """What has arrived, or sleep for more."""
        source = self.inode.source
        if source is None or not sink.size:
            return 0
        if self.nonblocking and not source.data:
            call.kernel.poll_keyboard_for((source.readers,))
        if not source.data:
            if source.ended:
                call.service("pipe", "read", "Standard input has ended: the read gives 0 bytes.")
                return 0
            return Sleep(
                on="keyboard", sentence="Standard input has nothing yet, so the task sleeps.", queues=(source.readers,)
            )
        data = bytes(source.data[: min(sink.size, MAX_RW_COUNT)])
        call.service("pipe", "read", f"Standard input gives {count_bytes(len(data))}.")
        count = sink.write(data)
        if count < len(data):
            count -= count % PAGE_SIZE
            if not count:
                raise KernelError(Errno.EFAULT, "A pipe gives whole pages of data or nothing", "pipe")
        del source.data[:count]
        return count

    def try_write(self, call: Call, source: Source, position: int | None) -> int:
        """Hand the bytes to the outside."""
        wanted = min(source.size, MAX_RW_COUNT)
        if not wanted:
            return 0
        data = copied_pages(source, wanted)
        call.service("pipe", "write", f"Standard stream {self.inode.standard_number} takes {count_bytes(len(data))}.")
        call.kernel.output(self.inode.standard_number, data)
        return len(data)

    def poll(self) -> int:
        """As a pipe: input that has arrived and its end, or always room for output."""
        source = self.inode.source
        if source is None:
            return WRITABLE
        return (READABLE if source.data else 0) | (int(PollEvent.POLLHUP) if source.ended else 0)

    def poll_queues(self) -> tuple[WaitQueue, ...]:
        """Woken by more input."""
        return (self.inode.source.readers,) if self.inode.source is not None else ()

    def pipe_size(self) -> int:
        """Capacity in bytes, as a new pipe has it."""
        return self.inode.pages * PAGE_SIZE

    def resize_pipe(self, size: int) -> int:
        """The capacity is only remembered: the outside takes whatever is written at once."""
        self.inode.pages = pipe_pages(size, self.inode.pages)
        return self.pipe_size()

    def ioctl(self, call: Call, request: int, argument: IoctlArgument) -> int:
        """FIONREAD counts what has arrived."""
        if request == IoctlRequest.FIONREAD:
            argument.write_int(len(self.inode.source.data) if self.inode.source is not None else 0)
            return 0
        return super().ioctl(call, request, argument)
