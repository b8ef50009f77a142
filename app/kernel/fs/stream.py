"""Redirected standard streams: pipes whose other end is outside the machine."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from app.kernel.abi.constants import IoctlRequest, OpenFlag
from app.kernel.abi.text import count_bytes
from app.kernel.errno import Errno, KernelError
from app.kernel.wait import Sleep, WaitQueue

from .file import MAX_RW_COUNT, FileDescription, Sink, Source
from .inode import Inode
from .pipe import DEFAULT_PAGES, copied_pages, pipe_pages
from .superblock import PAGE_SIZE, SuperBlock

if TYPE_CHECKING:
    from app.kernel.arguments.ioctl import IoctlArgument
    from app.kernel.call import Call


class InputStream:
    """Standard input that is not the terminal."""

    def __init__(self) -> None:
        self.readers = WaitQueue()
        self.data = bytearray()
        self.ended = False

    def receive(self, data: bytes) -> None:
        """More input; `b""` is its end."""
        self.data += data
        self.ended = self.ended or not data
        self.readers.wake_all()


class StreamDescription(FileDescription):
    """An open standard stream: as stat shows it, a pipe."""

    kind = "pipe"
    what = "a pipe from outside"
    signals_input = True

    def __init__(self, fs: SuperBlock, number: int, owner: int, source: InputStream | None) -> None:
        inode = Inode(fs, stat.S_IFIFO | 0o600, owner, owner)
        flags = OpenFlag.O_RDONLY if source is not None else OpenFlag.O_WRONLY
        super().__init__(fs, inode, int(flags), path=f"pipe:[{inode.number}]")
        self._number = number
        self._source = source
        self._pages = DEFAULT_PAGES

    def try_read(self, call: Call, sink: Sink, position: int | None) -> int | Sleep:
        """What has arrived, or sleep for more."""
        source = self._source
        if source is None or not sink.size:
            return 0
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
        call.service("pipe", "write", f"Standard stream {self._number} takes {count_bytes(len(data))}.")
        call.kernel.output(self._number, data)
        return len(data)

    def pipe_size(self) -> int:
        """Capacity in bytes, as a new pipe has it."""
        return self._pages * PAGE_SIZE

    def resize_pipe(self, size: int) -> int:
        """The capacity is only remembered: the outside takes whatever is written at once."""
        self._pages = pipe_pages(size, self._pages)
        return self.pipe_size()

    def ioctl(self, call: Call, request: int, argument: IoctlArgument) -> int:
        """FIONREAD counts what has arrived."""
        if request == IoctlRequest.FIONREAD:
            argument.write_int(len(self._source.data) if self._source is not None else 0)
            return 0
        return super().ioctl(call, request, argument)
