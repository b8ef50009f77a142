"""Calls that only 32-bit ABIs have, for the fuzzer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conformance.program import KERNEL_ADDRESS, READ_ONLY, UNMAPPED, Buffer, Edge, Field, Packed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conformance.fuzz_32 import Sequence32

PAGE = 4096
LARGE = [2**31 - 1, 2**31, 2**31 + 5, 2**32, 2**32 + 1, 2**33, 2**31 - 5]
O_LARGEFILE = 0o100000
HOSTILE = [0, 1, UNMAPPED, KERNEL_ADDRESS, 0xFFFF_E000, 0xFFFF_FFFC, 0xFFFF_FFFF, 0xFFFF_F000, 0xC000_0000, READ_ONLY]
ROWS = [17, 31, 32, 35, 44, 53, 56, 98, 109, 110, 112, 113, 127, 130, 134, 137, 147, 149, 166, 167, 169, 188, 189, 222,
        223, 251, 273, 285, 387, 392, 415, 500, 600, 2**31, -1]  # fmt: skip


def makers(sequence: Sequence32) -> list[tuple[Callable[[], None], int]]:
    """Each with its weight."""
    chosen = (
        (large_file, 8), (old_masks, 4), (segments, 3), (multiplexed, 4), (system_v, 4), (space, 3), (time64, 4),
        (old_entries, 2), (absent, 1), (edges, 5), (names16, 2), (robust32, 1),
    )  # fmt: skip
    return [(lambda maker=maker: maker(sequence), weight) for maker, weight in chosen]  # type: ignore[misc]


def portable_makers(sequence: Sequence32) -> list[tuple[Callable[[], None], int]]:
    """Those that a user-mode emulator answers as Linux does."""
    return [(lambda: large_file(sequence), 20), (lambda: time64(sequence), 4)]


def large_file(s: Sequence32) -> None:
    """A file around the end of what 32 bits can count."""
    choose = s.random.choice
    flags = choose((0o102, 0o102 | O_LARGEFILE, 0o102 | O_LARGEFILE, 0o2, 0, O_LARGEFILE, 0o1102, 0o2102))
    path = choose(("big", "big", "big", "a"))
    made = s.raw("open", path, flags, 0o644)
    s.descriptors.append(made)
    fd = choose((made, made, s.fd()))
    for _ in range(s.random.randint(1, 4)):
        size = choose(LARGE)
        match s.random.randrange(12):
            case 0:
                s.add("ftruncate", fd, choose((size, 0, 100)))
            case 1:
                s.add("truncate", path, choose((size, 0, 100)))
            case 2 | 3:
                s.add("lseek", fd, choose((size, -1, 0, -(2**31), -5)), choose((0, 1, 2, 2, 3, 4)))
            case 4:
                s.add("write", fd, b"0123456789", choose((10, 1, 5)))
            case 5:
                s.add("pwrite64", fd, b"0123456789", choose((10, 5)), size)
            case 6:
                s.add("read", fd, Buffer("b"), 10)
            case 7:
                s.add("pread64", fd, Buffer("b"), 10, size)
            case 8:
                s.add(choose(("stat", "lstat")), path, Buffer("stat", 144), dump=[("stat", 16, 12)])
            case 9:
                s.add("fstat", fd, Buffer("stat", 144), dump=[("stat", 16, 12)])
            case 10:
                offset = Packed([Field(size, 8)])
                s.raw(choose(("sendfile", "sendfile64")), 1 if choose((True, False)) else fd, fd, offset, 10)
            case _:
                kind, start, length = choose((0, 1, 2)), choose((0, 1, size)), choose((0, 1, size, -1))
                lock = Packed([kind, start, length, 0])
                s.add("fcntl", fd, choose((5, 6)), lock)
                where = Packed([Field(1, 4), Field(choose((0, size, 2**40)), 8), Field(choose((0, 1, size)), 8), 0])
                s.raw("fcntl64", fd, choose((12, 13, 14, 36, 37)), where)
                s.raw("fcntl", fd, choose((12, 13, 14, 36, 37)), where)
                s.raw("fcntl", fd, 3)
    if s.random.random() < 0.7:
        s.add("truncate", "big", 10)


def old_masks(s: Sequence32) -> None:
    """Signals as they were before there were more than 32."""
    choose = s.random.choice
    mask = choose((0, 1 << 9, 1 << 11, 0xFFFF_FFFF, 1 << 8, 1 << 16))
    where = choose((Buffer("old_mask", 8), Buffer("old_mask", 8), *HOSTILE, Edge(3), Edge(4)))
    dump = [("old_mask", 0, 8)] if isinstance(where, Buffer) else []
    match s.random.randrange(7):
        case 0:
            s.raw("sgetmask")
        case 1:
            s.raw("ssetmask", mask)
        case 2:
            new = choose((Packed([mask]), Packed([mask]), 0, Edge(3), *HOSTILE))
            s.raw("sigprocmask", choose((0, 1, 2, 2, 3, -1)), new, where, dump=dump)
        case 3:
            s.raw("sigpending", where, dump=dump)
        case 4:
            s.raw("signal", choose((10, 12, 34, 9, 0, 65, -1)), choose((0, 1)))
        case 5:
            action = Packed([choose((0, 1)), mask, choose((0, 0x1000_0000, 0x4000_0000, 0xFFFF_FFFF)), 0x1234])
            old = choose((Buffer("old_mask", 16), 0, *HOSTILE))
            s.raw("sigaction", choose((10, 12, 34, 9, 0, 65)), choose((action, action, 0, Edge(15), *HOSTILE)), old)
        case _:
            me = s.raw("getpid", show="none")
            s.raw("ssetmask", 1 << 9)
            s.raw("kill", me, 10)
            s.raw("sigsuspend", 0, 0, choose((0, 0xFFFF_FFFF & ~(1 << 9))))
            s.raw("ssetmask", 0)


def segments(s: Sequence32) -> None:
    """Descriptors of thread-local storage."""
    choose = s.random.choice
    entry = choose((-1, -1, 12, 13, 14, 11, 15, 0, 2**31))
    flags = choose((0x51, 0x51, 0x28, 0, 1, 0x7F, 0x41, 0x59, 0x50, 8, 0x38))
    words = [entry, choose((0, 0x1234_5000, 0xFFFF_F000)), choose((0, 0xFFFFF, 100, -1)), flags]
    where = choose((Buffer("desc", 16), Edge(16), Edge(15), *HOSTILE))
    match s.random.randrange(3):
        case 0 | 1:
            s.raw(
                "set_thread_area",
                choose((Packed(words), Packed(words), Packed([entry, 0, 0, 0x28]), Edge(15), *HOSTILE)),
            )
            s.raw("get_thread_area", Packed([12, 0, 0, 0]))
        case _:
            s.raw("get_thread_area", where)


def multiplexed(s: Sequence32) -> None:
    """socketcall and ipc as a program gets them wrong."""
    choose = s.random.choice
    words = choose((Packed([choose((0, 1, 2, -1)) for _ in range(6)]), Edge(choose((4, 8, 11, 12, 24))), *HOSTILE))
    if s.random.random() < 0.6:
        s.raw("socketcall", choose((*range(22), -1, 2**31)), words)
        return
    number = choose((0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24, 25, 99)) | choose((0, 0, 0x10000))
    first = choose((0, -1, 2**30, 77777))
    if number & 0xFFFF in (2, 13, 23):
        first = choose((77777, 77778))
    second = 0 if number & 0xFFFF in (13, 2) else choose((0, 1, 2, 12, -1))
    s.raw("ipc", number, first, second & ~0o1000 if second > 0 else second, 0, words, choose((0, 1)), show="sign")


def _control(s: Sequence32, call: str, made: object, command: int, argument: object, **rest: object) -> None:
    """semctl of set 0, msgctl or shmctl, by itself or as a form of ipc."""
    if s.random.random() < 0.5:
        s.raw(call, made, *[0] * (call == "semctl"), command, argument, **rest)  # type: ignore[arg-type]
        return
    number = {"semctl": 3, "msgctl": 14, "shmctl": 24}[call]
    if call == "semctl":
        s.raw("ipc", number, made, 0, command | 0x100, Packed([argument]), **rest)  # type: ignore[arg-type]
    else:
        s.raw("ipc", number, made, command | 0x100, 0, argument, **rest)  # type: ignore[arg-type]


def system_v(s: Sequence32) -> None:
    """Shared memory, semaphores and messages, which are removed again at once."""
    choose = s.random.choice
    packed = choose((True, False))
    match s.random.randrange(3):
        case 0:
            made = (
                s.raw("ipc", 2, 0, choose((1, 3)), 0o600, show="sign")
                if packed
                else s.raw("semget", 0, 2, 0o600, show="sign")
            )
            operations = Packed([Field(choose((0, 1, 5)) | choose((1, -1, 0, 2)) << 16 & 0xFFFF_0000 | 0x800 << 32, 6)])
            if packed:
                s.raw("ipc", 1, made, 1, 0, operations)
                s.raw("ipc", 4, made, 1, 0, operations, choose((0, Packed([0, 1]))))
            else:
                s.raw("semtimedop_time64", made, operations, 1, choose((0, Packed([Field(0, 8), Field(5, 8)]))))
            command = choose((12, 16, 3, 2, 13, 15, 11, 14))
            if command == 2:
                _control(s, "semctl", made, command, Buffer("ipc", 256), dump=[("ipc", 20, 4), ("ipc", 52, 4)])
            else:
                _control(s, "semctl", made, command, choose((5, Buffer("ipc", 256), *HOSTILE)), show="sign")
            s.raw("semctl", made, 0, 0x100, 0)
            _control(s, "semctl", made, 0, 0)
        case 1:
            made = (
                s.raw("ipc", 23, 0, 5000, 0o600, show="sign")
                if packed
                else s.raw("shmget", 0, 5000, 0o600, show="sign")
            )
            where = choose((0, 0x2400_0000, 0x2400_0001, 0xFFFF_F000, 1))
            flags = choose((0, 0o10000, 0o20000, 0o40000))
            if packed:
                s.raw("ipc", 21 | choose((0, 0, 0x10000)), made, flags, Buffer("address", 4), where)
            else:
                s.raw("shmat", made, where, flags, show="sign")
            kinds = [("shm_ds", 20, 4), ("shm_ds", 36, 4), ("shm_ds", 72, 4)]
            _control(s, "shmctl", made, 2, choose((Buffer("shm_ds", 256), Buffer("shm_ds"), *HOSTILE)), dump=kinds)
            s.raw("shmctl", made, 0x100, 0)
            _control(s, "shmctl", made, 0, 0)
            s.raw("shmdt", choose((0x2400_0000, 0x2400_1000, 0, 1)))
        case _:
            made = s.raw("ipc", 13, 0, 0o600, show="sign") if packed else s.raw("msgget", 0, 0o600, show="sign")
            message = choose((Packed([choose((1, 5, 0, -1)), 0x1234, 0x5678]), Edge(4), Edge(3), *HOSTILE))
            size = choose((0, 8, 4, 8193, -1))
            into = Buffer("message", 64)
            if packed:
                s.raw("ipc", 11, made, size, 0o4000, message)
                s.raw(
                    "ipc",
                    12,
                    made,
                    8,
                    0o4000,
                    choose((Packed([into, 0]), Edge(4), *HOSTILE)),
                    dump=[("message", 0, 12)],
                )
            else:
                s.raw("msgsnd", made, message, size, 0o4000)
                s.raw("msgrcv", made, into, choose((64, 0, 3, -1)), choose((0, 1, -5)), choose((0o4000, 0o14000)),
                      dump=[("message", 0, 12)])  # fmt: skip
            _control(s, "msgctl", made, 2, Buffer("msg_ds", 256), dump=[("msg_ds", 20, 4), ("msg_ds", 60, 12)])
            _control(s, "msgctl", made, 0, 0)


def space(s: Sequence32) -> None:
    """statfs, sysinfo and their kin, as far as they fail."""
    choose = s.random.choice
    where = choose((Buffer("v", 1024), Edge(64), Edge(63), Edge(84), Edge(83), *HOSTILE))
    where = (
        where if isinstance(where, Buffer) else choose((0x3000_1000 - 64, 0x3000_1000 - 63, 0x3000_1000 - 83, *HOSTILE))
    )
    size = choose((84, 84, 88, 64, 0, -1))
    match s.random.randrange(6):
        case 0:
            s.raw("statfs", s.local(), where)
        case 1:
            s.raw("statfs64", s.local(), size, where)
        case 2:
            s.raw("fstatfs", s.fd(), where)
        case 3:
            s.raw("fstatfs64", s.fd(), size, where)
        case 4:
            s.raw(choose(("sysinfo", "oldolduname", "olduname", "uname", "times", "adjtimex")), where, show="sign")
        case _:
            s.raw("getrusage", choose((0, -1, 1, 5)), where)


def time64(s: Sequence32) -> None:
    """Times whose parts do not fit, and the padding that nobody looks at."""
    choose = s.random.choice
    seconds = choose((0, 0, -1, 2**31, 2**32, 2**63 - 1))
    nanoseconds = choose((0, 1, 999_999_999, 10**9, 1 << 32, 5 | 7 << 32, -1))
    time = Packed([Field(seconds, 8), Field(nanoseconds, 8)])
    short = Packed([Field(0, 8), Field(nanoseconds, 8)])
    bad = choose((short, short, short, Edge(15), Edge(12), *HOSTILE))
    where = choose((0x3000_1000 - 16, 0x3000_1000 - 15, *HOSTILE, Buffer("v", 1024)))
    match s.random.randrange(9):
        case 0:
            s.raw("clock_nanosleep_time64", choose((0, 1, 5)), 0, bad, where)
        case 1:
            s.raw("clock_nanosleep_time64", choose((0, 1)), 1, choose((short, bad)), where)
        case 2:
            s.raw("clock_gettime64", choose((0, 1, 2, 3, -1, 99)), where)
        case 3:
            s.raw("clock_getres_time64", choose((0, 1, 4, 99)), choose((0, where)))
        case 4:
            s.raw("ppoll_time64", 0, 0, bad, 0, 8)
        case 5:
            s.raw("futex_time64", Buffer("futex", 16), choose((0, 128, 128 | 9)), 0, bad, 0, -1)
        case 6:
            s.raw(
                "utimensat_time64", -100, s.local(), Packed([Field(seconds & 0xFFFF, 8), Field(nanoseconds, 8)] * 2), 0
            )
        case 7:
            setting = Packed([Field(0, 8), Field(nanoseconds, 8), Field(choose((2**33, 2**40, -1)), 8), Field(0, 8)])
            made = s.raw("timerfd_create", 1, 0)
            s.raw("timerfd_settime64", made, 0, choose((setting, bad)), choose((0, where)))
            s.raw("timerfd_gettime", made, Buffer("left", 64), show="sign")
        case _:
            s.raw("clock_settime64", choose((0, 1, -1)), choose((time, bad)))


def old_entries(s: Sequence32) -> None:
    """readdir, of what is no directory or of a bad place."""
    fd = s.raw("open", s.random.choice((".", "d", "a")), 0)
    s.raw("readdir", fd, s.random.choice((Buffer("entries", 4 * PAGE), *HOSTILE)), 1)
    s.raw(
        "getdents", fd, s.random.choice((Buffer("entries", 4 * PAGE), Edge(10), *HOSTILE)), s.random.choice((0, 11, 5))
    )
    s.raw("close", fd)


def absent(s: Sequence32) -> None:
    """Rows that Linux has emptied, and some that it never had."""
    s.raw(s.random.choice(ROWS), show="sign")


def edges(s: Sequence32) -> None:
    """Memory at the end of the address space, and sizes with the top bit."""
    choose = s.random.choice
    where = choose((0xFFFF_E000, 0xFFFF_EFFF, 0xFFFF_F000, 0xFFFF_FFFF, 0xC000_0000, 0x8000_0000, 0x2000_0000))
    size = choose((0, 1, PAGE, 2**31 - 1, 2**31, 2**31 + PAGE, 2**32 - 1, 2**32 - PAGE, 2**32 - 2 * PAGE, 0xC000_0000))
    match s.random.randrange(10):
        case 0:
            s.raw("write", s.fd(), where, size)
        case 1:
            s.raw("read", s.fd(), where, size)
        case 2:
            # Two mappings that would not both fit into the address space.
            s.raw(
                "mmap2",
                0,
                choose((0x8000_0000, 0xC000_0000, 0xFFFF_D000, 0xFFFF_F000, size)),
                3,
                0x4022,
                -1,
                0,
                show="sign",
            )
            s.pointers.append(type(s.raw("getpid", show="none"))(len(s.steps) - 2))
            s.raw("munmap", s.pointers.pop(), choose((0x8000_0000, 0xC000_0000)), show="sign")
        case 3:
            s.raw("mmap2", where, choose((PAGE, 2 * PAGE, size)), 3, 0x4032, -1, 0, show="sign") if where not in (
                0xC000_0000, 0x8000_0000) else s.raw("munmap", where | 1, PAGE)  # fmt: skip
        case 4:
            s.raw("mprotect", choose((0xFFFF_E000, 0xFFFF_F000)), choose((PAGE, size)), 1)
        case 5:
            s.raw("getrandom", where, size, 0)
        case 6:
            s.raw("writev", s.fd(), Packed([where, size, b"abc", 3]), choose((1, 2)))
        case 7:
            s.raw("readv", s.fd(), choose((0xFFFF_E000, 0xFFFF_FFFC, 0xFFFF_FFF8)), choose((1, 2)))
        case 8:
            s.raw("madvise", where if where >= 0xFFFF_E000 else 0x2000_0000, size, choose((0, 1, 3)))
        case _:
            s.raw("mincore", choose((0xFFFF_E000, 0xFFFF_F000, 0x2000_0000)), size, choose(HOSTILE))


def names16(s: Sequence32) -> None:
    """Ids of 16 bits."""
    choose = s.random.choice
    ids = [choose((0xFFFF, 0xFFFE, 1000, 0x103E8, 0, -1, 0x1FFFF)) for _ in range(3)]
    match s.random.randrange(5):
        case 0:
            s.raw(choose(("setuid", "setgid", "setfsuid", "setfsgid")), ids[0])
        case 1:
            s.raw(choose(("setreuid", "setregid")), *ids[:2])
        case 2:
            s.raw(choose(("setresuid", "setresgid")), *ids)
        case 3:
            s.raw(choose(("chown", "lchown")), s.local(), *ids[:2])
        case _:
            s.raw("getresuid", Buffer("ids", 12), choose((Buffer("ids", 0, 4), Edge(2), Edge(1))), Buffer("ids", 0, 8),
                  dump=[("ids", 0, 12)])  # fmt: skip


def robust32(s: Sequence32) -> None:
    """The robust list has 12 bytes."""
    s.raw("set_robust_list", s.random.choice((0, Buffer("robust", 24))), s.random.choice((12, 24, 0)))
    s.raw("get_robust_list", 0, Buffer("robust", 24), s.random.choice((Buffer("size", 8), Edge(4), Edge(3))))
