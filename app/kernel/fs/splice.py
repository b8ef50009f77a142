"""Moving data between files inside the kernel (Linux fs/splice.c): splice, tee, vmsplice, sendfile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_SIZE
from app.kernel.abi.text import count_bytes
from app.kernel.errno import Errno, KernelError
from app.kernel.wait import Blocking, Interrupted, Sleep

from .file import FileDescription, RegularDescription, Source
from .pipe import PipeBuffer, PipeEnd

if TYPE_CHECKING:
    from app.kernel.call import Call

CHUNK = 16 * PAGE_SIZE
"""Bytes that sendfile moves at a time, as through a pipe of the usual size."""


class KernelSource:
    """Bytes of the kernel's own that a file takes as if they were the program's."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self._data)

    def read(self, size: int | None = None) -> bytes:
        """The first `size` of them."""
        return self._data[:size]


class KernelSink:
    """Room in the kernel that a file fills as if it were the program's."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.data = b""

    def write(self, data: bytes) -> int:
        """Keep the bytes."""
        self.data = data
        return len(data)


def is_pipe(file: FileDescription) -> bool:
    """Whether it is a pipe, a fifo, or a standard stream that is a pipe outside."""
    return file.kind == "pipe"


def wait_for_data(call: Call, end: PipeEnd, nonblocking: bool) -> Blocking[bool]:
    """Wait until the pipe holds something; False when nobody can write any more. Raises EAGAIN."""
    pipe = end.pipe
    while not pipe.buffers:
        if not pipe.writers:
            return False
        if nonblocking:
            raise KernelError(Errno.EAGAIN, "The pipe is empty, and the call must not sleep", "pipe")
        yield from call.sleep(
            Sleep(on="pipe", sentence="The pipe is empty, so the task sleeps.", queues=(pipe.data_queue,))
        )
    return True


def wait_for_room(call: Call, end: PipeEnd, nonblocking: bool) -> Blocking[None]:
    """Wait until the pipe has a free page. Raises EPIPE with SIGPIPE, EAGAIN."""
    pipe = end.pipe
    while True:
        end.need_reader(call)
        if not pipe.full:
            return
        if nonblocking:
            raise KernelError(Errno.EAGAIN, "The pipe is full, and the call must not sleep", "pipe")
        sentence = "The pipe is full, so the task sleeps."
        yield from call.sleep(Sleep(on="pipe", sentence=sentence, queues=(pipe.room_queue,)))


def read_chunk(call: Call, file: FileDescription, size: int, position: int | None) -> Blocking[bytes]:
    """Up to `size` bytes of a file, from `position` on when it has positions. Raises what read(2) does."""
    sink = KernelSink(size)
    yield from file.read(call, sink, position)
    return sink.data


def write_chunk(call: Call, file: FileDescription, data: bytes, position: int | None) -> Blocking[int]:
    """Put bytes into a file, at `position` when it has positions. Raises what write(2) does."""
    source: Source = KernelSource(data)
    return (yield from file.write(call, source, position))


def file_to_pipe(
    call: Call, file: FileDescription, position: int | None, end: PipeEnd, length: int, nonblocking: bool
) -> Blocking[int]:
    """Pages of a file become pages of the pipe, as many as there is room for."""
    yield from wait_for_room(call, end, nonblocking)
    pipe = end.pipe
    start = position if position is not None else 0
    room = (pipe.pages - len(pipe.buffers)) * PAGE_SIZE - start % PAGE_SIZE
    data = yield from read_chunk(call, file, min(length, room), position)
    done = 0
    while done < len(data):
        size = PAGE_SIZE - (start + done) % PAGE_SIZE
        pipe.put(PipeBuffer(data[done : done + size], fixed=True))
        done = min(done + size, len(data))
    return done


def pipe_to_file(
    call: Call, end: PipeEnd, file: FileDescription, position: int | None, length: int, nonblocking: bool
) -> Blocking[int]:
    """What is in the pipe goes to the file, and waits for the first byte only."""
    pipe = end.pipe
    if not (yield from wait_for_data(call, end, nonblocking)):
        return 0
    data = b"".join(buffer.data[buffer.start :] for buffer in pipe.buffers)[:length]
    count = yield from write_chunk(call, file, data, position)
    pipe.take(count)
    return count


def pipe_to_pipe(call: Call, source: PipeEnd, target: PipeEnd, length: int, nonblocking: bool) -> Blocking[int]:
    """Pages move from one pipe to the other; nothing is copied."""
    yield from wait_for_data(call, source, nonblocking)
    yield from wait_for_room(call, target, nonblocking)
    pipe, other = source.pipe, target.pipe
    moved = 0
    while pipe.buffers and not other.full and moved < length:
        buffer = pipe.buffers[0]
        if buffer.left <= length - moved:
            pipe.buffers.popleft()
            moved += buffer.left
            other.put(buffer)
            continue
        count = length - moved
        other.put(PipeBuffer(buffer.data[buffer.start : buffer.start + count], packet=buffer.packet, fixed=True))
        buffer.start += count
        moved += count
    pipe.room_queue.wake_all()
    return moved


def copy_pipe(call: Call, source: PipeEnd, target: PipeEnd, length: int, nonblocking: bool) -> Blocking[int]:
    """tee(2): the other pipe gets the same pages, and the first keeps them."""
    yield from wait_for_data(call, source, nonblocking)
    yield from wait_for_room(call, target, nonblocking)
    done = 0
    for buffer in source.pipe.buffers:
        if target.pipe.full or done >= length:
            break
        piece = buffer.data[buffer.start : buffer.start + length - done]
        target.pipe.put(PipeBuffer(piece, packet=buffer.packet, fixed=True))
        done += len(piece)
    return done


def send_file(
    call: Call, source: FileDescription, position: int | None, target: FileDescription, length: int
) -> Blocking[int]:
    """sendfile(2) to a file that is no pipe, a chunk at a time; returns the bytes that were written.

    `position` is where to read, None for a file without positions. An error after the first chunk ends it silently,
    as a short write.
    """
    done = 0
    while done < length:
        try:
            where = None if position is None else position + done
            data = yield from read_chunk(call, source, min(length - done, CHUNK), where)
            if not data:
                break
            count = yield from write_chunk(call, target, data, None)
        except (KernelError, Interrupted):
            if not done:
                raise
            break
        done += count
        if count < len(data):
            break
    call.service("vfs", "copy", f"{count_bytes(done)} went from {source.path} to {target.path} inside the kernel.")
    return done


def position_of(file: FileDescription, given: int | None) -> int | None:
    """Where reading or writing begins: as given, else at the offset; None for a file without positions."""
    if given is not None:
        return given
    return file.offset if isinstance(file, RegularDescription) else None


def pipe_end(file: FileDescription) -> PipeEnd | None:
    """The file as an end of a pipe of this machine."""
    return file if isinstance(file, PipeEnd) else None
