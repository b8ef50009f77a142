"""Flags and numbers of the calls about files, with the names and values that Linux gives them on x86-64.

As in `constants.py`, members stand in the order in which strace lists them. Sources: the uapi headers of Linux.
"""

from __future__ import annotations

from enum import IntEnum

from .flags import Flags

UTIME_NOW = 0x3FFF_FFFF
UTIME_OMIT = 0x3FFF_FFFE
"""Values of `tv_nsec` with a meaning of their own, utimensat(2)."""

F_DUPFD_QUERY = 1027
F_CREATED_QUERY = 1028
"""Commands of fcntl(2) since Linux 6.10 and 6.12; strace does not name them yet."""


class ChangeAtFlag(Flags):
    """Flags of fchmodat2(2), fchownat(2), utimensat(2) and linkat(2)."""

    AT_SYMLINK_NOFOLLOW = 0x100
    AT_REMOVEDIR = 0x200
    AT_SYMLINK_FOLLOW = 0x400
    AT_NO_AUTOMOUNT = 0x800
    AT_EMPTY_PATH = 0x1000
    AT_RECURSIVE = 0x8000


AT_STATX_SYNC_TYPE = 0x6000
"""The bits of the flags of statx(2) that say how fresh the answer must be."""


class StatxFlag(Flags):
    """Flags of statx(2). `AT_STATX_SYNC_TYPE` is a field among them."""

    AT_STATX_SYNC_AS_STAT = 0
    AT_SYMLINK_NOFOLLOW = 0x100
    AT_REMOVEDIR = 0x200
    AT_SYMLINK_FOLLOW = 0x400
    AT_NO_AUTOMOUNT = 0x800
    AT_EMPTY_PATH = 0x1000
    AT_STATX_FORCE_SYNC = 0x2000
    AT_STATX_DONT_SYNC = 0x4000
    AT_RECURSIVE = 0x8000


class StatxMask(Flags):
    """What statx(2) is asked for, and what it has answered."""

    STATX_ALL = 0xFFF
    STATX_BASIC_STATS = 0x7FF
    STATX_TYPE = 0x1
    STATX_MODE = 0x2
    STATX_NLINK = 0x4
    STATX_UID = 0x8
    STATX_GID = 0x10
    STATX_ATIME = 0x20
    STATX_MTIME = 0x40
    STATX_CTIME = 0x80
    STATX_INO = 0x100
    STATX_SIZE = 0x200
    STATX_BLOCKS = 0x400
    STATX_BTIME = 0x800
    STATX_MNT_ID = 0x1000
    STATX_DIOALIGN = 0x2000


class FallocMode(Flags):
    """Modes of fallocate(2)."""

    FALLOC_FL_KEEP_SIZE = 0x1
    FALLOC_FL_PUNCH_HOLE = 0x2
    FALLOC_FL_NO_HIDE_STALE = 0x4
    FALLOC_FL_COLLAPSE_RANGE = 0x8
    FALLOC_FL_ZERO_RANGE = 0x10
    FALLOC_FL_INSERT_RANGE = 0x20
    FALLOC_FL_UNSHARE_RANGE = 0x40


class FlockOperation(Flags):
    """Operations of flock(2)."""

    LOCK_SH = 1
    LOCK_EX = 2
    LOCK_UN = 8
    LOCK_MAND = 32
    LOCK_NB = 4
    LOCK_READ = 64
    LOCK_WRITE = 128


MFD_NOEXEC_SEAL = 0x8
MFD_EXEC = 0x10
"""Flags of memfd_create(2) since Linux 6.3; strace does not name them yet."""


class MemfdFlag(Flags):
    """Flags of memfd_create(2)."""

    MFD_CLOEXEC = 0x1
    MFD_ALLOW_SEALING = 0x2
    MFD_HUGETLB = 0x4


