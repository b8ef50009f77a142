"""The system call filter (seccomp(2)): a list of what a worker may ask of the host's kernel, as classic BPF.

Whatever is not in `ALLOWED` is refused: with EPERM, or, for the calls of `FATAL` that only an exploit makes, by killing
the process with SIGSYS, so that it is noticed. A call of another architecture (32-bit, x32) kills the process too.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

# name: (x86-64, aarch64); None where the architecture has no such call.
ALLOWED: dict[str, tuple[int | None, int | None]] = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "poll": (7, None),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sched_yield": (24, 124),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "nanosleep": (35, 101),
    "getpid": (39, 172),
    "exit": (60, 93),
    "getrusage": (98, 165),
    "sigaltstack": (131, 132),
    "gettid": (186, 178),
    "futex": (202, 98),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "exit_group": (231, 94),
    "ppoll": (271, 73),
    "set_robust_list": (273, 99),
    "getrandom": (318, 278),
    "membarrier": (324, 283),
    "rseq": (334, 293),
}

FATAL: dict[str, tuple[int | None, int | None]] = {
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "socketpair": (53, 199),
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "ptrace": (101, 117),
    "mount": (165, 40),
    "init_module": (175, 105),
    "kexec_load": (246, 104),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "unshare": (272, 97),
    "perf_event_open": (298, 241),
    "open_by_handle_at": (304, 265),
    "setns": (308, 268),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "finit_module": (313, 273),
    "memfd_create": (319, 279),
    "bpf": (321, 280),
    "execveat": (322, 281),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
}

_TO_START_PROGRAMS = {name: FATAL[name] for name in ("fork", "vfork", "execve")}

DIRECTORIES = {"mkdir": (83, 34), "rmdir": (84, None), "link": (86, 37)}
"""What a compiler that makes directories of its own needs besides."""

COMPILER_ALLOWED: dict[str, tuple[int | None, int | None]] = {
    **ALLOWED,
    **_TO_START_PROGRAMS,
    "open": (2, None),
    "stat": (4, None),
    "lstat": (6, None),
    "lseek": (8, 62),
    "ioctl": (16, 29),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "readv": (19, 65),
    "writev": (20, 66),
    "access": (21, None),
    "pipe": (22, None),
    "dup": (32, 23),
    "dup2": (33, None),
    "wait4": (61, 260),
    "uname": (63, 160),
    "fcntl": (72, 25),
    "flock": (73, 32),
    "fsync": (74, 82),
    "ftruncate": (77, 46),
    "getcwd": (79, 17),
    "chdir": (80, 49),
    "rename": (82, None),
    "unlink": (87, None),
    "readlink": (89, None),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "umask": (95, 166),
    "gettimeofday": (96, 169),
    "sysinfo": (99, 179),
    "getuid": (102, 174),
    "getgid": (104, 176),
    "geteuid": (107, 175),
    "getegid": (108, 177),
    "getppid": (110, 173),
    "fstatfs": (138, 44),
    "arch_prctl": (158, None),
    "sched_getaffinity": (204, 123),
    "getdents64": (217, 61),
    "set_tid_address": (218, 96),
    "waitid": (247, 95),
    "openat": (257, 56),
    "newfstatat": (262, 79),
    "unlinkat": (263, 35),
    "renameat": (264, 38),
    "readlinkat": (267, 78),
    "fchmodat": (268, 53),
    "faccessat": (269, 48),
    "fallocate": (285, 47),
    "dup3": (292, 24),
    "pipe2": (293, 59),
    "renameat2": (316, 276),
    "statx": (332, 291),
    "faccessat2": (439, 439),
}
"""What a compiler and its processes may ask, besides `clone` without new namespaces. Files are Landlock's business."""

COMPILER_FATAL = {name: numbers for name, numbers in FATAL.items() if name not in _TO_START_PROGRAMS}

_CLONE = (56, 220)
# <linux/sched.h>: CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET.
_NEW_NAMESPACES = 0x7E02_0080

# Lowering one's own limits is harmless, so the worker can take its run's limits after the filter is in place.
_PRLIMIT64 = (302, 261)
# C libraries fall back to older calls on ENOSYS, and only then.
_CLONE3 = 435

_X32_BIT = 0x4000_0000
# platform.machine(): (column of the tables, AUDIT_ARCH_*)
_MACHINES = {"x86_64": (0, 0xC000_003E), "aarch64": (1, 0xC000_00B7)}

