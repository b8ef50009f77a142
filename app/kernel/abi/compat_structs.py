"""Structures that 32-bit programs and their kernel exchange: what i386 and ARM have in common, by the uapi headers.

In these `long`, `size_t` and pointers have 32 bits. The structures of 32-bit ABIs come in generations: those with times
or file sizes of 32 bits have the plain names here, the later ones end in `64`. Calls choose by `Row.structs`.
"""

from __future__ import annotations

from .ipc_structs import SEMBUF, SEMINFO, mq_attr_text, msqid_text, semid_text, shmid_text
from .layout import Layout
from .siginfo import SIGNALFD_SIGINFO, siginfo_text
from .struct_text import (
    Fields,
    flock_text,
    record_text,
    rlimit_text,
    rusage_text,
    sigaction_text,
    sigaltstack_text,
    stat_text,
    sysinfo_text,
    time_text,
    utsname_text,
)
from .x86_64_file_structs import F_OWNER_EX, STATX
from .x86_64_structs import (
    CAP_DATA1,
    CAP_DATA2,
    CAP_HEADER,
    CLONE_ARGS,
    DIRENT64_HEADER,
    SCHED_ATTR,
    SCHED_PARAM,
    SIGSET,
    TERMIOS,
    TIMEZONE,
    UTSNAME,
    WINSIZE,
)
from .x86_64_time_structs import ITIMERSPEC, ITIMERVAL, TIMEX, sigevent_text

MAX_FILE_SIZE = 0x7FFF_FFFF
"""MAX_NON_LFS: the largest file that calls with an `off_t` of 32 bits can deal with."""

OVERFLOW_ID = 65534
"""What structures with ids of 16 bits have for larger ones (`overflowuid`)."""

_WORD = 0xFFFF_FFFF

_TIMES = [(f"st_{time}time{part}", kind) for time in "amc" for part, kind in (("", "i"), ("_nsec", "I"))]

_IDS = dict.fromkeys(("st_uid", "st_gid"), (65535, OVERFLOW_ID))

STAT = Layout(
    "stat",
    [
        ("st_dev", "I"),
        ("st_ino", "I"),
        ("st_mode", "H"),
        ("st_nlink", "H"),
        ("st_uid", "H"),
        ("st_gid", "H"),
        ("st_rdev", "I"),
        ("st_size", "I"),
        ("st_blksize", "I"),
        ("st_blocks", "I"),
        *_TIMES,
        ("reserved", "8s"),
    ],
    narrow=True,
    limits={"st_dev": 0xFFFF, "st_ino": _WORD, "st_nlink": 0xFFFF, "st_rdev": 0xFFFF, "st_size": MAX_FILE_SIZE},
    clamps=_IDS,
    text=stat_text,
)
"""`struct stat` of asm/stat.h, 64 bytes. What does not fit in is EOVERFLOW."""

OLDSTAT = Layout(
    "oldstat",
    [
        *((f"st_{name}", "H") for name in ("dev", "ino", "mode", "nlink", "uid", "gid", "rdev")),
        *((f"st_{name}", "I") for name in ("size", "atime", "mtime", "ctime")),
    ],
    narrow=True,
    limits={"st_dev": 0xFFFF, "st_ino": 0xFFFF, "st_nlink": 0xFFFF, "st_rdev": 0xFFFF, "st_size": MAX_FILE_SIZE},
    clamps=_IDS,
    text=stat_text,
)
"""`struct __old_kernel_stat`, 32 bytes."""

TIMESPEC = Layout("timespec", [("tv_sec", "i"), ("tv_nsec", "i")], narrow=True, text=time_text)
TIMEVAL = Layout("timeval", [("tv_sec", "i"), ("tv_usec", "i")], narrow=True, text=time_text)


def _time64_text(fields: Fields) -> str:
    return time_text({"tv_sec": fields["tv_sec"], "tv_nsec": fields["tv_nsec"]})


TIMESPEC64 = Layout("timespec", [("tv_sec", "q"), ("tv_nsec", "I"), ("pad", "4s")], narrow=True, text=_time64_text)
"""`struct __kernel_timespec`. The kernel does not look at the upper half of `tv_nsec`, which C libraries leave as it
is."""


def _interval64_text(fields: Fields) -> str:
    return ITIMERSPEC.text({name: value for name, value in fields.items() if not name.endswith("_pad")})


