"""Makers of the fuzzer for the calls about files that `fuzz_calls.py` does not have."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.conformance.program import AT_FDCWD, READ_ONLY, Buffer, Edge, Packed

if TYPE_CHECKING:
    from tests.conformance.fuzz_calls import Sequence

PAGE = 4096
COUNTS = [0, 1, 3, 7, 100, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE]
PLACES = [0, 1, 5, 100, PAGE, PAGE + 1, 20_000, -1, 2**44 - PAGE, 2**63 - 1]
AT_FLAGS = [0, 0, 0x100, 0x1000, 0x1100, 0x400, 0x1400, 1, -1]
IDS = [-1, 1000, 0, 1001, 2**32 - 1, 2**32 + 1000]
SHORT_TIMES = [0, 1, 999_999, -1, 10**6, 10**9, 0x3FFF_FFFF, 0x3FFF_FFFE]
ATTRIBUTES = ["user.a", "user.b", "user.", "trusted.a", "security.a", "system.a", "foo", "", "user." + "n" * 251]
NODES = [0o644, 0o100600, 0o10644, 0o140600, 0o20600, 0o60600, 0o40755, 0o120777, 0o170000]
LOCK_COMMANDS = [5, 6, 7, 36, 37, 37, 37, 38]
OTHER_COMMANDS = [8, 9, 10, 11, 16, 1025, 1027, 1028, 1033, 1034]
SEALS = [0, 1, 2, 4, 8, 16, 32, 6, 12, 64, -1]
WATCHED = [
    0,
    1,
    2,
    0x20,
    0x100,
    0xFFF,
    0x3C0,
    1 << 24 | 1,
    1 << 25 | 4,
    1 << 29 | 2,
    1 << 28 | 2,
    1 << 31 | 0x20,
    0x1000,
]


def makers(sequence: Sequence) -> list[tuple[Callable[[], None], int]]:
    """Each with its weight."""
    chosen = (
        (change_mode, 5), (change_owner, 4), (change_times, 4), (make_link, 5), (make_node, 4), (truncate, 3),
        (allocate, 3), (send, 5), (splice, 7), (vectors, 5), (lock, 6), (command, 4), (memory_file, 3), (attribute, 5),
        (watch, 5), (flush, 3), (close_range, 1), (whiteout, 1), (list_directory, 1),
    )  # fmt: skip
    return [(lambda maker=maker: maker(sequence), weight) for maker, weight in chosen]  # type: ignore[misc]


def change_mode(s: Sequence) -> None:
    """chmod and its kin."""
    mode = s.random.choice((0, 0o644, 0o755, 0o700, 0o2755, 0o4711, 0o1777, 0o7777, -1))
    match s.random.randrange(4):
        case 0:
            s.add("chmod", s.local(), mode)
        case 1:
            s.add("fchmod", _file(s), mode)
        case 2:
            s.add("fchmodat", s.dirfd(), s.local(), mode)
        case _:
            s.add("fchmodat2", s.dirfd(), s.local(), mode, s.random.choice(AT_FLAGS))


def change_owner(s: Sequence) -> None:
    """chown and its kin."""
    ids = s.random.choice(IDS), s.random.choice(IDS)
    match s.random.randrange(4):
        case 0:
            s.add("chown", s.local(), *ids)
        case 1:
            s.add("fchown", _file(s), *ids)
        case 2:
            s.add("lchown", s.local(), *ids)
        case _:
            s.add("fchownat", s.dirfd(), s.local(), *ids, s.random.choice(AT_FLAGS))


def change_times(s: Sequence) -> None:
    """utimensat and its kin."""
    choose = s.random.choice
    words = [choose((0, 1, -1, 2**40)), choose(SHORT_TIMES), choose((0, 5, -(2**63))), choose(SHORT_TIMES)]
    times: object = choose((Packed(words), Packed(words), 0, Edge(31), 1))
    match s.random.randrange(4):
        case 0:
            s.add("utimes", s.local(), times)
        case 1:
            s.add("utime", s.local(), times)
        case 2:
            s.add("futimesat", s.dirfd(), choose((s.local(), 0)), times)
        case _:
            s.add("utimensat", s.dirfd(), choose((s.local(), s.local(), 0, "")), times, choose(AT_FLAGS))


def make_link(s: Sequence) -> None:
    """Hard links."""
    if s.random.random() < 0.5:
        s.add("link", s.local(), s.local())
    else:
        old = s.random.choice((s.local(), s.local(), ""))
        s.add("linkat", s.dirfd(), old, s.dirfd(), s.local(), s.random.choice(AT_FLAGS))


def make_node(s: Sequence) -> None:
    """mknod; a fifo may be opened later."""
    choose = s.random.choice
    device = choose((0, 0, 0x103, -1))
    if s.random.random() < 0.5:
        s.add("mknod", s.local(), choose(NODES), device)
    else:
        s.add("mknodat", s.dirfd(), s.local(), choose(NODES), device)


def truncate(s: Sequence) -> None:
    """By path."""
    s.add("truncate", s.local(), s.random.choice((0, 1, 100, PAGE, 10_000, -1, 2**44, 2**63 - 1)))


def allocate(s: Sequence) -> None:
    """Modes whose effect on holes does not depend on the disk."""
    modes = (3, 3, 3, 2, 8, 0x20, 9, 0x21, 0x40, 0x80, -1)
    s.add("fallocate", s.fd(), s.random.choice(modes), s.random.choice(PLACES), s.random.choice((*COUNTS, -1)))


def send(s: Sequence) -> None:
    """sendfile and copy_file_range."""
    choose = s.random.choice
    if s.random.random() < 0.5:
        s.add("sendfile", s.fd(), s.fd(), _offset(s), choose(COUNTS))
    else:
        s.add("copy_file_range", s.fd(), _offset(s), s.fd(), _offset(s), choose(COUNTS), choose((0, 0, 0, 1)))


def splice(s: Sequence) -> None:
    """splice, tee, vmsplice, mostly without waiting."""
    choose = s.random.choice
    flags = choose((2, 2, 2, 3, 0, 16))
    match s.random.randrange(4):
        case 0:
            s.add("tee", s.fd(), s.fd(), choose(COUNTS), flags)
        case 1:
            data, size = s.source()
            s.add("vmsplice", s.fd(), Packed([data, min(size, 3 * PAGE)]), choose((1, 1, 0, 1025)), flags)
        case _:
            s.add("splice", s.fd(), _offset(s), s.fd(), _offset(s), choose(COUNTS), flags)


def vectors(s: Sequence) -> None:
    """preadv, pwritev and the younger ones."""
    choose = s.random.choice
    reading = s.random.random() < 0.5
    words = [word for _ in range(s.random.randint(1, 3)) for word in (s.target() if reading else s.source())]
    name = ("preadv" if reading else "pwritev") + choose(("", "2"))
    offset = choose((0, 1, 5, 100, PAGE, -1, -1, -2, 2**63 - 1))
    s.add(name, s.fd(), Packed(words), len(words) // 2, offset, 0, choose((0, 0, 2, 8, 0x10, 0x20, 0x30, 0x1000)))


def lock(s: Sequence) -> None:
    """flock and record locks."""
    choose = s.random.choice
    if s.random.random() < 0.3:
        s.add("flock", _file(s), choose((4, 5, 6, 8, 12, 7, 5, 6, 0, 32)))
        return
    words = [
        choose((0, 1, 2, 0, 1, 3, 1 << 16, 2 << 16)),
        choose((0, 5, 10, -3)),
        choose((0, 1, 5, 10, -5)),
        choose((0, 0, 0, 5)),
    ]
    s.add("fcntl", _file(s), choose(LOCK_COMMANDS), Packed(words))


def command(s: Sequence) -> None:
    """The lesser commands of fcntl."""
    choose = s.random.choice
    number = choose(OTHER_COMMANDS)
    argument: object = choose((0, 5, 64, 65, -1, s.fd()))
    if number == 8:
        argument = choose((0, 2**30, -(2**31)))
    elif number == 1033:
        argument = choose(SEALS)
    elif number == 16:
        argument = choose((Buffer("b", 16), Edge(7), READ_ONLY))
    s.add("fcntl", _file(s), number, argument)


def memory_file(s: Sequence) -> None:
    """memfd_create."""
    s.result(
        "memfd_create", s.random.choice(("m", "", "n" * 249, "n" * 250, 1)), s.random.choice((0, 1, 2, 2, 8, 10, 0x18))
    )


def attribute(s: Sequence) -> None:
    """Extended attributes."""
    choose = s.random.choice
    name: object = choose(ATTRIBUTES[:3] if s.random.random() < 0.7 else [*ATTRIBUTES, 1, Edge(0)])
    prefix = choose(("", "l", "f"))
    place = _file(s) if prefix == "f" else s.local()
    match s.random.randrange(4):
        case 0 | 1:
            s.add(
                f"{prefix}setxattr",
                place,
                name,
                b"value" * 20,
                choose((0, 1, 5, 100, 70_000)),
                choose((0, 0, 1, 2, 3, 4)),
            )
        case 2:
            s.add(f"{prefix}getxattr", place, name, Buffer("b", 4 * PAGE), choose((0, 1, 100, PAGE)))
        case _:
            s.add(f"{prefix}removexattr", place, name)


def watch(s: Sequence) -> None:
    """inotify. Reading gives cookies and is not looked at."""
    choose = s.random.choice
    match s.random.randrange(5):
        case 0:
            s.result("inotify_init1", choose((0o4000, 0o4000, 0o2004000, 1)))
        case 1:
            s.add("inotify_rm_watch", s.fd(), choose((1, 2, 3, 0, -1)))
        case _:
            s.add("inotify_add_watch", s.fd(), s.local(), choose(WATCHED))


def flush(s: Sequence) -> None:
    """The sync family and advice."""
    choose = s.random.choice
    match s.random.randrange(4):
        case 0:
            s.add(choose(("fsync", "fdatasync", "syncfs")), _file(s))
        case 1:
            s.add("sync_file_range", _file(s), choose(PLACES), choose(PLACES), choose((0, 7, 8)))
        case 2:
            s.add("fadvise64", _file(s), choose(PLACES), choose(PLACES), choose((0, 4, 5, 6, -1)))
        case _:
            s.add("readahead", _file(s), choose((0, 5)), choose((0, PAGE)))


def close_range(s: Sequence) -> None:
    """Above those that are used most."""
    s.add("close_range", s.random.choice((12, 20, 2**31)), s.random.choice((15, 30, 11)), s.random.choice((0, 4, 2, 1)))


def whiteout(s: Sequence) -> None:
    """renameat2 with RENAME_WHITEOUT."""
    s.add("renameat2", AT_FDCWD, s.local(), AT_FDCWD, s.local(), s.random.choice((4, 5, 6)))


def list_directory(s: Sequence) -> None:
    """getdents, which is compared as far as it fails."""
    s.add(
        "getdents",
        s.random.choice((s.fd(), -1)),
        Buffer("entries", 4 * PAGE),
        s.random.choice((0, 10, PAGE)),
        show="none",
    )


def _file(s: Sequence) -> object:
    """A descriptor; not standard input, which is another's file on the real machine."""
    fd = s.fd()
    return 7 if fd == 0 else fd


def _offset(s: Sequence) -> object:
    """A pointer to an offset, most often none."""
    if s.random.random() < 0.6:
        return 0
    return s.random.choice(
        (Packed([s.random.choice(PLACES)]), Packed([s.random.choice(PLACES)]), Edge(7), READ_ONLY, 1)
    )
