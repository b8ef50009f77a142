"""Flags and commands of System V IPC."""

from __future__ import annotations

from enum import IntEnum

from .flags import Flags

IPC_PRIVATE = 0
"""The key of an object that nobody finds by its key."""


class IpcFlag(Flags):
    """Flags that shmget, semget and msgget share."""

    IPC_CREAT = 0o1000
    IPC_EXCL = 0o2000
    IPC_NOWAIT = 0o4000


class ShmGetFlag(Flags):
    """Flags of shmget(2) besides the permissions."""

    IPC_CREAT = 0o1000
    IPC_EXCL = 0o2000
    SHM_HUGETLB = 0o4000
    SHM_NORESERVE = 0o10000


class ShmFlag(Flags):
    """Flags of shmat(2)."""

    SHM_RDONLY = 0o10000
    SHM_RND = 0o20000
    SHM_REMAP = 0o40000
    SHM_EXEC = 0o100000


IPC_64 = 0x100
"""Bit of a command by which 32-bit programs say that they mean the structures of today."""


class ShmCommand(IntEnum):
    """Commands of shmctl(2)."""

    SHM_LOCK = 11
    SHM_UNLOCK = 12
    SHM_STAT = 13
    SHM_INFO = 14
    SHM_STAT_ANY = 15
    IPC_RMID = 0
    IPC_SET = 1
    IPC_STAT = 2
    IPC_INFO = 3


SHM_DEST = 0o1000
"""In the mode: destroyed when nobody has it attached any more."""

SHM_LOCKED = 0o2000
"""In the mode: locked in memory."""


SEM_UNDO = 0x1000
"""In `sem_flg`: undone when the process ends."""


class SemFlag(Flags):
    """`sem_flg` of semop(2)."""

    SEM_UNDO = SEM_UNDO
    IPC_NOWAIT = 0o4000


class SemCommand(IntEnum):
    """Commands of semctl(2)."""

    GETPID = 11
    GETVAL = 12
    GETALL = 13
    GETNCNT = 14
    GETZCNT = 15
    SETVAL = 16
    SETALL = 17
    SEM_STAT = 18
    SEM_INFO = 19
    SEM_STAT_ANY = 20
    IPC_RMID = 0
    IPC_SET = 1
    IPC_STAT = 2
    IPC_INFO = 3


class MsgFlag(Flags):
    """`msgflg` of msgsnd(2) and msgrcv(2)."""

    MSG_NOERROR = 0o10000
    MSG_EXCEPT = 0o20000
    MSG_COPY = 0o40000
    IPC_NOWAIT = 0o4000


class MsgCommand(IntEnum):
    """Commands of msgctl(2)."""

    MSG_STAT = 11
    MSG_INFO = 12
    MSG_STAT_ANY = 13
    IPC_RMID = 0
    IPC_SET = 1
    IPC_STAT = 2
    IPC_INFO = 3
