"""Rows of the 32-bit tables that another handler serves, with other structures or with values in two registers."""

from __future__ import annotations

from collections.abc import Mapping

from . import compat_structs as compat
from .abi import ZERO, Variant
from .layout import Layout
from .x86_64_structs import RLIMIT as RLIMIT64
from .x86_64_time_structs import TIMEX

_IDS = (
    *("chown", "lchown", "fchown", "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid"),
    *("getresuid", "getresgid", "setfsuid", "setfsgid", "getgroups", "setgroups"),
    *("getuid", "getgid", "geteuid", "getegid"),
)
"""Calls that exist for ids of 16 bits under the plain name, and for those of 32 bits with `32` behind it."""

_TIME64: Mapping[str, Layout] = {
    "timespec": compat.TIMESPEC64,
    "itimerspec": compat.ITIMERSPEC64,
    "timex": TIMEX,
}

_TIME64_CALLS = {
    **{
        f"{name}64": name
        for name in (
            *("clock_gettime", "clock_settime", "clock_adjtime", "timer_gettime", "timer_settime"),
            *("timerfd_gettime", "timerfd_settime"),
        )
    },
    **{
        f"{name}_time64": name
        for name in (
            *("clock_getres", "clock_nanosleep", "utimensat", "pselect6", "ppoll", "recvmmsg", "mq_timedsend"),
            *("mq_timedreceive", "semtimedop", "rt_sigtimedwait", "futex", "sched_rr_get_interval"),
        )
    },
}
"""Calls with times of 64 bits, and the first generation of each."""


def shape(words: str, aligned: bool) -> tuple[tuple[int, ...], ...]:
    """The registers of each argument: `w` takes one, `d` (64 bits) two, of which the first is an even one if `aligned`.

    `u` takes one for the lower half of 64 bits, of which the upper is 0. `x` is an argument of the handler that no
    register has.
    """
    registers: list[tuple[int, ...]] = []
    following = 0
    for word in words:
        if word == "d":
            following += following % 2 if aligned else 0
            registers.append((following, following + 1))
            following += 2
        elif word in "wu":
            registers.append((following, ZERO) if word == "u" else (following,))
            following += 1
        else:
            registers.append(())
    return tuple(registers)


def variants(stat64: Layout, flock64: Layout, aligned: bool) -> dict[str, Variant]:
    """By the name of the row. ARM begins a pair of registers at an even one, so there it is `aligned`."""
    large = {"stat": stat64}
    words = {
        "pread64": "wwwd",
        "pwrite64": "wwwd",
        "fallocate": "wwdd",
        "readahead": "wdw",
        "truncate64": "wd",
        "ftruncate64": "wd",
    }
    handlers = {"truncate64": "truncate", "ftruncate64": "ftruncate"}
    vectors = {"preadv": ((0,), (1,), (2,), (3, 4), ()), "preadv2": ((0,), (1,), (2,), (3, 4), (), (5,))}
    return {
        **{f"{name}32": Variant(handler=name) for name in _IDS},
        **{name: Variant(structs={"uid_t": compat.ID16}) for name in _IDS},
        **{name: Variant(handler=handler, structs=_TIME64) for name, handler in _TIME64_CALLS.items()},
        **{name: Variant(handler=handlers.get(name, ""), shape=shape(kinds, aligned)) for name, kinds in words.items()},
        **{name: Variant(shape=registers) for name, registers in vectors.items()},
        **{name.replace("read", "write"): Variant(shape=registers) for name, registers in vectors.items()},
        "epoll_pwait2": Variant(structs=_TIME64),
        "stat64": Variant(handler="stat", structs=large),
        "lstat64": Variant(handler="lstat", structs=large),
        "fstat64": Variant(handler="fstat", structs=large),
        "fstatat64": Variant(handler="newfstatat", structs=large),
        "statfs64": Variant(structs={"statfs": compat.STATFS64}),
        "fstatfs64": Variant(structs={"statfs": compat.STATFS64}),
        "fcntl64": Variant(structs={"flock64": flock64}),
        "_newselect": Variant(handler="select"),
        "ugetrlimit": Variant(handler="getrlimit"),
        "prlimit64": Variant(structs={"rlimit": RLIMIT64}),
        "sendfile": Variant(structs={"off_t": compat.OFF_T}),
        "sendfile64": Variant(handler="sendfile"),
        "sigaction": Variant(structs={"sigaction": compat.OLD_SIGACTION}),
        "sigprocmask": Variant(structs={"sigset": compat.OLD_SIGSET}),
        "sigpending": Variant(structs={"sigset": compat.OLD_SIGSET}),
    }