ITIMERSPEC64 = Layout(
    "itimerspec",
    [
        (f"{name}_{part}", kind)
        for name in ("it_interval", "it_value")
        for part, kind in (("sec", "q"), ("nsec", "I"), ("pad", "4s"))
    ],
    narrow=True,
    text=_interval64_text,
)
"""`struct __kernel_itimerspec`, of two such times."""

UTIMBUF = Layout("utimbuf", [("actime", "i"), ("modtime", "i")], narrow=True)
IOVEC = Layout("iovec", [("iov_base", "I"), ("iov_len", "I")], narrow=True)

OLD_UTSNAME = Layout(
    "old_utsname",
    [(field, "65s") for field in ("sysname", "nodename", "release", "version", "machine")],
    narrow=True,
    text=utsname_text,
)
OLDOLD_UTSNAME = Layout(
    "oldold_utsname",
    [
        (field + end, kind)
        for field in ("sysname", "nodename", "release", "version", "machine")
        for end, kind in (("", "8s"), ("_end", "1s"))
    ],
    narrow=True,
    text=utsname_text,
)

SIGACTION = Layout(
    "sigaction",
    [("sa_handler", "I"), ("sa_flags", "I"), ("sa_restorer", "I"), ("sa_mask", "Q")],
    align64=4,
    narrow=True,
    text=sigaction_text,
)
"""The kernel's `struct sigaction` of rt_sigaction(2), 20 bytes."""

OLD_SIGACTION = Layout(
    "sigaction",
    [("sa_handler", "I"), ("sa_mask", "I"), ("sa_flags", "I"), ("sa_restorer", "I")],
    narrow=True,
    text=sigaction_text,
)
"""`struct old_sigaction` of sigaction(2), 16 bytes."""

OLD_SIGSET = Layout("sigset", [("sig", "I")], narrow=True, text=SIGSET.text)
"""The set of the first 32 signals that the calls without `rt_` know."""

FLOCK = Layout(
    "flock",
    [("l_type", "h"), ("l_whence", "h"), ("l_start", "i"), ("l_len", "i"), ("l_pid", "i")],
    narrow=True,
    limits={"l_start": MAX_FILE_SIZE, "l_len": MAX_FILE_SIZE},
    text=flock_text,
)

RUSAGE = Layout(
    "rusage",
    [
        *((f"ru_{kind}time_{part}", "i") for kind in "us" for part in ("sec", "usec")),
        *(
            (f"ru_{name}", "i")
            for name in ("maxrss", "ixrss", "idrss", "isrss", "minflt", "majflt", "nswap", "inblock")
        ),
        *((f"ru_{name}", "i") for name in ("oublock", "msgsnd", "msgrcv", "nsignals", "nvcsw", "nivcsw")),
    ],
    narrow=True,
    text=rusage_text,
)

STACK = Layout("stack", [("ss_sp", "I"), ("ss_flags", "I"), ("ss_size", "I")], narrow=True, text=sigaltstack_text)

RLIMIT = Layout(
    "rlimit",
    [("rlim_cur", "I"), ("rlim_max", "I")],
    narrow=True,
    clamps=dict.fromkeys(("rlim_cur", "rlim_max"), (_WORD, _WORD)),
    text=rlimit_text,
)
"""`struct rlimit`. A limit that does not fit in is RLIM_INFINITY, all ones."""

OLD_RLIMIT = Layout(
    "rlimit",
    [("rlim_cur", "I"), ("rlim_max", "I")],
    narrow=True,
    clamps=dict.fromkeys(("rlim_cur", "rlim_max"), (MAX_FILE_SIZE, MAX_FILE_SIZE)),
    text=rlimit_text,
)
"""`struct rlimit` when limits were signed numbers, for i386's first getrlimit."""

OFF_T = Layout("off_t", [("value", "i")], narrow=True)
"""The offset that sendfile(2) takes by pointer."""

ID16 = Layout("uid_t", [("value", "H")], narrow=True, clamps={"value": (0xFFFF, OVERFLOW_ID)})
"""`old_uid_t` of the calls for ids of 16 bits."""

SYSINFO = Layout(
    "sysinfo",
    [
        *((name, "I") for name in ("uptime", "load1", "load5", "load15", "totalram", "freeram", "sharedram")),
        *((name, "I") for name in ("bufferram", "totalswap", "freeswap")),
        *(("procs", "H"), ("totalhigh", "I"), ("freehigh", "I"), ("mem_unit", "I"), ("filler", "8s")),
    ],
    narrow=True,
    text=lambda fields: sysinfo_text({name: value for name, value in fields.items() if name != "filler"}),
)

