"""The structures of the 32-bit ABIs have the layout that a compiler for these machines gives them."""

import subprocess
import sys

import pytest
from elftools.elf.elffile import ELFFile

from app.kernel.abi import arm_structs, i386_structs
from app.kernel.abi import compat_structs as c
from app.kernel.abi.layout import Layout
from app.kernel.abi.siginfo import KERNEL_SIGINFO_SIZE
from app.kernel.abi.x86_64_time_structs import EPOLL_EVENT as PACKED

TARGETS = {"i386": "x86-linux-musl", "arm": "arm-linux-musleabihf"}
MODULES = {"i386": i386_structs, "arm": arm_structs}

HEADERS = [
    *("asm/stat.h", "linux/time.h", "linux/time_types.h", "linux/timex.h", "linux/uio.h", "asm/termios.h"),
    *("asm/termbits.h", "linux/utsname.h", "asm/signal.h", "asm/fcntl.h", "linux/resource.h", "linux/sysinfo.h"),
    *("asm/statfs.h", "asm/siginfo.h", "linux/shm.h", "linux/sem.h", "linux/msg.h", "linux/mqueue.h", "linux/times.h"),
    *("linux/eventpoll.h", "linux/utime.h", "linux/signalfd.h", "asm/ptrace.h", "linux/sched.h", "asm/sigcontext.h"),
    *("linux/capability.h", "linux/stat.h", "linux/sched/types.h"),
]
DEFINITIONS = """
struct msghdr { void *msg_name; int msg_namelen; struct iovec *msg_iov; __kernel_size_t msg_iovlen;
                void *msg_control; __kernel_size_t msg_controllen; unsigned msg_flags; };
struct rt_sigaction { union { __sighandler_t _sa_handler; } _u; unsigned long sa_flags; __sigrestore_t sa_restorer;
                      unsigned long sa_mask[2]; };
struct linux_dirent { unsigned long d_ino; unsigned long d_off; unsigned short d_reclen; char d_name[]; };
struct sched_param { int sched_priority; };
"""
"""What user space has no header for: include/linux/socket.h, signal_types.h, fs/readdir.c."""

COMMON = {
    c.STAT: "struct stat",
    c.TIMESPEC: "struct timespec",
    c.TIMESPEC64: "struct __kernel_timespec",
    c.TIMEVAL: "struct timeval",
    c.TIMEZONE: "struct timezone",
    c.UTIMBUF: "struct utimbuf",
    c.IOVEC: "struct iovec",
    c.WINSIZE: "struct winsize",
    c.TERMIOS: "struct termios",
    c.UTSNAME: "struct new_utsname",
    c.OLD_UTSNAME: "struct old_utsname",
    c.OLDOLD_UTSNAME: "struct oldold_utsname",
    c.SIGACTION: "struct rt_sigaction",
    c.FLOCK: "struct flock",
    c.F_OWNER_EX: "struct f_owner_ex",
    c.RUSAGE: "struct rusage",
    c.STACK: "stack_t",
    c.RLIMIT: "struct rlimit",
    c.SYSINFO: "struct sysinfo",
    c.MSGHDR: "struct msghdr",
    c.STATFS: "struct statfs",
    c.STATFS64: "struct statfs64",
    c.STATX: "struct statx",
    c.ITIMERSPEC: "struct __kernel_itimerspec",
    c.ITIMERSPEC64: "struct __kernel_itimerspec",
    c.OLD_RLIMIT: "struct rlimit",
    c.ITIMERSPEC32: "struct itimerspec",
    c.ITIMERVAL32: "struct itimerval",
    c.SIGEVENT: "struct sigevent",
    c.TMS: "struct tms",
    c.TIMEX32: "struct timex",
    c.TIMEX: "struct __kernel_timex",
    c.SHMID_DS: "struct shmid64_ds",
    c.SEMID_DS: "struct semid64_ds",
    c.MSQID_DS: "struct msqid64_ds",
    c.SHMINFO: "struct shminfo64",
    c.SHM_INFO: "struct shm_info",
    c.SEMBUF: "struct sembuf",
    c.SEMINFO: "struct seminfo",
    c.MSGINFO: "struct msginfo",
    c.MQ_ATTR: "struct mq_attr",
    c.SIGNALFD_SIGINFO: "struct signalfd_siginfo",
    c.SCHED_PARAM: "struct sched_param",
    c.SCHED_ATTR: "struct sched_attr",
    c.CLONE_ARGS: "struct clone_args",
    c.CAP_HEADER: "struct __user_cap_header_struct",
    **dict.fromkeys(c.SIGINFO_LAYOUTS, "siginfo_t"),
}
OF_ONE = {
    "i386": {
        c.OLDSTAT: "struct __old_kernel_stat",
        c.OLD_SIGACTION: "struct sigaction",
        i386_structs.STAT64: "struct stat64",
        i386_structs.FLOCK64: "struct flock64",
        i386_structs.EPOLL_EVENT: "struct epoll_event",
    },
    "arm": {
        c.OLD_SIGACTION: "struct sigaction",
        arm_structs.STAT64: "struct stat64",
        arm_structs.FLOCK64: "struct flock64",
        arm_structs.EPOLL_EVENT: "struct epoll_event",
    },
}
NAMES = {
    "stat": {"st_ino_low": "__st_ino"},
    "sysinfo": {"load1": "loads[0]", "load5": "loads[1]", "load15": "loads[2]", "filler": "_f"},
    "rusage": {f"ru_{k}time_{p}": f"ru_{k}time.tv_{p}" for k in "us" for p in ("sec", "usec")},
    "sigevent": {"sigev_tid": "_sigev_un._tid"},
    "timex": {"time_sec": "time.tv_sec", "time_usec": "time.tv_usec"},
    **{
        f"itimer{kind}": {
            f"it_{name}_{part}": f"it_{name}.tv_{part}"
            for name in ("value", "interval")
            for part in ("sec", "usec", "nsec")
        }
        for kind in ("spec", "val")
    },
    "statx": {
        f"stx_{time}{end}": f"stx_{time}.{field}"
        for time in ("atime", "btime", "ctime", "mtime")
        for end, field in (("", "tv_sec"), ("_nsec", "tv_nsec"), ("_reserved", "__reserved"))
    },
    "siginfo_timer": {"si_timerid": "si_tid"},
}
"""What C calls the fields that have other names here."""

