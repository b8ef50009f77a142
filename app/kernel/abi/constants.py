"""Flags, commands and signal numbers with the names and values Linux gives them on x86-64.

Member names are the C names, so they print as strace prints them (`text.py`). Members stand in the order in which
strace lists them; a name of several bits comes before the names of its parts. Sources: the uapi headers of Linux.
"""

from __future__ import annotations

from enum import IntEnum

from .flags import Flags

AT_FDCWD = -100
"""Directory descriptor that means the current directory, openat(2)."""

MAX_SIGNAL = 64
"""The highest signal number (SIGRTMAX)."""


class OpenFlag(Flags):
    """Flags of open(2). The access mode is the two-bit field `O_ACCMODE`, not a set of bits."""

    O_RDONLY = 0
    O_WRONLY = 1
    O_RDWR = 2
    O_ACCMODE = 3
    O_CREAT = 0o100
    O_EXCL = 0o200
    O_NOCTTY = 0o400
    O_TRUNC = 0o1000
    O_APPEND = 0o2000
    O_NONBLOCK = 0o4000
    O_SYNC = 0o4010000
    O_DSYNC = 0o10000
    O_DIRECT = 0o40000
    O_LARGEFILE = 0o100000
    O_NOFOLLOW = 0o400000
    O_NOATIME = 0o1000000
    O_CLOEXEC = 0o2000000
    O_PATH = 0o10000000
    O_TMPFILE = 0o20200000
    O_DIRECTORY = 0o200000
    FASYNC = 0o20000


TMPFILE = int(OpenFlag.O_TMPFILE) & ~int(OpenFlag.O_DIRECTORY)
"""The bit of O_TMPFILE that is its own (Linux `__O_TMPFILE`)."""


class PipeFlag(Flags):
    """Flags of pipe2(2) and dup3(2): those of open(2) without an access mode."""

    O_NONBLOCK = 0o4000
    O_DIRECT = 0o40000
    O_CLOEXEC = 0o2000000


class AccessMode(Flags):
    """Modes of access(2)."""

    F_OK = 0
    R_OK = 4
    W_OK = 2
    X_OK = 1


class SeekWhence(IntEnum):
    """`whence` of lseek(2)."""

    SEEK_SET = 0
    SEEK_CUR = 1
    SEEK_END = 2
    SEEK_DATA = 3
    SEEK_HOLE = 4


class MmapProt(Flags):
    """Protection of mmap(2) and mprotect(2)."""

    PROT_NONE = 0
    PROT_READ = 0x1
    PROT_WRITE = 0x2
    PROT_EXEC = 0x4
    PROT_SEM = 0x8
    PROT_GROWSDOWN = 0x0100_0000
    PROT_GROWSUP = 0x0200_0000


class MmapFlag(Flags):
    """Flags of mmap(2). The sharing type is the four-bit field `MAP_TYPE`, not a set of bits."""

    MAP_FILE = 0
    MAP_SHARED = 0x1
    MAP_PRIVATE = 0x2
    MAP_SHARED_VALIDATE = 0x3
    MAP_FIXED = 0x10
    MAP_ANONYMOUS = 0x20
    MAP_32BIT = 0x40
    MAP_NORESERVE = 0x4000
    MAP_POPULATE = 0x8000
    MAP_NONBLOCK = 0x1_0000
    MAP_GROWSDOWN = 0x100
    MAP_DENYWRITE = 0x800
    MAP_EXECUTABLE = 0x1000
    MAP_LOCKED = 0x2000
    MAP_STACK = 0x2_0000
    MAP_HUGETLB = 0x4_0000
    MAP_SYNC = 0x8_0000
    MAP_FIXED_NOREPLACE = 0x10_0000


MAP_TYPE = 0xF
"""Mask of the sharing type in the flags of mmap(2)."""

FIELD_MASKS: dict[type[Flags], int] = {OpenFlag: int(OpenFlag.O_ACCMODE), MmapFlag: MAP_TYPE}
"""For flag words whose low bits are a number, the mask of that number."""


