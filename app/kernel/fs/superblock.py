"""The mounted file system as a whole: its identity, its clock, and what it may use of the host's memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_SIZE
from app.kernel.clock import Clock
from app.kernel.errno import Errno, KernelError

if TYPE_CHECKING:
    from .inode import Inode

MAX_FILE_PAGES = (32 << 20) // PAGE_SIZE
"""Pages that all files together may hold."""

MAX_INODES = 4096
"""Files, directories and links that may exist at once."""

MAX_PIPE_PAGES = 16384
"""Pages that the capacities of all pipes together may come to before new ones get fewer (pipe-user-pages-soft)."""

HARD_PIPE_PAGES = 24576
"""Pages beyond which no more pipes are made (/proc/sys/fs/pipe-user-pages-hard)."""

MAX_FILE_SIZE = (1 << 44) - PAGE_SIZE
"""Largest size of a file, most of it holes: what ext4 with blocks of 4 KiB has."""

SMALL_FILE_SIZE = (1 << 31) - 1
"""What a file that is open without O_LARGEFILE may grow to (MAX_NON_LFS)."""

DEVICE = 0x1A
"""`st_dev` of everything in the root file system: a memory file system has major number 0."""

PIPEFS_MAGIC = 0x5049_5045
"""That of the file system that pipes are on."""

TMPFS_MAGIC = 0x0102_1994
"""`f_type` of a file system in memory (statfs(2))."""


class SuperBlock:
    """Counts inodes and pages, so that a program can fill the disk but not the host.

    `watches` counts those of inotify, `move_cookie` is the last one that a rename got (inotify(7)). `blocked_lockers`
    says of each owner of record locks that waits for one whom it waits for.

    `magic` is the `f_type` of statfs(2), `type` the name in /proc/filesystems.
    """

    type = "tmpfs"
    max_pages = MAX_FILE_PAGES
    max_inodes = MAX_INODES
    keeps_attributes = True
    """Whether its files can have extended attributes (xattr(7))."""

    def __init__(self, clock: Clock, device: int = DEVICE, magic: int = TMPFS_MAGIC) -> None:
        self.device = device
        self.magic = magic
        self.inodes = 0
        self.pages = 0
        self.pipe_pages = 0
        self.epoll_watches = 0
        self.watches = 0
        self.move_cookie = 0
        self.blocked_lockers: dict[object, object] = {}
        self.anonymous: Inode | None = None
        """The inode of files without a name (`anonymous.py`)."""
        self._clock = clock
        self._next_number = 1
        self._next_identity = 0

    @property
    def now(self) -> int:
        """The time for time stamps, ns since 1970."""
        return self._clock.realtime

    def new_number(self) -> int:
        """Number for another inode. Raises ENOSPC when there are too many."""
        if self.inodes >= MAX_INODES:
            raise KernelError(Errno.ENOSPC, f"The file system has {MAX_INODES} files, as many as it can")
        self.inodes += 1
        number = self._next_number
        self._next_number += 1
        return number

    def new_identity(self) -> int:
        """Number for another open file description."""
        self._next_identity += 1
        return self._next_identity - 1

    def take_page(self) -> bool:
        """Reserve one page of file contents; False when the disk is full."""
        if self.pages >= MAX_FILE_PAGES:
            return False
        self.pages += 1
        return True

    def free_pages(self, count: int) -> None:
        """Give back pages of file contents."""
        self.pages -= count

    def free_inode(self) -> None:
        """An inode has lost its last name and its last opener."""
        self.inodes -= 1


class SharedSuperBlock(SuperBlock):
    """Another file system in memory; what it holds counts against the limits of `owner`, the root file system."""

    def __init__(self, owner: SuperBlock, clock: Clock, device: int) -> None:
        super().__init__(clock, device)
        self._owner = owner

    def new_number(self) -> int:
        """Number for another inode. Raises ENOSPC when all file systems together have too many."""
        self._owner.new_number()
        return super().new_number()

    def take_page(self) -> bool:
        """Reserve one page of file contents; False when the disk is full."""
        return self._owner.take_page() and super().take_page()

    def free_pages(self, count: int) -> None:
        """Give back pages of file contents."""
        self._owner.free_pages(count)
        super().free_pages(count)

    def free_inode(self) -> None:
        """An inode has lost its last name and its last opener."""
        self._owner.free_inode()
        super().free_inode()
