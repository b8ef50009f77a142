"""Inodes: files themselves, whatever their names (inode(7))."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Protocol

from app.cpu.mmu import PAGE_SIZE
from app.kernel.credentials import Capability
from app.kernel.errno import Errno, KernelError

from . import notify, permission
from .superblock import MAX_FILE_SIZE, SuperBlock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.kernel.credentials import Credentials

    from .dentry import Dentry
    from .file import FileDescription
    from .inotify import Watch
    from .lock import LockTable

_DAY = 86_400_000_000_000


class Inode:
    """A file of any type. `mode` includes the type bits; times are ns since 1970.

    `linkable`: never had a name but may get one (O_TMPFILE). `watches` are inotify's, `locks` exist once somebody has
    locked the file, `xattrs` are its extended attributes.
    """

    block_size = PAGE_SIZE
    changeable = True
    """Whether owner, mode and attributes can be changed at all: not of the inode that anonymous files share."""
    nameless_magic = 0
    """`f_type` (statfs(2)) of a kind of file that no directory holds, such as pipes; 0 of all others."""

    immutable = False
    """Whether nobody may write to it, whatever its permissions say: EPERM, not EACCES (Linux S_IMMUTABLE)."""

    def __init__(self, fs: SuperBlock, mode: int, uid: int, gid: int, rdev: int = 0) -> None:
        self.fs = fs
        self.number = fs.new_number()
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.nlink = 1
        self.rdev = rdev
        self.linkable = False
        self.openers = 0
        self.atime = self.mtime = self.ctime = self.birth = fs.now
        self.watches: list[Watch] = []
        self.locks: LockTable | None = None
        self.xattrs: dict[bytes, bytes] = {}

    @property
    def size(self) -> int:
        """`st_size`, bytes."""
        return 0

    @property
    def blocks(self) -> int:
        """`st_blocks`, units of 512 bytes."""
        return 0

    @property
    def type(self) -> int:
        """The S_IFMT bits of the mode."""
        return stat.S_IFMT(self.mode)

    @property
    def is_directory(self) -> bool:
        """Whether it is a directory."""
        return stat.S_ISDIR(self.mode)

    @property
    def is_symlink(self) -> bool:
        """Whether it is a symbolic link."""
        return stat.S_ISLNK(self.mode)

    @property
    def is_regular(self) -> bool:
        """Whether it is a regular file."""
        return stat.S_ISREG(self.mode)

    def permits(self, who: Credentials, wanted: int, real_ids: bool = False) -> bool:
        """Whether `who` may do `wanted`: see `permission.permits`. Raises EPERM for writing what is immutable."""
        if self.immutable and wanted & permission.MAY_WRITE:
            raise KernelError(Errno.EPERM, "The kernel lets nobody write there")
        return permission.permits(self, who, wanted, real_ids)

    def may_become_mode(self, mode: int) -> bool:
        """Whether it may get these permission bits; a sealed file may not become executable (memfd_create(2))."""
        return True

    def modified(self) -> None:
        """Contents changed: stamp mtime and ctime."""
        self.mtime = self.ctime = self.fs.now

    def changed(self) -> None:
        """The inode itself changed: stamp ctime."""
        self.ctime = self.fs.now

    def drop_privileges(self, who: Credentials) -> None:
        """`who` changes the contents: it no longer runs with its owner's rights (Linux `file_remove_privs`)."""
        if not who.capable(Capability.CAP_FSETID):
            self.mode = permission.without_set_ids(self, who)

    def accessed(self) -> None:
        """Contents were read: stamp atime as `relatime` does, when it is not newer than the last change, or old."""
        now = self.fs.now
        if self.atime <= self.mtime or self.atime <= self.ctime or now - self.atime >= _DAY:
            self.atime = now

    def drop_link(self, count: int = 1) -> None:
        """Names were removed; the last one takes the file with it, unless somebody has it open."""
        self.nlink -= count
        self.changed()
        self.release_if_unused()

    def release_if_unused(self) -> None:
        """Free what the file holds when it has neither name nor opener."""
        if self.nlink == 0 and self.openers == 0:
            notify.forget(self)
            self.truncate(0)
            self.fs.free_inode()

    def read(self, offset: int, size: int) -> bytes:
        """Contents from `offset` on; files without contents are empty."""
        return b""

    def truncate(self, size: int) -> None:
        """Change the size; only regular files have one to change."""

    def open(self, fs: SuperBlock, flags: int, dentry: Dentry) -> FileDescription:
        """What opening a file that is neither regular nor a directory gives. Raises ENXIO when no driver answers."""
        raise KernelError(Errno.ENXIO, f"No driver answers for {dentry.path}")


class FileMapping(Protocol):
    """An address space that maps a file and wants to know of changes."""

    def written(self, start: int, end: int) -> None:
        """Bytes [start, end) have changed."""

    def truncated(self, size: int) -> None:
        """The file now ends at `size`; whole pages after that have lost their storage."""


