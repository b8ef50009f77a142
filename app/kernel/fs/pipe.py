"""Pipes (pipe(7)): a ring of page buffers between a writer and a reader."""

from __future__ import annotations

import stat
from collections import deque
from typing import TYPE_CHECKING

from msgspec import Struct

from app.cpu.mmu import PAGE_SIZE
from app.kernel import signal_delivery
from app.kernel.abi.constants import IoctlRequest, OpenFlag, Signo
from app.kernel.abi.text import count_bytes
from app.kernel.errno import Errno, KernelError
from app.kernel.poll import READABLE, WRITABLE, PollEvent
from app.kernel.signal import SigInfo
from app.kernel.wait import Blocking, Interrupted, Sleep, WaitQueue

from . import notify
from .dentry import Dentry
from .file import MAX_RW_COUNT, FileDescription, Sink, Source
from .inode import Inode
from .superblock import MAX_PIPE_PAGES, PIPEFS_MAGIC, SuperBlock

if TYPE_CHECKING:
    from app.kernel.arguments.ioctl import IoctlArgument
    from app.kernel.call import Call

DEFAULT_PAGES = 16
LEAST_PAGES = 2
"""What a pipe gets when all together have reached their soft limit."""

MAX_PAGES = 256
"""What F_SETPIPE_SZ may ask for: 1 MiB (/proc/sys/fs/pipe-max-size)."""


def copied_pages(source: Source, wanted: int) -> bytes:
    """Take `wanted` bytes as a pipe does: page by page, and a page that is not wholly readable not at all.

    Raises EFAULT when that leaves nothing.
    """
    data = source.read(wanted)
    if len(data) < wanted:
        data = data[: len(data) - len(data) % PAGE_SIZE]
        if not data:
            raise KernelError(Errno.EFAULT, "A pipe takes whole pages of data or nothing", "pipe")
    return data