class Seal(Flags):
    """Seals of F_ADD_SEALS, fcntl(2)."""

    F_SEAL_SEAL = 0x1
    F_SEAL_SHRINK = 0x2
    F_SEAL_GROW = 0x4
    F_SEAL_WRITE = 0x8
    F_SEAL_FUTURE_WRITE = 0x10
    F_SEAL_EXEC = 0x20


class XattrFlag(Flags):
    """Flags of setxattr(2)."""

    XATTR_CREATE = 1
    XATTR_REPLACE = 2


class RwfFlag(Flags):
    """Flags of preadv2(2) and pwritev2(2)."""

    RWF_HIPRI = 0x1
    RWF_DSYNC = 0x2
    RWF_SYNC = 0x4
    RWF_NOWAIT = 0x8
    RWF_APPEND = 0x10
    RWF_NOAPPEND = 0x20
    RWF_ATOMIC = 0x40
    RWF_DONTCACHE = 0x80


class SpliceFlag(Flags):
    """Flags of splice(2), tee(2) and vmsplice(2)."""

    SPLICE_F_MOVE = 0x1
    SPLICE_F_NONBLOCK = 0x2
    SPLICE_F_MORE = 0x4
    SPLICE_F_GIFT = 0x8


class SyncRangeFlag(Flags):
    """Flags of sync_file_range(2)."""

    SYNC_FILE_RANGE_WAIT_BEFORE = 1
    SYNC_FILE_RANGE_WRITE = 2
    SYNC_FILE_RANGE_WAIT_AFTER = 4


class FadviseAdvice(IntEnum):
    """Advice of posix_fadvise(2)."""

    POSIX_FADV_NORMAL = 0
    POSIX_FADV_RANDOM = 1
    POSIX_FADV_SEQUENTIAL = 2
    POSIX_FADV_WILLNEED = 3
    POSIX_FADV_DONTNEED = 4
    POSIX_FADV_NOREUSE = 5


class OwnerKind(IntEnum):
    """What `struct f_owner_ex` names, fcntl(2)."""

    F_OWNER_TID = 0
    F_OWNER_PID = 1
    F_OWNER_PGRP = 2


class CloseRangeFlag(Flags):
    """Flags of close_range(2)."""

    CLOSE_RANGE_UNSHARE = 2
    CLOSE_RANGE_CLOEXEC = 4


class InotifyInitFlag(Flags):
    """Flags of inotify_init1(2)."""

    IN_NONBLOCK = 0o4000
    IN_CLOEXEC = 0o2000000


class InotifyMask(Flags):
    """Events and flags of a watch, inotify(7)."""

    IN_ACCESS = 0x1
    IN_MODIFY = 0x2
    IN_ATTRIB = 0x4
    IN_CLOSE_WRITE = 0x8
    IN_CLOSE_NOWRITE = 0x10
    IN_OPEN = 0x20
    IN_MOVED_FROM = 0x40
    IN_MOVED_TO = 0x80
    IN_CREATE = 0x100
    IN_DELETE = 0x200
    IN_DELETE_SELF = 0x400
    IN_MOVE_SELF = 0x800
    IN_UNMOUNT = 0x2000
    IN_Q_OVERFLOW = 0x4000
    IN_IGNORED = 0x8000
    IN_ONLYDIR = 0x0100_0000
    IN_DONT_FOLLOW = 0x0200_0000
    IN_EXCL_UNLINK = 0x0400_0000
    IN_MASK_CREATE = 0x1000_0000
    IN_MASK_ADD = 0x2000_0000
    IN_ISDIR = 0x4000_0000
    IN_ONESHOT = 0x8000_0000


FAMILIES: dict[type[IntEnum], str] = {
    CloseRangeFlag: "CLOSE_RANGE",
    FadviseAdvice: "POSIX_FADV",
    SpliceFlag: "SPLICE_F",
    SyncRangeFlag: "SYNC_FILE_RANGE",
}
"""What the names of an enum begin with, where that is more than one word, or all that strace says."""