class FcntlCommand(IntEnum):
    """Commands of fcntl(2)."""

    F_DUPFD = 0
    F_GETFD = 1
    F_SETFD = 2
    F_GETFL = 3
    F_SETFL = 4
    F_GETLK = 5
    F_SETLK = 6
    F_SETLKW = 7
    F_SETOWN = 8
    F_GETOWN = 9
    F_SETSIG = 10
    F_GETSIG = 11
    F_SETOWN_EX = 15
    F_GETOWN_EX = 16
    F_GETOWNER_UIDS = 17
    F_OFD_GETLK = 36
    F_OFD_SETLK = 37
    F_OFD_SETLKW = 38
    F_SETLEASE = 1024
    F_GETLEASE = 1025
    F_NOTIFY = 1026
    F_CANCELLK = 1029
    F_DUPFD_CLOEXEC = 1030
    F_SETPIPE_SZ = 1031
    F_GETPIPE_SZ = 1032
    F_ADD_SEALS = 1033
    F_GET_SEALS = 1034


class LockType(IntEnum):
    """`l_type` of struct flock, fcntl(2)."""

    F_RDLCK = 0
    F_WRLCK = 1
    F_UNLCK = 2


class FdFlag(Flags):
    """Descriptor flags of F_GETFD and F_SETFD, fcntl(2)."""

    FD_CLOEXEC = 1


class FileMode(Flags):
    """`st_mode`, inode(7): the file type is the field `S_IFMT`, the rest are permission bits."""

    S_IFMT = 0o170000
    S_IFSOCK = 0o140000
    S_IFLNK = 0o120000
    S_IFREG = 0o100000
    S_IFBLK = 0o060000
    S_IFDIR = 0o040000
    S_IFCHR = 0o020000
    S_IFIFO = 0o010000
    S_ISUID = 0o4000
    S_ISGID = 0o2000
    S_ISVTX = 0o1000
    S_IRWXU = 0o700
    S_IRUSR = 0o400
    S_IWUSR = 0o200
    S_IXUSR = 0o100
    S_IRWXG = 0o070
    S_IRGRP = 0o040
    S_IWGRP = 0o020
    S_IXGRP = 0o010
    S_IRWXO = 0o007
    S_IROTH = 0o004
    S_IWOTH = 0o002
    S_IXOTH = 0o001


class AtFlag(Flags):
    """Flags of the calls that take a directory descriptor, such as fstatat(2) and unlinkat(2)."""

    AT_SYMLINK_NOFOLLOW = 0x100
    AT_REMOVEDIR = 0x200
    AT_SYMLINK_FOLLOW = 0x400
    AT_NO_AUTOMOUNT = 0x800
    AT_EMPTY_PATH = 0x1000
    AT_RECURSIVE = 0x8000


class RenameFlag(Flags):
    """Flags of renameat2(2)."""

    RENAME_NOREPLACE = 1
    RENAME_EXCHANGE = 2
    RENAME_WHITEOUT = 4


class AccessAtFlag(Flags):
    """Flags of faccessat2(2), which gives bit 0x200 another meaning than unlinkat(2)."""

    AT_SYMLINK_NOFOLLOW = 0x100
    AT_EACCESS = 0x200
    AT_EMPTY_PATH = 0x1000


class Signo(IntEnum):
    """Signal numbers, signal(7). The real-time signals are 32 to 64; only the first has a name of its own."""

    SIGHUP = 1
    SIGINT = 2
    SIGQUIT = 3
    SIGILL = 4
    SIGTRAP = 5
    SIGABRT = 6
    SIGBUS = 7
    SIGFPE = 8
    SIGKILL = 9
    SIGUSR1 = 10
    SIGSEGV = 11
    SIGUSR2 = 12
    SIGPIPE = 13
    SIGALRM = 14
    SIGTERM = 15
    SIGSTKFLT = 16
    SIGCHLD = 17
    SIGCONT = 18
    SIGSTOP = 19
    SIGTSTP = 20
    SIGTTIN = 21
    SIGTTOU = 22
    SIGURG = 23
    SIGXCPU = 24
    SIGXFSZ = 25
    SIGVTALRM = 26
    SIGPROF = 27
    SIGWINCH = 28
    SIGIO = 29
    SIGPWR = 30
    SIGSYS = 31
    SIGRTMIN = 32


class SigHow(IntEnum):
    """`how` of rt_sigprocmask(2)."""

    SIG_BLOCK = 0
    SIG_UNBLOCK = 1
    SIG_SETMASK = 2


class SaFlag(Flags):
    """`sa_flags` of rt_sigaction(2)."""

    SA_RESTORER = 0x0400_0000
    SA_ONSTACK = 0x0800_0000
    SA_RESTART = 0x1000_0000
    SA_NODEFER = 0x4000_0000
    SA_RESETHAND = 0x8000_0000
    SA_SIGINFO = 0x4
    SA_NOCLDSTOP = 0x1
    SA_NOCLDWAIT = 0x2


