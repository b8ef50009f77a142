"""Pseudo file systems: files that the kernel makes up when somebody looks (proc(5), sysfs(5)).

Nothing is stored. A directory makes an inode when a name in it is first looked up, and a file makes its contents when
it is first read, as Linux's `seq_file` does. So a run that never looks pays nothing.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_SIZE
from app.kernel.abi.constants import IoctlRequest, SeekWhence
from app.kernel.abi.text import count_bytes
from app.kernel.errno import Errno, KernelError

from .dentry import Dentry
from .file import MAX_RW_COUNT, FileDescription, Sink, Source
from .inode import Directory, Inode, Symlink
from .superblock import SuperBlock

if TYPE_CHECKING:
    from app.kernel.arguments.ioctl import IoctlArgument
    from app.kernel.call import Call
    from app.kernel.kernel import Kernel
    from app.kernel.task import Task

ROOM_FOR_ENTRIES = 64
"""Entries that a directory keeps before it first looks for those that are not right any more."""

Show = Callable[[], "str | bytes | list[str]"]
"""Makes the contents of a file: a whole, or records, of which one read gives as many as fit into a page."""

Store = Callable[["Call", bytes], None]
"""Takes what is written to a file. Raises KernelError."""


class PseudoSuperBlock(SuperBlock):
    """A file system without contents; its files come from the state of `kernel`."""

    max_pages = max_inodes = 0
    keeps_attributes = False

    def __init__(self, kernel: Kernel, type_name: str, device: int, magic: int) -> None:
        super().__init__(kernel.clock, device, magic)
        self.kernel = kernel
        self.type = type_name

    @property
    def current(self) -> Task:
        """The task whose system call is being served."""
        task = self.kernel.scheduler.current
        assert task is not None  # noqa: S101 - files are looked up on behalf of a task
        return task

    def new_number(self) -> int:
        """Number for another inode. There is no limit: an inode lives as long as what it shows."""
        self._next_number += 1
        return self._next_number - 1

    def free_inode(self) -> None:
        """Inodes are not counted."""


class PseudoDirectory(Directory):
    """A directory whose entries exist when they are looked up. `dentry` is its name, once it has one."""

    creation_error = Errno.ENOENT
    fs: PseudoSuperBlock
    dentry: Dentry

    def __init__(self, fs: PseudoSuperBlock, mode: int = 0o555, uid: int = 0, gid: int = 0) -> None:
        super().__init__(fs, mode, uid, gid)
        self._crowded = ROOM_FOR_ENTRIES

    @property
    def size(self) -> int:
        """Nothing."""
        return 0

    @property
    def blocks(self) -> int:
        """Nothing."""
        return 0

    def may_become_mode(self, mode: int) -> bool:
        """The kernel says who may do what."""
        return False

    def make(self, name: str) -> Inode | None:
        """A new inode for the entry `name`, if there is one."""
        raise NotImplementedError

    def names(self) -> Iterator[tuple[str, int]]:
        """(name, cookie) of the entries, by cookie, from FIRST_COOKIE on."""
        raise NotImplementedError

    def still_there(self, dentry: Dentry) -> bool:
        """Whether an entry that was made earlier is still right (Linux `d_revalidate`)."""
        return True

    def look_up(self, name: str) -> Dentry | None:
        """The entry called `name`, made now if need be."""
        dentry = self.entries.get(name)
        if dentry is not None:
            if self.still_there(dentry):
                return dentry
            dentry.deleted = True
            del self.entries[name]
        inode = self.make(name)
        if inode is None:
            return None
        if len(self.entries) >= self._crowded:
            self._forget_stale()
        dentry = self.entries[name] = Dentry(name, self.dentry, inode)
        if isinstance(inode, PseudoDirectory):
            inode.dentry = dentry
        return dentry

    def _forget_stale(self) -> None:
        """Drop entries that are not right any more, so that processes long gone do not pile up."""
        for name, dentry in list(self.entries.items()):
            if not self.still_there(dentry):
                dentry.deleted = True
                del self.entries[name]
        self._crowded = 2 * len(self.entries) + ROOM_FOR_ENTRIES

    def listing(self, offset: int) -> Iterator[tuple[str, Inode, int]]:
        """(name, inode, cookie) of the entries whose cookie is greater than `offset`."""
        for name, cookie in self.names():
            if cookie > offset and (dentry := self.look_up(name)) is not None:
                yield name, dentry.inode, cookie


class TableDirectory(PseudoDirectory):
    """A directory whose names never change: `table` says how each inode is made, in the order of listing."""

    def __init__(
        self,
        fs: PseudoSuperBlock,
        table: dict[str, Callable[[PseudoSuperBlock], Inode]],
        mode: int = 0o555,
        uid: int = 0,
        gid: int = 0,
    ) -> None:
        super().__init__(fs, mode, uid, gid)
        self._table = table

    def make(self, name: str) -> Inode | None:
        """As the table says."""
        maker = self._table.get(name)
        return None if maker is None else maker(self.fs)

    def names(self) -> Iterator[tuple[str, int]]:
        """Those of the table."""
        return ((name, self.FIRST_COOKIE + index) for index, name in enumerate(self._table))


class PseudoFile(Inode):
    """A file that is made up by `show` when it is read, and whose writers `store` hears; None where there is none."""

    fs: PseudoSuperBlock

    def __init__(
        self,
        fs: PseudoSuperBlock,
        show: Show | None,
        mode: int = 0o444,
        uid: int = 0,
        gid: int = 0,
        store: Store | None = None,
    ) -> None:
        super().__init__(fs, stat.S_IFREG | mode, uid, gid)
        self.show = show
        self.store = store

    def may_become_mode(self, mode: int) -> bool:
        """The kernel says who may do what."""
        return False

    def open(self, fs: SuperBlock, flags: int, dentry: Dentry) -> FileDescription:
        """A description that makes the contents at its first read."""
        return SequentialFile(fs, self, flags, dentry)


class PseudoLink(Symlink):
    """A symbolic link whose target depends on who asks, or when: `resolve` tells it."""

    def __init__(self, fs: SuperBlock, resolve: Callable[[], str], size: int = 0) -> None:
        Inode.__init__(self, fs, stat.S_IFLNK | 0o777, 0, 0)
        self._resolve = resolve
        self._size = size

    @property
    def target(self) -> str:  # type: ignore[override]
        """Where it leads now."""
        return self._resolve()

    @property
    def size(self) -> int:
        """What Linux says, which is not the length of the target."""
        return self._size


class SequentialFile(FileDescription):
    """An open file of a pseudo file system (Linux `seq_file`).

    The contents are made when a read begins at offset 0 or at another place than the last read ended, so they belong
    together however small the pieces are in which a program reads them.
    """

    kind = "file"
    what = "a file that the kernel makes up when it is read"
    seekable = True
    inode: PseudoFile

    def __init__(self, fs: SuperBlock, inode: PseudoFile, flags: int, dentry: Dentry) -> None:
        super().__init__(fs, inode, flags, dentry)
        self._contents = b""
        self._records: list[int] = []
        self._next = -1

    def try_read(self, call: Call, sink: Sink, position: int | None) -> int:
        """Copy from the contents, which are made first if need be."""
        if self.inode.show is None:
            raise KernelError(Errno.EINVAL, f"{self.path} can only be written")
        start = self.offset if position is None else position
        if start == 0 or start != self._next:
            self._make(call)
        data = self._contents[start : self._end(start, min(sink.size, MAX_RW_COUNT))]
        count = sink.write(data)
        self._next = start + count
        if position is None:
            self.offset = start + count
        return count

    def _make(self, call: Call) -> None:
        """Make the contents up, and note where records end."""
        made = self.inode.show() if self.inode.show is not None else b""
        pieces = made if isinstance(made, list) else [made]
        encoded = [piece if isinstance(piece, bytes) else piece.encode(errors="surrogateescape") for piece in pieces]
        self._records = []
        end = 0
        for piece in encoded:
            end += len(piece)
            self._records.append(end)
        self._contents = b"".join(encoded)
        call.service("vfs", "make-up", f"The kernel writes {self.path} now: {count_bytes(end)}.")

    def _end(self, start: int, wanted: int) -> int:
        """Where a read of `wanted` bytes from `start` on ends: a page takes only whole records, but always one."""
        end = next((record for record in self._records if record > start), start)
        for record in self._records:
            if record > end and record - start < PAGE_SIZE and end - start < wanted:
                end = record
        return min(end, start + wanted)

    def try_write(self, call: Call, source: Source, position: int | None) -> int:
        """Hand the bytes, a page at most, to whoever owns the setting."""
        if position is not None:
            raise KernelError(Errno.ESPIPE, f"{self.path} has no positions to write at")
        if self.inode.store is None:
            raise KernelError(Errno.EINVAL, f"{self.path} cannot be written")
        data = source.read(min(source.size, PAGE_SIZE))
        self.inode.store(call, data)
        call.service("vfs", "write", f"{self.path} takes {count_bytes(len(data))}.")
        self.offset += len(data)
        return len(data)

    def seek(self, call: Call, offset: int, whence: int) -> int:
        """From the start or from the offset: a file that is made up has no end to count from."""
        if whence not in (SeekWhence.SEEK_SET, SeekWhence.SEEK_CUR):
            raise KernelError(Errno.EINVAL, f"{self.path} has no size, so nothing counts from its end")
        target = offset + (self.offset if whence == SeekWhence.SEEK_CUR else 0)
        if target < 0:
            raise KernelError(Errno.EINVAL, "A position in a file cannot be negative")
        self.offset = target
        return target

    def ioctl(self, call: Call, request: int, argument: IoctlArgument) -> int:
        """FIONREAD counts from the offset to the size, which is 0."""
        if request == IoctlRequest.FIONREAD:
            argument.write_int(-self.offset)
            return 0
        return super().ioctl(call, request, argument)


def mount(parent: Dentry, name: str, root: PseudoDirectory) -> Dentry:
    """Put the root of a pseudo file system into the tree."""
    root.dentry = parent.create(name, root)
    return root.dentry
