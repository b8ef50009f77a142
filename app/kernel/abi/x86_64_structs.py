"""Structures that x86-64 programs and their kernel exchange, as the uapi headers of Linux define them."""

from __future__ import annotations

from .ipc_structs import IPC_STRUCTS
from .layout import Layout
from .ptrace_constants import PTRACE_STRUCTS
from .siginfo import SIGINFO_LAYOUTS, SIGNALFD_SIGINFO
from .struct_text import (
    flock_text,
    rlimit_text,
    rusage_text,
    sigaction_text,
    sigaltstack_text,
    sigset_text,
    stat_text,
    sysinfo_text,
    time_text,
    utsname_text,
)
from .termios_text import termios_text
from .x86_64_file_structs import FILE_STRUCTS
from .x86_64_time_structs import TIME_STRUCTS

STAT = Layout(
    "stat",
    [
        ("st_dev", "Q"),
        ("st_ino", "Q"),
        ("st_nlink", "Q"),
        ("st_mode", "I"),
        ("st_uid", "I"),
        ("st_gid", "I"),
        ("st_rdev", "Q"),
        ("st_size", "q"),
        ("st_blksize", "q"),
        ("st_blocks", "q"),
        ("st_atime", "q"),
        ("st_atime_nsec", "Q"),
        ("st_mtime", "q"),
        ("st_mtime_nsec", "Q"),
        ("st_ctime", "q"),
        ("st_ctime_nsec", "Q"),
        ("reserved", "24s"),
    ],
    text=stat_text,
)
"""`struct stat` of asm/stat.h, 144 bytes. Times before 1970 are negative, so seconds are signed here."""

TIMESPEC = Layout("timespec", [("tv_sec", "q"), ("tv_nsec", "q")], text=time_text)
TIMEVAL = Layout("timeval", [("tv_sec", "q"), ("tv_usec", "q")], text=time_text)
TIMEZONE = Layout("timezone", [("tz_minuteswest", "i"), ("tz_dsttime", "i")])
IOVEC = Layout("iovec", [("iov_base", "Q"), ("iov_len", "Q")])
WINSIZE = Layout("winsize", [("ws_row", "H"), ("ws_col", "H"), ("ws_xpixel", "H"), ("ws_ypixel", "H")])

TERMIOS = Layout(
    "termios",
    [("c_iflag", "I"), ("c_oflag", "I"), ("c_cflag", "I"), ("c_lflag", "I"), ("c_line", "B"), ("c_cc", "19s")],
    text=termios_text,
)
"""`struct termios` of asm/termbits.h, 36 bytes; not the larger one of the C library."""

UTSNAME = Layout(
    "utsname",
    [(field, "65s") for field in ("sysname", "nodename", "release", "version", "machine", "domainname")],
    text=utsname_text,
)

DIRENT64_HEADER = Layout("dirent64", [("d_ino", "Q"), ("d_off", "q"), ("d_reclen", "H"), ("d_type", "B")], packed=True)
"""What stands before the name in `struct linux_dirent64`, getdents64(2)."""

SIGACTION = Layout(
    "sigaction", [("sa_handler", "Q"), ("sa_flags", "Q"), ("sa_restorer", "Q"), ("sa_mask", "Q")], text=sigaction_text
)
"""The kernel's `struct sigaction`, 32 bytes; not the larger one of the C library."""

SIGSET = Layout("sigset", [("sig", "Q")], text=sigset_text)

FLOCK = Layout(
    "flock", [("l_type", "h"), ("l_whence", "h"), ("l_start", "q"), ("l_len", "q"), ("l_pid", "i")], text=flock_text
)

RUSAGE = Layout(
    "rusage",
    [
        *((f"ru_{kind}time_{part}", "q") for kind in "us" for part in ("sec", "usec")),
        *(
            (f"ru_{name}", "q")
            for name in ("maxrss", "ixrss", "idrss", "isrss", "minflt", "majflt", "nswap", "inblock")
        ),
        *((f"ru_{name}", "q") for name in ("oublock", "msgsnd", "msgrcv", "nsignals", "nvcsw", "nivcsw")),
    ],
    text=rusage_text,
)
"""`struct rusage`; its two timevals are taken apart."""

STACK = Layout("stack", [("ss_sp", "Q"), ("ss_flags", "I"), ("ss_size", "Q")], text=sigaltstack_text)
"""`stack_t` of sigaltstack(2)."""

CAP_HEADER = Layout("cap_header", [("version", "I"), ("pid", "i")])
CAP_DATA1, CAP_DATA2 = (
    Layout(
        f"cap_data{parts}",
        [(f"{name}{part}", "I") for part in range(parts) for name in ("effective", "permitted", "inheritable")],
    )
    for parts in (1, 2)
)
"""`struct __user_cap_data_struct`, one of them or two, for the capabilities from 32 on."""

RLIMIT = Layout("rlimit", [("rlim_cur", "Q"), ("rlim_max", "Q")], text=rlimit_text)
SYSINFO = Layout(
    "sysinfo",
    [
        *((name, "Q") for name in ("uptime", "load1", "load5", "load15", "totalram", "freeram", "sharedram")),
        *((name, "Q") for name in ("bufferram", "totalswap", "freeswap")),
        *(("procs", "H"), ("totalhigh", "Q"), ("freehigh", "Q"), ("mem_unit", "I")),
    ],
    text=sysinfo_text,
)
SCHED_PARAM = Layout("sched_param", [("sched_priority", "i")])
SCHED_ATTR = Layout(
    "sched_attr",
    [
        *(("size", "I"), ("sched_policy", "I"), ("sched_flags", "Q"), ("sched_nice", "i"), ("sched_priority", "I")),
        *(("sched_runtime", "Q"), ("sched_deadline", "Q"), ("sched_period", "Q")),
        *(("sched_util_min", "I"), ("sched_util_max", "I")),
    ],
)
"""`struct sched_attr`, 56 bytes; the first version ended with `sched_period`."""

CLONE_ARGS = Layout(
    "clone_args",
    [
        *((name, "Q") for name in ("flags", "pidfd", "child_tid", "parent_tid", "exit_signal", "stack", "stack_size")),
        *((name, "Q") for name in ("tls", "set_tid", "set_tid_size", "cgroup")),
    ],
)
MSGHDR = Layout(
    "msghdr",
    [
        ("msg_name", "Q"),
        ("msg_namelen", "i"),
        ("msg_iov", "Q"),
        ("msg_iovlen", "Q"),
        ("msg_control", "Q"),
        ("msg_controllen", "Q"),
        ("msg_flags", "I"),
    ],
)
"""`struct user_msghdr` of linux/socket.h, 56 bytes; an element of `struct mmsghdr` has 8 more for `msg_len`."""

STRUCTS: dict[str, Layout] = {
    layout.name: layout
    for layout in (
        STAT,
        TIMESPEC,
        TIMEVAL,
        TIMEZONE,
        IOVEC,
        WINSIZE,
        TERMIOS,
        UTSNAME,
        DIRENT64_HEADER,
        SIGACTION,
        SIGSET,
        FLOCK,
        *FILE_STRUCTS,
        MSGHDR,
        RUSAGE,
        STACK,
        *SIGINFO_LAYOUTS,
        SIGNALFD_SIGINFO,
        CAP_HEADER,
        CAP_DATA1,
        CAP_DATA2,
        RLIMIT,
        SYSINFO,
        SCHED_PARAM,
        SCHED_ATTR,
        CLONE_ARGS,
        *IPC_STRUCTS,
        *PTRACE_STRUCTS,
        *TIME_STRUCTS,
    )
}
"""Every structure by its C name."""