NAMELESS = ("pad", "spare", "reserved", "rest", "unused", "f_fsid", "bits")


def member(layout, field):
    return NAMES.get(layout.name, {}).get(field, field)


@pytest.fixture(scope="module", params=TARGETS)
def arch(request):
    return request.param


@pytest.fixture(scope="module")
def offsets(arch, tmp_path_factory):
    """C expression -> value, for all structures of one architecture by one run of the compiler."""
    folder = tmp_path_factory.mktemp(arch)
    rows = {
        layout: [
            f"sizeof({name})",
            *(f"__builtin_offsetof({name}, {member(layout, field)})" for field in named(layout)),
        ]
        for layout, name in (COMMON | OF_ONE[arch]).items()
    }
    expressions = [expression for row in rows.values() for expression in row]
    includes = "\n".join(f"#include <{header}>" for header in HEADERS)
    (folder / "probe.c").write_text(
        f"{includes}\n{DEFINITIONS}\n"
        f'const unsigned values[] __attribute__((used, section(".values"))) = {{ {", ".join(expressions)} }};\n'
    )
    target = TARGETS[arch]
    command = [sys.executable, "-m", "ziglang", "cc", "-target", target, "-c", "probe.c", "-o", "probe.o"]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
    assert not done.returncode, done.stderr.decode()
    with (folder / "probe.o").open("rb") as file:
        data = ELFFile(file).get_section_by_name(".values").data()
    values = iter(int.from_bytes(data[at : at + 4], "little") for at in range(0, len(data), 4))
    return {layout: [next(values) for _ in row] for layout, row in rows.items()}


def named(layout):
    return [
        field
        for field in layout.offsets
        if not field.split(".")[-1].startswith(NAMELESS) and not field.endswith(("_pad", "_end"))
    ]


def test_sizes_and_offsets_are_those_of_the_compiler(arch, offsets):
    for layout, theirs in offsets.items():
        # Of these the kernel takes only the beginning.
        size = layout.size if layout.name == "sigevent" or layout.name.startswith("siginfo_") else theirs[0]
        assert [size, *theirs[1:]] == [layout.size, *(layout.offsets[field] for field in named(layout))], layout.name


def test_every_layout_is_compared(arch):
    compared = set(COMMON) | set(OF_ONE[arch])
    elsewhere = {
        c.CAP_DATA1,
        c.CAP_DATA2,
        c.DIRENT64_HEADER,
        c.DIRENT_HEADER,
        c.SIGSET,
        c.OLD_SIGSET,
        c.OLDSTAT,
        c.USER_DESC,
    }
    elsewhere |= {PACKED, c.ITIMERVAL, c.OFF_T, c.ID16}
    defined = {value for module in (c, MODULES[arch]) for value in vars(module).values() if isinstance(value, Layout)}
    assert defined - compared - elsewhere <= {MODULES[arch].USER_REGS}
    assert set(MODULES[arch].STRUCTS.values()) - compared - elsewhere <= {MODULES[arch].USER_REGS}


def test_every_kind_of_siginfo_fits_into_what_the_kernel_keeps():
    assert max(layout.size for layout in c.SIGINFO_LAYOUTS) <= KERNEL_SIGINFO_SIZE


def test_what_does_not_fit_is_refused_replaced_or_cut():
    with pytest.raises(OverflowError, match="st_size"):
        c.STAT.pack(st_size=0x8000_0000)
    stat = c.STAT.unpack(c.STAT.pack(st_size=0x7FFF_FFFF, st_uid=100_000, st_blocks=0x1_0000_0002))
    assert (stat["st_size"], stat["st_uid"], stat["st_blocks"]) == (0x7FFF_FFFF, 65534, 2)
    limits = c.RLIMIT.unpack(c.RLIMIT.pack(rlim_cur=5, rlim_max=1 << 40))
    assert (limits["rlim_cur"], limits["rlim_max"]) == (5, 0xFFFF_FFFF)
    assert c.TIMESPEC.unpack(c.TIMESPEC.pack(tv_sec=0x1_FFFF_FFFF)) == {"tv_sec": -1, "tv_nsec": 0}


def test_the_number_of_an_inode_is_there_twice():
    stat = i386_structs.STAT64.unpack(i386_structs.STAT64.pack(st_ino=0x1_0000_0007))
    assert (stat["st_ino"], stat["st_ino_low"]) == (0x1_0000_0007, 7)