class AltstackFlag(Flags):
    """`ss_flags` of sigaltstack(2)."""

    SS_ONSTACK = 0x1
    SS_DISABLE = 0x2
    SS_AUTODISARM = 0x8000_0000


class SignalFdFlag(Flags):
    """`flags` of signalfd4(2)."""

    SFD_CLOEXEC = 0o2000000
    SFD_NONBLOCK = 0o4000


class ClockId(IntEnum):
    """Clocks of clock_gettime(2)."""

    CLOCK_REALTIME = 0
    CLOCK_MONOTONIC = 1
    CLOCK_PROCESS_CPUTIME_ID = 2
    CLOCK_THREAD_CPUTIME_ID = 3
    CLOCK_MONOTONIC_RAW = 4
    CLOCK_REALTIME_COARSE = 5
    CLOCK_MONOTONIC_COARSE = 6
    CLOCK_BOOTTIME = 7
    CLOCK_REALTIME_ALARM = 8
    CLOCK_BOOTTIME_ALARM = 9
    CLOCK_SGI_CYCLE = 10
    CLOCK_TAI = 11


class TimerFlag(Flags):
    """Flags of clock_nanosleep(2)."""

    TIMER_ABSTIME = 1


class GrndFlag(Flags):
    """Flags of getrandom(2)."""

    GRND_NONBLOCK = 1
    GRND_RANDOM = 2
    GRND_INSECURE = 4


class ArchPrctlCode(IntEnum):
    """Codes of arch_prctl(2)."""

    ARCH_SET_GS = 0x1001
    ARCH_SET_FS = 0x1002
    ARCH_GET_FS = 0x1003
    ARCH_GET_GS = 0x1004
    ARCH_GET_CPUID = 0x1011
    ARCH_SET_CPUID = 0x1012
    ARCH_GET_XCOMP_SUPP = 0x1021
    ARCH_GET_XCOMP_PERM = 0x1022
    ARCH_REQ_XCOMP_PERM = 0x1023
    ARCH_GET_XCOMP_GUEST_PERM = 0x1024
    ARCH_REQ_XCOMP_GUEST_PERM = 0x1025
    ARCH_MAP_VDSO_X32 = 0x2001
    ARCH_MAP_VDSO_32 = 0x2002
    ARCH_MAP_VDSO_64 = 0x2003


class IoctlRequest(IntEnum):
    """Requests of ioctl(2) on terminals, pseudo-terminals and any file: ioctl_tty(2)."""

    TCGETS = 0x5401
    TCSETS = 0x5402
    TCSETSW = 0x5403
    TCSETSF = 0x5404
    TCGETA = 0x5405
    TCSETA = 0x5406
    TCSETAW = 0x5407
    TCSETAF = 0x5408
    TCSBRK = 0x5409
    TCXONC = 0x540A
    TCFLSH = 0x540B
    TIOCEXCL = 0x540C
    TIOCNXCL = 0x540D
    TIOCSCTTY = 0x540E
    TIOCGPGRP = 0x540F
    TIOCSPGRP = 0x5410
    TIOCOUTQ = 0x5411
    TIOCSTI = 0x5412
    TIOCGWINSZ = 0x5413
    TIOCSWINSZ = 0x5414
    FIONREAD = 0x541B
    TIOCCONS = 0x541D
    TIOCPKT = 0x5420
    FIONBIO = 0x5421
    TIOCNOTTY = 0x5422
    TIOCSETD = 0x5423
    TIOCGETD = 0x5424
    TCSBRKP = 0x5425
    TIOCSBRK = 0x5427
    TIOCCBRK = 0x5428
    TIOCGSID = 0x5429
    TCGETS2 = 0x802C_542A
    TCSETS2 = 0x402C_542B
    TCSETSW2 = 0x402C_542C
    TCSETSF2 = 0x402C_542D
    TIOCGPTN = 0x8004_5430
    TIOCSPTLCK = 0x4004_5431
    TIOCGDEV = 0x8004_5432
    TIOCGPTLCK = 0x8004_5439
    TIOCGPTPEER = 0x5441
    FIONCLEX = 0x5450
    FIOCLEX = 0x5451
    FIOASYNC = 0x5452
    FIOQSIZE = 0x5460