MSGHDR = Layout(
    "msghdr",
    [
        ("msg_name", "I"),
        ("msg_namelen", "i"),
        ("msg_iov", "I"),
        ("msg_iovlen", "I"),
        ("msg_control", "I"),
        ("msg_controllen", "I"),
        ("msg_flags", "I"),
    ],
    narrow=True,
)
"""`struct compat_msghdr`, 28 bytes; an element of `struct mmsghdr` has 4 more for `msg_len`."""

DIRENT_HEADER = Layout(
    "dirent", [("d_ino", "I"), ("d_off", "I"), ("d_reclen", "H")], packed=True, narrow=True, limits={"d_ino": _WORD}
)

_SPACE = [(f"f_{name}", "I") for name in ("blocks", "bfree", "bavail", "files", "ffree")]
STATFS = Layout(
    "statfs",
    [
        ("f_type", "I"),
        ("f_bsize", "I"),
        *_SPACE,
        ("f_fsid", "Q"),
        ("f_namelen", "I"),
        ("f_frsize", "I"),
        ("f_flags", "I"),
        ("spare", "16s"),
    ],
    align64=4,
    narrow=True,
    limits={name: _WORD for name, _ in _SPACE},
)
STATFS64 = Layout(
    "statfs",
    [
        ("f_type", "I"),
        ("f_bsize", "I"),
        *((name, "Q") for name, _ in _SPACE),
        ("f_fsid", "Q"),
        ("f_namelen", "I"),
        ("f_frsize", "I"),
        ("f_flags", "I"),
        ("spare", "16s"),
    ],
    align64=4,
    narrow=True,
)
"""`struct statfs64`, 84 bytes: packed on both architectures."""


def _interval(layout: Layout) -> Layout:
    """`layout` with times of 32 bits."""
    return Layout(layout.name, [(field, "i") for field in layout.offsets], narrow=True, text=layout.text)


ITIMERSPEC32 = _interval(ITIMERSPEC)
ITIMERVAL32 = _interval(ITIMERVAL)

SIGEVENT = Layout(
    "sigevent",
    [("sigev_value", "I"), ("sigev_signo", "i"), ("sigev_notify", "i"), ("sigev_tid", "i")],
    narrow=True,
    text=sigevent_text,
)
"""The words of `struct sigevent` that the kernel reads (`get_compat_sigevent`); 48 bytes of padding follow."""

TMS = Layout("tms", [(f"tms_{name}", "i") for name in ("utime", "stime", "cutime", "cstime")], narrow=True)

TIMEX32 = Layout(
    "timex",
    [
        ("modes", "I"),
        *((name, "i") for name in TIMEX.offsets if name not in ("modes", "reserved")),
        ("reserved", "44s"),
    ],
    narrow=True,
    text=TIMEX.text,
)
"""`struct old_timex32`, 128 bytes. The later calls have that of 64-bit programs."""

_WORDS = [("si_signo", "i"), ("si_errno", "i"), ("si_code", "i")]
_SENDER = [*_WORDS, ("si_pid", "i"), ("si_uid", "I")]
SIGINFO_LAYOUTS = tuple(
    Layout(f"siginfo_{kind}", fields, narrow=True, text=siginfo_text)
    for kind, fields in {
        "user": _SENDER,
        "queue": [*_SENDER, ("si_value", "I")],
        "timer": [*_WORDS, ("si_timerid", "i"), ("si_overrun", "i"), ("si_value", "I")],
        "child": [*_SENDER, ("si_status", "i"), ("si_utime", "i"), ("si_stime", "i")],
        "fault": [*_WORDS, ("si_addr", "I")],
        "poll": [*_WORDS, ("si_band", "i"), ("si_fd", "i")],
    }.items()
)

_PERM = [
    *(("key", "i"), ("uid", "I"), ("gid", "I"), ("cuid", "I"), ("cgid", "I"), ("mode", "H"), ("pad1", "H")),
    *(("seq", "H"), ("pad2", "H"), ("unused1", "I"), ("unused2", "I")),
]


def _perm(prefix: str) -> list[tuple[str, str]]:
    """`struct ipc64_perm`, 36 bytes, at the start of another structure."""
    return [(f"{prefix}.{name}", kind) for name, kind in _PERM]


SHMID_DS = Layout(
    "shmid_ds",
    [
        *_perm("shm_perm"),
        ("shm_segsz", "I"),
        ("shm_atime", "q"),
        ("shm_dtime", "q"),
        ("shm_ctime", "q"),
        ("shm_cpid", "i"),
        ("shm_lpid", "i"),
        ("shm_nattch", "I"),
        ("reserved", "8s"),
    ],
    align64=4,
    narrow=True,
    text=shmid_text,
)
"""`struct shmid64_ds`, 84 bytes. Each time is two words of 32 bits, so it is aligned as these."""

