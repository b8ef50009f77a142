"""Resource limits (getrlimit(2)): what a process may use at most."""

from __future__ import annotations

from enum import IntEnum

INFINITY = (1 << 64) - 1
"""RLIM_INFINITY: no limit."""


MAX_OPEN_FILES = 1048576
"""The highest RLIMIT_NOFILE anybody can have (/proc/sys/fs/nr_open)."""


class Resource(IntEnum):
    """What can be limited, by the numbers of getrlimit(2)."""

    RLIMIT_CPU = 0
    RLIMIT_FSIZE = 1
    RLIMIT_DATA = 2
    RLIMIT_STACK = 3
    RLIMIT_CORE = 4
    RLIMIT_RSS = 5
    RLIMIT_NPROC = 6
    RLIMIT_NOFILE = 7
    RLIMIT_MEMLOCK = 8
    RLIMIT_AS = 9
    RLIMIT_LOCKS = 10
    RLIMIT_SIGPENDING = 11
    RLIMIT_MSGQUEUE = 12
    RLIMIT_NICE = 13
    RLIMIT_RTPRIO = 14
    RLIMIT_RTTIME = 15


_DEFAULTS = {
    Resource.RLIMIT_STACK: (8 << 20, INFINITY),
    Resource.RLIMIT_CORE: (0, INFINITY),
    Resource.RLIMIT_NPROC: (256, 256),
    Resource.RLIMIT_NOFILE: (1024, 1024),
    Resource.RLIMIT_MEMLOCK: (8 << 20, 8 << 20),
    Resource.RLIMIT_SIGPENDING: (1024, 1024),
    Resource.RLIMIT_MSGQUEUE: (819200, 819200),
    Resource.RLIMIT_NICE: (0, 0),
    Resource.RLIMIT_RTPRIO: (0, 0),
}


def default_limits() -> dict[int, tuple[int, int]]:
    """(soft, hard) of each resource, as the first process has them."""
    return {int(resource): _DEFAULTS.get(resource, (INFINITY, INFINITY)) for resource in Resource}
