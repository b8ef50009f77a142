"""Flags and choices of the calls about memory, as `constants.py` has those of the others."""

from __future__ import annotations

from enum import IntEnum

from .flags import Flags


class MremapFlag(Flags):
    """Flags of mremap(2)."""

    MREMAP_MAYMOVE = 1
    MREMAP_FIXED = 2
    MREMAP_DONTUNMAP = 4


class Advice(IntEnum):
    """Advice of madvise(2)."""

    MADV_NORMAL = 0
    MADV_RANDOM = 1
    MADV_SEQUENTIAL = 2
    MADV_WILLNEED = 3
    MADV_DONTNEED = 4
    MADV_FREE = 8
    MADV_REMOVE = 9
    MADV_DONTFORK = 10
    MADV_DOFORK = 11
    MADV_MERGEABLE = 12
    MADV_UNMERGEABLE = 13
    MADV_HUGEPAGE = 14
    MADV_NOHUGEPAGE = 15
    MADV_DONTDUMP = 16
    MADV_DODUMP = 17
    MADV_WIPEONFORK = 18
    MADV_KEEPONFORK = 19
    MADV_COLD = 20
    MADV_PAGEOUT = 21
    MADV_POPULATE_READ = 22
    MADV_POPULATE_WRITE = 23
    MADV_DONTNEED_LOCKED = 24
    MADV_COLLAPSE = 25
    MADV_HWPOISON = 100
    MADV_SOFT_OFFLINE = 101
    MADV_GUARD_INSTALL = 102
    MADV_GUARD_REMOVE = 103


class MsyncFlag(Flags):
    """Flags of msync(2)."""

    MS_SYNC = 4
    MS_ASYNC = 1
    MS_INVALIDATE = 2


class LockFlag(Flags):
    """Flags of mlock2(2)."""

    MLOCK_ONFAULT = 1


class LockAllFlag(Flags):
    """Flags of mlockall(2)."""

    MCL_CURRENT = 1
    MCL_FUTURE = 2
    MCL_ONFAULT = 4


class KeyRights(Flags):
    """What pkey_alloc(2) forbids; not every CPU can forbid executing."""

    PKEY_DISABLE_ACCESS = 1
    PKEY_DISABLE_WRITE = 2
    PKEY_DISABLE_EXECUTE = 4


class MembarrierFlag(Flags):
    """Flags of membarrier(2)."""

    MEMBARRIER_CMD_FLAG_CPU = 1


class MembarrierCommand(IntEnum):
    """Commands of membarrier(2)."""

    MEMBARRIER_CMD_QUERY = 0
    MEMBARRIER_CMD_GLOBAL = 1
    MEMBARRIER_CMD_GLOBAL_EXPEDITED = 2
    MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED = 4
    MEMBARRIER_CMD_PRIVATE_EXPEDITED = 8
    MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED = 16
    MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE = 32
    MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE = 64
    MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ = 128
    MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ = 256
    MEMBARRIER_CMD_GET_REGISTRATIONS = 512