def pipe_pages(size: int, current: int) -> int:
    """Pages for a capacity of `size` bytes: a power of two.

    EINVAL for an impossible one, EPERM for more than allowed.
    """
    if size > 1 << 31:
        raise KernelError(Errno.EINVAL, f"No pipe can hold {size} bytes", "pipe")
    pages = 1 << (max(size - 1, 0) // PAGE_SIZE).bit_length()
    if pages > MAX_PAGES and pages > current:
        raise KernelError(Errno.EPERM, f"Only the superuser makes a pipe larger than {MAX_PAGES * PAGE_SIZE}", "pipe")
    return pages


class PipeBuffer(Struct):
    """One page of the ring. A packet (O_DIRECT) is read whole; neither it nor a `fixed` page, one that came by
    splice(2), takes more data."""

    data: bytes
    start: int = 0
    packet: bool = False
    fixed: bool = False

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return len(self.data) - self.start


class Pipe(Inode):
    """The pipe itself: an inode without a name, or the fifo that is one with a name."""

    named = False
    nameless_magic = PIPEFS_MAGIC

    def __init__(self, fs: SuperBlock, uid: int, gid: int, permissions: int = 0o600) -> None:
        super().__init__(fs, stat.S_IFIFO | permissions, uid, gid)
        self.nlink = 1
        self.buffers: deque[PipeBuffer] = deque()
        self.pages = DEFAULT_PAGES
        self.readers = 0
        self.writers = 0
        self.data_queue = WaitQueue()
        self.room_queue = WaitQueue()
        self.partner_queue = WaitQueue()

    def add_end(self, readable: bool, writable: bool) -> None:
        """Somebody has opened the pipe."""
        if not self.readers and not self.writers:
            self.pages = DEFAULT_PAGES if self.fs.pipe_pages + DEFAULT_PAGES <= MAX_PIPE_PAGES else LEAST_PAGES
            self.fs.pipe_pages += self.pages
            self.nlink = max(self.nlink, 0 if self.named else 1)
        self.readers += readable
        self.writers += writable

    def drop_end(self, readable: bool, writable: bool) -> None:
        """Somebody has closed it. The other end sees end of file, or EPIPE; with the last end the data go."""
        self.readers -= readable
        self.writers -= writable
        self.data_queue.wake_all()
        self.room_queue.wake_all()
        if not self.readers and not self.writers:
            self.buffers.clear()
            self.fs.pipe_pages -= self.pages
            if not self.named:
                self.nlink = 0

    def open(self, fs: SuperBlock, flags: int, dentry: Dentry) -> FileDescription:
        """Opening /proc/self/fd/N of a pipe makes one more end of it, and never waits for the other."""
        return PipeEnd(fs, self, flags)

    @property
    def full(self) -> bool:
        """Whether every page is in use."""
        return len(self.buffers) >= self.pages

    @property
    def available(self) -> int:
        """Bytes waiting to be read."""
        return sum(buffer.left for buffer in self.buffers)

    def put(self, buffer: PipeBuffer) -> None:
        """Append a page; there must be room."""
        self.buffers.append(buffer)
        self.data_queue.wake_all()

    def take(self, wanted: int) -> bytes:
        """Remove and give up to `wanted` bytes, without regard to packets."""
        data = b""
        while self.buffers and len(data) < wanted:
            buffer = self.buffers[0]
            piece = buffer.data[buffer.start : buffer.start + wanted - len(data)]
            data += piece
            buffer.start += len(piece)
            if not buffer.left:
                self.buffers.popleft()
        self.room_queue.wake_all()
        return data

    def merge(self, data: bytes) -> int:
        """Append the part of `data` beyond whole pages to the last page, if it has room; returns the bytes taken."""
        odd = len(data) % PAGE_SIZE
        last = self.buffers[-1] if self.buffers else None
        if not odd or last is None or last.packet or last.fixed or len(last.data) + odd > PAGE_SIZE:
            return 0
        last.data += data[:odd]
        return odd

    def resize(self, size: int) -> int:
        """F_SETPIPE_SZ; returns the new capacity in bytes.

        Raises EBUSY when more is in use, and what `pipe_pages` does.
        """
        pages = pipe_pages(size, self.pages)
        total = self.fs.pipe_pages - self.pages + pages
        if pages > self.pages and total > MAX_PIPE_PAGES:
            raise KernelError(Errno.EPERM, "All pipes together would be too large", "pipe")
        if pages < len(self.buffers):
            raise KernelError(Errno.EBUSY, "More than that is in the pipe now", "pipe")
        self.fs.pipe_pages = total
        self.pages = pages
        self.room_queue.wake_all()
        return pages * PAGE_SIZE


class PipeEnd(FileDescription):
    """One end of a pipe."""

    kind = "pipe"
    what = "a pipe"
    signals_input = True

    def __init__(self, fs: SuperBlock, pipe: Pipe, flags: int, dentry: Dentry | None = None) -> None:
        super().__init__(fs, pipe, flags, dentry, path=f"pipe:[{pipe.number}]")
        self.pipe = pipe
        pipe.add_end(self.readable, self.writable)

    @property
    def born_alone(self) -> bool:
        """Whether there never was a writer, so that nobody could have hung up; only of a fifo."""
        return False

    def release(self) -> None:
        """The last descriptor of this end is closed: the other end sees end of file, or EPIPE."""
        self.pipe.drop_end(self.readable, self.writable)
        super().release()

    def poll(self) -> int:
        """Data for a reader, a free page for a writer; hang-up and error when the other end is gone (pipe_poll)."""
        pipe = self.pipe
        mask = 0
        if self.readable:
            mask |= READABLE if pipe.buffers else 0
            mask |= int(PollEvent.POLLHUP) if not pipe.writers and not self.born_alone else 0
        if self.writable:
            mask |= WRITABLE if not pipe.full else 0
            mask |= int(PollEvent.POLLERR) if not pipe.readers else 0
        return mask

    def poll_queues(self) -> tuple[WaitQueue, ...]:
        """Data for a reader, room for a writer; each hears of the other's closing on its own."""
        queues = (self.pipe.data_queue,) if self.readable else ()
        return (*queues, self.pipe.room_queue) if self.writable else queues

    def try_read(self, call: Call, sink: Sink, position: int | None) -> int | Sleep:
        """Take what is in the pipe; 0 when it is empty and nobody can write any more."""
        pipe = self.pipe
        wanted = min(sink.size, MAX_RW_COUNT)
        if not wanted:
            return 0
        if not pipe.buffers:
            if not pipe.writers:
                call.service("pipe", "read", "The pipe is empty and its write end is closed: end of file.")
                return 0
            return Sleep(on="pipe", sentence="The pipe is empty, so the task sleeps.", queues=(pipe.data_queue,))
        data = self._peek(wanted)
        call.service("pipe", "read", f"The pipe gives {count_bytes(len(data))}.")
        was_full = pipe.full
        arrived = sink.write(data)
        taken = self._consume(wanted, arrived)
        if not taken:
            raise KernelError(Errno.EFAULT, "A page of a pipe is read whole or not at all", "pipe")
        if was_full:
            pipe.room_queue.wake_all()
        pipe.accessed()
        return taken

    def _peek(self, wanted: int) -> bytes:
        """What a read of `wanted` bytes gets: up to that many, but of packets only one."""
        data = b""
        for buffer in self.pipe.buffers:
            data += buffer.data[buffer.start : buffer.start + wanted - len(data)]
            if len(data) == wanted or buffer.packet:
                break
        return data

    def _consume(self, wanted: int, arrived: int) -> int:
        """Drop what was read. A page whose bytes did not all reach the program stays; returns the bytes dropped."""
        buffers = self.pipe.buffers
        taken = 0
        while buffers and taken < wanted:
            buffer = buffers[0]
            count = min(buffer.left, wanted - taken)
            if taken + count > arrived:
                break
            taken += count
            buffer.start += count
            if buffer.packet:
                buffers.popleft()
                break
            if not buffer.left:
                buffers.popleft()
        return taken

    def write(self, call: Call, source: Source, position: int | None = None) -> Blocking[int]:
        """Put everything into the pipe, sleeping while it is full. SIGPIPE and EPIPE when nobody reads."""
        pipe = self.pipe
        wanted = min(source.size, MAX_RW_COUNT)
        if not wanted:
            return 0
        self.need_reader(call)
        data = copied_pages(source, wanted)
        short = len(data) < wanted
        packet = bool(self.flags & OpenFlag.O_DIRECT)
        done = 0 if packet or short else pipe.merge(data)
        while done < len(data):
            if not pipe.readers and done:
                break
            self.need_reader(call)
            if not pipe.full:
                pipe.buffers.append(PipeBuffer(data[done : done + PAGE_SIZE], 0, packet))
                done = min(done + PAGE_SIZE, len(data))
                continue
            pipe.data_queue.wake_all()
            sentence = "The pipe is full, so the task sleeps until somebody reads."
            try:
                yield from self.sleep(call, Sleep(on="pipe", sentence=sentence, queues=(pipe.room_queue,)))
            except (KernelError, Interrupted):
                if done:
                    break
                raise
        call.service("pipe", "write", f"The pipe takes {count_bytes(done)}; {pipe.available} wait to be read.")
        pipe.data_queue.wake_all()
        pipe.modified()
        notify.file_event(pipe, self.dentry, notify.IN_MODIFY)
        return done

    def need_reader(self, call: Call) -> None:
        """Refuse to write what nobody could ever read: SIGPIPE and EPIPE."""
        if not self.pipe.readers:
            call.service("pipe", "broken", "The read end is closed: nobody could ever read this. SIGPIPE and EPIPE.")
            signal_delivery.send_to_task(call.kernel, call.task, SigInfo.user(Signo.SIGPIPE, call.task.process))
            raise KernelError(Errno.EPIPE)

    def pipe_size(self) -> int:
        """Capacity in bytes."""
        return self.pipe.pages * PAGE_SIZE

    def resize_pipe(self, size: int) -> int:
        """Change the capacity."""
        return self.pipe.resize(size)

    def ioctl(self, call: Call, request: int, argument: IoctlArgument) -> int:
        """FIONREAD counts what waits to be read."""
        if request == IoctlRequest.FIONREAD:
            argument.write_int(self.pipe.available)
            return 0
        return super().ioctl(call, request, argument)
