"""Open file descriptions: what open(2) makes, and the operations each kind of file has for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from app.kernel.abi.constants import IoctlRequest, OpenFlag, SeekWhence
from app.kernel.abi.text import count_bytes
from app.kernel.errno import Errno, KernelError
from app.kernel.poll import ALWAYS_READY
from app.kernel.wait import Blocking, Sleep, WaitQueue

from . import notify
from .dentry import Dentry, UnnamedDentry
from .inode import Inode, RegularFile
from .owner_signal import FileOwner
from .size_limit import writable_size
from .superblock import SMALL_FILE_SIZE, SuperBlock

if TYPE_CHECKING:
    from app.kernel.arguments.ioctl import IoctlArgument
    from app.kernel.call import Call

    from .descriptors import DescriptorTable
    from .eventpoll import EpollItem

MAX_RW_COUNT = 0x7FFF_F000
"""Most bytes that one call transfers (read(2), NOTES)."""

STATUS_FLAGS = int(OpenFlag.O_APPEND | OpenFlag.O_NONBLOCK | OpenFlag.O_DIRECT | OpenFlag.O_NOATIME)
"""What F_SETFL can change of every file; FASYNC only of those that can signal input."""

_ACCESS = int(OpenFlag.O_ACCMODE)
_PATH = int(OpenFlag.O_PATH)
_NONBLOCK = int(OpenFlag.O_NONBLOCK)
_APPEND = int(OpenFlag.O_APPEND)


class Source(Protocol):
    """User memory that a write takes its bytes from: one buffer or an iovec."""

    @property
    def size(self) -> int:
        """Bytes the program offers."""

    def read(self, size: int | None = None) -> bytes:
        """Copy in. Short when only a part is readable; EFAULT when nothing is."""


class Sink(Protocol):
    """User memory that a read puts its bytes into."""

    @property
    def size(self) -> int:
        """Room in bytes."""

    def write(self, data: bytes) -> int:
        """Copy out; returns how many bytes arrived. EFAULT when none did."""


class FileDescription:
    """An open file: offset and status flags, shared by every descriptor that dup(2) or fork(2) made of it.

    `flags` are the flags of open(2) that last: access mode and status; `readable` and `writable` say what the mode
    allows, `path_only` that it was opened with O_PATH and only stands for a place. `identity` numbers descriptions
    within the run; `created` says that its open(2) made the file, `owner` who hears that it is ready, `epoll_items` are
    the entries of epoll instances that watch it. Subclasses are the kinds of files; this class answers what a file
    without the operation answers.
    """

    kind = "device"
    what = "a device"
    can_read = can_write = True
    """Whether files of its kind can be read and written at all (Linux `FMODE_CAN_READ`, `FMODE_CAN_WRITE`)."""
    seekable = False
    gives_pages = False
    """Whether splice(2) can read it (`splice_read` of the file operations)."""
    takes_pages = False
    """Whether splice(2) can write it (`splice_write`)."""
    signals_input = False
    """Whether its driver knows FASYNC (`fasync` of the file operations)."""

    def __init__(self, fs: SuperBlock, inode: Inode, flags: int, dentry: Dentry | None = None, path: str = "") -> None:
        self.inode = inode
        self.dentry = dentry
        self.flags = flags
        self.offset = 0
        self.references = 0
        self.identity = fs.new_identity()
        self.readable = flags & _ACCESS in (int(OpenFlag.O_RDONLY), int(OpenFlag.O_RDWR))
        self.writable = flags & _ACCESS in (int(OpenFlag.O_WRONLY), int(OpenFlag.O_RDWR))
        self.path_only = bool(flags & _PATH)
        self._path = path
        self.epoll_items: list[EpollItem] = []
        self.created = False
        self.owner = FileOwner()
        inode.openers += 1

    @property
    def path(self) -> str:
        """As /proc/self/fd shows it."""
        return self.dentry.path if self.dentry is not None else self._path

    @property
    def place(self) -> Dentry:
        """The dentry that a magic link of /proc/self/fd leads to."""
        return self.dentry or UnnamedDentry(self._path, self.inode)

    @property
    def positioned(self) -> bool:
        """Whether it can be read and written at a position, as pread(2) does (FMODE_PREAD)."""
        return self.seekable

    @property
    def nonblocking(self) -> bool:
        """Whether O_NONBLOCK is set."""
        return bool(self.flags & _NONBLOCK)

    def opened(self, call: Call, flags: int) -> None:
        """open(2) with `flags` has made this description."""

    def drop_reference(self) -> None:
        """One descriptor less; the last one releases the file."""
        self.references -= 1
        if self.references == 0:
            for item in tuple(self.epoll_items):
                item.remove()
            self.release()

    def flush(self, table: DescriptorTable) -> None:
        """A number of `table` that meant this description is closed, whether or not others still mean it."""

    def release(self) -> None:
        """Nobody has this description any more."""
        if self.inode.locks is not None:
            self.inode.locks.release_description(self)
        if not self.path_only:
            event = notify.IN_CLOSE_WRITE if self.writable else notify.IN_CLOSE_NOWRITE
            notify.file_event(self.inode, self.dentry, event)
        self.inode.openers -= 1
        self.inode.release_if_unused()

    def sleep(self, call: Call, sleep: Sleep) -> Blocking[None]:
        """Sleep once, or answer EAGAIN for a non-blocking file. Raises Interrupted when a signal came first."""
        if self.nonblocking:
            raise KernelError(Errno.EAGAIN, "It would have to sleep, but O_NONBLOCK is set")
        yield from call.sleep(sleep)

    @property
    def pollable(self) -> bool:
        """Whether its kind has a `poll` of its own; the others are always ready, and epoll does not take them."""
        return type(self).poll is not FileDescription.poll

    def poll(self) -> int:
        """What can be done now without sleeping, as POLL* bits (poll(2)); always ready where nothing has to wait."""
        return ALWAYS_READY

    def poll_queues(self) -> tuple[WaitQueue, ...]:
        """The wait queues that are woken when the answer of `poll` may have changed."""
        return ()

    def read(self, call: Call, sink: Sink, position: int | None = None) -> Blocking[int]:
        """Read into `sink` at the offset, or at `position` leaving the offset alone. Returns the bytes read."""
        while True:
            result = self.try_read(call, sink, position)
            if isinstance(result, int):
                if result:
                    notify.file_event(self.inode, self.dentry, notify.IN_ACCESS)
                return result or sink.write(b"")
            yield from self.sleep(call, result)

    def write(self, call: Call, source: Source, position: int | None = None) -> Blocking[int]:
        """Write from `source` at the offset, or at `position` leaving the offset alone. Returns the bytes written."""
        while True:
            result = self.try_write(call, source, position)
            if isinstance(result, int):
                if result:
                    notify.file_event(self.inode, self.dentry, notify.IN_MODIFY)
                return result
            yield from self.sleep(call, result)

    def try_read(self, call: Call, sink: Sink, position: int | None) -> int | Sleep:
        """Read what is there now, or say what to sleep on."""
        raise KernelError(Errno.EINVAL, f"{self.path} is {self.what}, which cannot be read")

    def try_write(self, call: Call, source: Source, position: int | None) -> int | Sleep:
        """Write what fits now, or say what to sleep on."""
        raise KernelError(Errno.EINVAL, f"{self.path} is {self.what}, which cannot be written")

    def seek(self, call: Call, offset: int, whence: int) -> int:
        """Move the offset; returns the new one (lseek(2))."""
        raise KernelError(Errno.ESPIPE, f"{self.path} has no positions to move between")

    def list_entries(self, call: Call, sink: Sink, old: bool = False) -> int:
        """Fill `sink` with directory entries (getdents64(2)); returns the bytes used."""
        raise KernelError(Errno.ENOTDIR, f"{self.path} is {self.what}, which has no entries")

    def pipe_size(self) -> int:
        """Capacity of a pipe, bytes (F_GETPIPE_SZ). Raises EBADF for other files."""
        raise KernelError(Errno.EBADF, f"{self.path} is {self.what}, not a pipe")

    def resize_pipe(self, size: int) -> int:
        """Change the capacity of a pipe; returns the new one (F_SETPIPE_SZ). Raises EBADF for other files."""
        raise KernelError(Errno.EBADF, f"{self.path} is {self.what}, not a pipe")

    def ioctl(self, call: Call, request: int, argument: IoctlArgument) -> int:
        """Device control (ioctl(2)) for requests that are not the same for all files."""
        raise KernelError(Errno.ENOTTY, f"{self.path} is {self.what}, which does not know this request")


class PathHandle(FileDescription):
    """What O_PATH gives: a place, not its contents."""

    kind = "path"
    what = "only a place in the file system (O_PATH)"


class RegularDescription(FileDescription):
    """An open regular file."""

    kind = "file"
    what = "a regular file"
    seekable = True
    gives_pages = takes_pages = True
    inode: RegularFile

    def __init__(
        self, fs: SuperBlock, inode: RegularFile, flags: int, dentry: Dentry | None = None, path: str = ""
    ) -> None:
        if flags & _ACCESS in (int(OpenFlag.O_WRONLY), int(OpenFlag.O_RDWR)):
            inode.get_write_access()
        super().__init__(fs, inode, flags, dentry, path)

    def release(self) -> None:
        """What could write can do so no more."""
        if self.writable:
            self.inode.put_write_access()
        super().release()

    def try_read(self, call: Call, sink: Sink, position: int | None) -> int:
        """Copy from the offset up to the end of the file."""
        inode = self.inode
        start = self.offset if position is None else position
        wanted = min(sink.size, MAX_RW_COUNT, call.kernel.config.memory_bytes)
        data = inode.read(start, wanted)
        inode.accessed()
        if wanted and not data:
            call.service("vfs", "read", f"Offset {start} is at the end of {self.path}: nothing to read.")
        elif data:
            call.service(
                "vfs", "read", f"{count_bytes(len(data))} of {self.path} from offset {start} on are in the file."
            )
        count = sink.write(data)
        if position is None:
            self.offset = start + count
        return count

    def try_write(self, call: Call, source: Source, position: int | None) -> int:
        """Store at the offset, or at the end with O_APPEND."""
        return self.write_at(call, source, position, bool(self.flags & _APPEND))

    def write_at(self, call: Call, source: Source, position: int | None, append: bool) -> int:
        """Store at the offset, at `position`, or with `append` at the end. Raises EFBIG, EPERM (a seal)."""
        inode = self.inode
        wanted = min(source.size, MAX_RW_COUNT)
        start = self.offset if position is None else position
        if not wanted:
            return 0
        if append:
            start = inode.size
            call.service("vfs", "append", f"O_APPEND: the write begins at the end, offset {start}.")
        if start >= inode.max_size:
            raise KernelError(Errno.EFBIG, f"No file has a byte at offset {start}")
        wanted = writable_size(call, start, min(wanted, inode.max_size - start))
        if not self.flags & OpenFlag.O_LARGEFILE:
            wanted = self._small_part(start, wanted)
        inode.drop_privileges(call.task.credentials)
        wanted = inode.writable_part(start, wanted)
        if not wanted:
            raise KernelError(Errno.EPERM, f"A seal of {self.path} forbids writing there")
        count = inode.write(start, source.read(wanted))
        call.service("vfs", "write", f"{count_bytes(count)} are stored in {self.path} from offset {start} on.")
        if position is None:
            self.offset = start + count
        return count

    def _small_part(self, start: int, wanted: int) -> int:
        """How many of `wanted` bytes may be stored from `start` on without O_LARGEFILE. Raises EFBIG."""
        if start >= SMALL_FILE_SIZE:
            raise KernelError(Errno.EFBIG, f"{self.path} is open without O_LARGEFILE: it ends at {SMALL_FILE_SIZE}")
        return min(wanted, SMALL_FILE_SIZE - start)

    def seek(self, call: Call, offset: int, whence: int) -> int:
        """Relative to the start, the offset or the end; or to the next data or hole."""
        inode = self.inode
        if whence in (SeekWhence.SEEK_DATA, SeekWhence.SEEK_HOLE):
            if not 0 <= offset < inode.size:
                raise KernelError(
                    Errno.ENXIO, f"Offset {offset} is not inside {self.path}, which has {inode.size} bytes"
                )
            found = inode.next_data(offset) if whence == SeekWhence.SEEK_DATA else inode.next_hole(offset)
            if found is None:
                raise KernelError(Errno.ENXIO, f"Nothing but a hole follows offset {offset} of {self.path}")
            target = found
        else:
            base = {int(SeekWhence.SEEK_CUR): self.offset, int(SeekWhence.SEEK_END): inode.size}.get(whence, 0)
            target = base + offset
        if not 0 <= target <= inode.max_size:
            raise KernelError(Errno.EINVAL, f"{target} is no offset that a file can have")
        self.offset = target
        return target

    def ioctl(self, call: Call, request: int, argument: IoctlArgument) -> int:
        """FIONREAD counts what is left up to the end."""
        if request == IoctlRequest.FIONREAD:
            argument.write_int(self.inode.size - self.offset)
            return 0
        return super().ioctl(call, request, argument)