SEMID_DS = Layout(
    "semid_ds",
    [*_perm("sem_perm"), ("sem_otime", "q"), ("sem_ctime", "q"), ("sem_nsems", "I"), ("reserved", "8s")],
    align64=4,
    narrow=True,
    text=semid_text,
)
MSQID_DS = Layout(
    "msqid_ds",
    [
        *_perm("msg_perm"),
        ("msg_stime", "q"),
        ("msg_rtime", "q"),
        ("msg_ctime", "q"),
        ("msg_cbytes", "I"),
        ("msg_qnum", "I"),
        ("msg_qbytes", "I"),
        ("msg_lspid", "i"),
        ("msg_lrpid", "i"),
        ("reserved", "8s"),
    ],
    align64=4,
    narrow=True,
    text=msqid_text,
)

SHMINFO = Layout(
    "shminfo",
    [*((name, "I") for name in ("shmmax", "shmmin", "shmmni", "shmseg", "shmall")), ("reserved", "16s")],
    narrow=True,
    text=lambda fields: record_text({name: value for name, value in fields.items() if name != "reserved"}),
)
SHM_INFO = Layout(
    "shm_info",
    [
        ("used_ids", "i"),
        *((name, "I") for name in ("shm_tot", "shm_rss", "shm_swp", "swap_attempts", "swap_successes")),
    ],
    narrow=True,
)
MSGINFO = Layout(
    "msginfo",
    [*((f"msg{name}", "i") for name in ("pool", "map", "max", "mnb", "mni", "ssz", "tql")), ("msgseg", "H")],
)
MQ_ATTR = Layout(
    "mq_attr",
    [*((f"mq_{name}", "i") for name in ("flags", "maxmsg", "msgsize", "curmsgs")), ("reserved", "16s")],
    narrow=True,
    text=mq_attr_text,
)

USER_DESC = Layout("user_desc", [(name, "I") for name in ("entry_number", "base_addr", "limit", "flags")])
"""`struct user_desc` of set_thread_area(2); its last word is made of bits."""

COMMON = (
    *(STAT, TIMESPEC, TIMEVAL, TIMEZONE, IOVEC, WINSIZE, TERMIOS, UTSNAME, DIRENT64_HEADER, DIRENT_HEADER, SIGACTION),
    *(SIGSET, FLOCK, F_OWNER_EX, STATFS, STATX, MSGHDR, RUSAGE, STACK, SIGNALFD_SIGINFO, *SIGINFO_LAYOUTS),
    *(CAP_HEADER, CAP_DATA1, CAP_DATA2, RLIMIT, SYSINFO, SCHED_PARAM, SCHED_ATTR, CLONE_ARGS, UTIMBUF),
    *(SHMID_DS, SHMINFO, SHM_INFO, SEMBUF, SEMID_DS, SEMINFO, MSQID_DS, MSGINFO, MQ_ATTR),
    *(ITIMERSPEC32, ITIMERVAL32, SIGEVENT, TMS, TIMEX32),
)
"""What both architectures lay out alike, apart from the structures of later generations."""


def stat64(align64: int) -> Layout:
    """`struct stat64`: 96 bytes on i386, 104 on ARM, where numbers of 64 bits are aligned to 8."""
    return Layout(
        "stat",
        [
            ("st_dev", "Q"),
            ("pad0", "4s"),
            ("st_ino_low", "I"),
            ("st_mode", "I"),
            ("st_nlink", "I"),
            ("st_uid", "I"),
            ("st_gid", "I"),
            ("st_rdev", "Q"),
            ("pad3", "4s"),
            ("st_size", "q"),
            ("st_blksize", "I"),
            ("st_blocks", "Q"),
            *_TIMES,
            ("st_ino", "Q"),
        ],
        align64=align64,
        narrow=True,
        copies={"st_ino_low": "st_ino"},
        text=stat_text,
    )


def flock64(align64: int) -> Layout:
    """`struct flock64`: 24 bytes on i386, 32 on ARM."""
    return Layout(
        "flock",
        [("l_type", "h"), ("l_whence", "h"), ("l_start", "q"), ("l_len", "q"), ("l_pid", "i")],
        align64=align64,
        narrow=True,
        text=flock_text,
    )