class RegularFile(Inode):
    """Bytes, held in pages; pages never written are holes and read as zeros. `mappings` are told of changes.

    `max_size` is the largest size it may have. A reserved page has its place on the disk but was never written: it
    reads as a hole (an unwritten extent of ext4).
    `write_count` is how often it is open for writing or, below zero, how many processes execute it: never both
    (Linux `i_writecount`).
    """

    max_size = MAX_FILE_SIZE

    def __init__(self, fs: SuperBlock, mode: int, uid: int, gid: int) -> None:
        super().__init__(fs, stat.S_IFREG | mode, uid, gid)
        self._size = 0
        self._pages: dict[int, bytearray | memoryview] = {}
        self._reserved: set[int] = set()
        self.mappings: list[FileMapping] = []
        self.write_count = 0

    def get_write_access(self) -> None:
        """Somebody is about to change it. Raises ETXTBSY while it is executed."""
        if self.write_count < 0:
            raise KernelError(Errno.ETXTBSY, "The file is being executed, so it cannot be opened for writing")
        self.write_count += 1

    def put_write_access(self) -> None:
        """Who called `get_write_access` has finished."""
        self.write_count -= 1

    def deny_write_access(self) -> None:
        """A process executes it, which nobody has open for writing."""
        self.write_count -= 1

    def allow_write_access(self) -> None:
        """The process has ended or executes another file."""
        self.write_count += 1

    @property
    def size(self) -> int:
        """Length in bytes."""
        return self._size

    @property
    def blocks(self) -> int:
        """What the pages take, in units of 512 bytes."""
        return (len(self._pages) + len(self._reserved)) * (PAGE_SIZE // 512)

    def read(self, offset: int, size: int) -> bytes:
        """Bytes from `offset`: `size` of them or as many as there are before the end."""
        size = min(size, self._size - offset)
        if size <= 0:
            return b""
        index, start = divmod(offset, PAGE_SIZE)
        if start + size <= PAGE_SIZE:
            page = self._pages.get(index)
            return bytes(size) if page is None else bytes(page[start : start + size])
        last = (offset + size - 1) // PAGE_SIZE
        hole = bytes(PAGE_SIZE)
        joined = b"".join(self._pages.get(number, hole) for number in range(index, last + 1))
        return joined[start : start + size]

    def write(self, offset: int, data: bytes) -> int:
        """Store `data` at `offset`; returns how much fitted on the disk. Raises ENOSPC when nothing did."""
        done = 0
        while done < len(data):
            index, start = divmod(offset + done, PAGE_SIZE)
            page = self._pages.get(index)
            if page is None:
                if not self._take_page(index):
                    break
                page = self._pages[index] = bytearray(PAGE_SIZE)
            count = min(PAGE_SIZE - start, len(data) - done)
            page[start : start + count] = data[done : done + count]
            done += count
        if data and not done:
            raise KernelError(Errno.ENOSPC, "The disk is full")
        self._size = max(self._size, offset + done)
        self.modified()
        for mapping in self.mappings:
            mapping.written(offset, offset + done)
        return done

    def has_page(self, index: int) -> bool:
        """Whether page number `index` has storage, so that it is no hole."""
        return index in self._pages

    def stored_pages(self, first: int, last: int) -> list[int]:
        """Numbers of the pages from `first` up to `last` that are no holes, in order."""
        return sorted(index for index in self._pages if first <= index < last)

    def move_page(self, index: int, room: bytearray | memoryview) -> bool:
        """Keep page number `index` in `room`, one page of zeros, from now on.

        False when the page was a hole and the disk is full.
        """
        page = self._pages.get(index)
        if page is not None:
            room[:] = page
        elif not self._take_page(index):
            return False
        self._pages[index] = room
        return True

    def _take_page(self, index: int) -> bool:
        """Find a place on the disk for a page that was a hole: a reserved one has it already."""
        if index in self._reserved:
            self._reserved.remove(index)
            return True
        return self.fs.take_page()

    def reserve(self, start: int, end: int) -> bool:
        """Give every page of bytes [start, end) its place on the disk; False, and nothing done, when it is full."""
        wanted: list[int] = []
        for index in range(start // PAGE_SIZE, -(-end // PAGE_SIZE)):
            if index in self._pages or index in self._reserved:
                continue
            if not self.fs.take_page():
                self.fs.free_pages(len(wanted))
                return False
            wanted.append(index)
        self._reserved.update(wanted)
        return True

    def punch(self, start: int, end: int) -> None:
        """Make bytes [start, end) read as zeros, and whole pages of them holes again unless somebody maps the file."""
        for index in [index for index in self._pages if start < (index + 1) * PAGE_SIZE and index * PAGE_SIZE < end]:
            first, last = max(start - index * PAGE_SIZE, 0), min(end - index * PAGE_SIZE, PAGE_SIZE)
            if last - first == PAGE_SIZE and not self.mappings:
                del self._pages[index]
                self.fs.free_pages(1)
            else:
                self._pages[index][first:last] = bytes(last - first)
        gone = {i for i in self._reserved if start <= i * PAGE_SIZE and (i + 1) * PAGE_SIZE <= end}
        self._reserved -= gone
        self.fs.free_pages(len(gone))
        self.modified()
        for mapping in self.mappings:
            mapping.written(start, min(end, self._size))

    def shift(self, start: int, by: int) -> None:
        """Move everything from `start` on by `by` bytes: into what lies before it, or away from it, leaving a hole.

        `start` and `by` are whole pages; what a move towards the start covers is lost.
        """
        cut = start + min(by, 0)
        pages = [(index, bytes(page)) for index, page in self._pages.items() if index * PAGE_SIZE >= start]
        size = self._size
        self.truncate(cut)
        for index, page in pages:
            self.write(index * PAGE_SIZE + by, page)
        self.truncate(size + by)

    def truncate(self, size: int) -> None:
        """Cut or extend the file to `size` bytes."""
        if size <= self._size:
            keep, rest = divmod(size, PAGE_SIZE)
            gone = [index for index in self._pages if index > keep or (index == keep and not rest)]
            for index in gone:
                del self._pages[index]
            unwritten = {index for index in self._reserved if index * PAGE_SIZE >= size}
            self._reserved -= unwritten
            self.fs.free_pages(len(gone) + len(unwritten))
            if rest and keep in self._pages:
                self._pages[keep][rest:] = bytes(PAGE_SIZE - rest)
        self._size = size
        self.modified()
        for mapping in self.mappings:
            mapping.truncated(size)

    def may_become(self, size: int) -> bool:
        """Whether the file may get this size; a sealed one may not (memfd_create(2))."""
        return True

    @property
    def mapped_writable(self) -> bool:
        """Whether a shared mapping keeps pages of the file."""
        return any(isinstance(page, memoryview) for page in self._pages.values())

    def need_allocatable(self, mode: int, end: int) -> None:
        """Refuse an fallocate(2) of `mode` up to `end` that seals or the file system forbid: EPERM, EOPNOTSUPP."""

    @property
    def sealed_against_writing(self) -> bool:
        """Whether a seal forbids shared mappings that can be written (memfd_create(2))."""
        return False

    def writable_part(self, start: int, count: int) -> int:
        """How many of `count` bytes from `start` on may be written; 0 when seals forbid it (memfd_create(2))."""
        return count

    def next_data(self, offset: int) -> int | None:
        """First byte at or after `offset` that is not in a hole (SEEK_DATA); None when only a hole follows."""
        index = offset // PAGE_SIZE
        following = min((number for number in self._pages if number >= index), default=None)
        if following is None or following * PAGE_SIZE >= self._size:
            return None
        return max(offset, following * PAGE_SIZE)

    def next_hole(self, offset: int) -> int:
        """First byte at or after `offset` that is in a hole (SEEK_HOLE); the end of the file counts as one."""
        index = offset // PAGE_SIZE
        while index in self._pages:
            index += 1
        return min(max(offset, index * PAGE_SIZE), self._size)


class Directory(Inode):
    """Names. Each entry has a cookie, its position in the listing, which stays its own while others come and go."""

    FIRST_COOKIE = 3

    creation_error: Errno | None = None
    """What creating a name here answers, where all names are the kernel's own (pseudo file systems)."""

    def __init__(self, fs: SuperBlock, mode: int, uid: int, gid: int) -> None:
        super().__init__(fs, stat.S_IFDIR | mode, uid, gid)
        self.nlink = 2
        self.entries: dict[str, Dentry] = {}
        self._next_cookie = self.FIRST_COOKIE

    @property
    def size(self) -> int:
        """One page, as small directories of disk file systems have; nothing once it is removed."""
        return PAGE_SIZE if self.nlink else 0

    @property
    def blocks(self) -> int:
        """One page, in units of 512 bytes."""
        return PAGE_SIZE // 512

    def look_up(self, name: str) -> Dentry | None:
        """The entry called `name`."""
        return self.entries.get(name)

    def listing(self, offset: int) -> Iterator[tuple[str, Inode, int]]:
        """(name, inode, cookie) of the entries whose cookie is greater than `offset`, in the order of getdents64(2)."""
        for name, dentry in self.entries.items():
            if dentry.cookie > offset:
                yield name, dentry.inode, dentry.cookie

    def add(self, dentry: Dentry) -> None:
        """Enter `dentry` under its name."""
        dentry.cookie = self._next_cookie
        self._next_cookie += 1
        self.entries[dentry.name] = dentry
        if dentry.inode.is_directory:
            self.nlink += 1
        self.modified()

    def remove(self, dentry: Dentry) -> None:
        """Take `dentry` out; its inode's link count is the caller's business."""
        del self.entries[dentry.name]
        if dentry.inode.is_directory:
            self.nlink -= 1
        self.modified()


class Symlink(Inode):
    """A file that stands for a path (symlink(7))."""

    def __init__(self, fs: SuperBlock, target: str, uid: int, gid: int) -> None:
        super().__init__(fs, stat.S_IFLNK | 0o777, uid, gid)
        self.target = target

    @property
    def size(self) -> int:
        """Length of the target path in bytes."""
        return len(self.target.encode(errors="surrogateescape"))

    def follow(self) -> str | Dentry:
        """Where a path walk goes on: at a path, or straight at a file (the magic links of proc(5))."""
        return self.target