_LOAD_WORD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JUMP_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JUMP_GREATER_OR_EQUAL = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_JUMP_ANY_BIT = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K
_KILL_PROCESS = 0x8000_0000
_ALLOW = 0x7FFF_0000
_ERRNO = 0x0005_0000

# struct seccomp_data: int nr; __u32 arch; __u64 instruction_pointer; __u64 args[6]; (both machines little-endian)
_NR, _ARCH, _FIRST_ARGUMENT_LOW, _FIRST_ARGUMENT_HIGH = 0, 4, 16, 20

_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER = 1
_FLAG_TSYNC = 1


class _FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


_libc = ctypes.CDLL(None, use_errno=True)
_syscall = _libc.syscall
_syscall.restype = ctypes.c_long


def _instruction(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, operand)


def _answer(number: int, action: int) -> bytes:
    return _instruction(_JUMP_EQUAL, number, 0, 1) + _instruction(_RETURN, action)


def supported() -> bool:
    """Whether this module knows the system call numbers of this machine."""
    return platform.machine() in _MACHINES and platform.system() == "Linux"


def build(machine: str) -> bytes:
    """The worker's filter for `machine` (`x86_64` or `aarch64`), as an array of `struct sock_filter`.

    Raises KeyError for any other machine.
    """
    return _build(machine, ALLOWED, FATAL, [])


def build_for_compiler(machine: str, *, directories: bool = False) -> bytes:
    """The filter of a compiler's processes, otherwise as `build`. Some compilers make `directories`."""
    column, _ = _MACHINES[machine]
    clone = [
        _instruction(_JUMP_EQUAL, _CLONE[column], 0, 4),
        _instruction(_LOAD_WORD, _FIRST_ARGUMENT_LOW),
        _instruction(_JUMP_ANY_BIT, _NEW_NAMESPACES, 0, 1),
        _instruction(_RETURN, _ERRNO | errno.EPERM),
        _instruction(_RETURN, _ALLOW),
    ]
    allowed = COMPILER_ALLOWED | DIRECTORIES if directories else COMPILER_ALLOWED
    return _build(machine, allowed, COMPILER_FATAL, clone)


_Table = dict[str, tuple[int | None, int | None]]


def _build(machine: str, allowed: _Table, fatal: _Table, clone: list[bytes]) -> bytes:
    column, audit_arch = _MACHINES[machine]
    program = [
        _instruction(_LOAD_WORD, _ARCH),
        _instruction(_JUMP_EQUAL, audit_arch, 1, 0),
        _instruction(_RETURN, _KILL_PROCESS),
        _instruction(_LOAD_WORD, _NR),
    ]
    if machine == "x86_64":
        program.append(_instruction(_JUMP_GREATER_OR_EQUAL, _X32_BIT, 0, 1))
        program.append(_instruction(_RETURN, _KILL_PROCESS))
    for table, action in ((allowed, _ALLOW), (fatal, _KILL_PROCESS)):
        for numbers in table.values():
            number = numbers[column]
            if number is not None:
                program.append(_answer(number, action))
    program += clone
    program.append(_answer(_CLONE3, _ERRNO | errno.ENOSYS))
    refuse = _ERRNO | errno.EPERM
    program += [
        _instruction(_JUMP_EQUAL, _PRLIMIT64[column], 1, 0),
        _instruction(_RETURN, refuse),
        _instruction(_LOAD_WORD, _FIRST_ARGUMENT_LOW),
        _instruction(_JUMP_EQUAL, 0, 1, 0),
        _instruction(_RETURN, refuse),
        _instruction(_LOAD_WORD, _FIRST_ARGUMENT_HIGH),
        _instruction(_JUMP_EQUAL, 0, 1, 0),
        _instruction(_RETURN, refuse),
        _instruction(_RETURN, _ALLOW),
    ]
    return b"".join(program)


def install(program: bytes) -> None:
    """Put the filter on every thread of this process, for good. Needs no_new_privs. Raises OSError."""
    memory = ctypes.create_string_buffer(program, len(program))
    header = _FilterProgram(len(program) // 8, ctypes.cast(memory, ctypes.c_void_p))
    result: int = _syscall(
        ctypes.c_long(_SECCOMP[platform.machine()]),
        ctypes.c_uint(_SET_MODE_FILTER),
        ctypes.c_uint(_FLAG_TSYNC),
        ctypes.byref(header),
    )
    if result > 0:
        raise OSError(errno.EBUSY, f"seccomp: thread {result} has a filter of its own")
    if result < 0:
        raise OSError(ctypes.get_errno(), "seccomp: " + os.strerror(ctypes.get_errno()))
