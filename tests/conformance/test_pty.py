"""Pseudo-terminals compared with the machine's own: one program holds both sides."""

from __future__ import annotations

import struct

from tests.conformance.harness import UNMAPPED, Buffer, Call, call, check, compile_case, run_here

O_RDWR, O_NOCTTY, O_NONBLOCK = 2, 0o400, 0o4000
TCGETS, TCSETS, TCFLSH, TIOCGPGRP, TIOCSPGRP, TIOCOUTQ = 0x5401, 0x5402, 0x540B, 0x540F, 0x5410, 0x5411
TIOCGWINSZ, TIOCSWINSZ, FIONREAD, TIOCGSID = 0x5413, 0x5414, 0x541B, 0x5429
TIOCGPTN, TIOCSPTLCK, TIOCGPTLCK, TIOCGPTPEER = 0x8004_5430, 0x4004_5431, 0x8004_5439, 0x5441
MASTER, SLAVE = 3, 4
RAW = struct.pack("<IIIIB", 0, 0, 0xBF, 0, 0) + bytes.fromhex(
    "03 1c 7f 15 04 00 01 00 11 13 1a 00 12 0f 17 16 00 00 00"
)
NO_ECHO = struct.pack("<IIIIB", 0o2400, 5, 0xBF, 0o3, 0) + RAW[17:]


def pair(flags: int = 0) -> list[Call]:
    """Steps that open master (3) and slave (4), both non-blocking if `flags` says so."""
    return [
        call("open", "/dev/ptmx", O_RDWR | O_NOCTTY | flags),
        call("ioctl", MASTER, TIOCSPTLCK, struct.pack("<i", 0)),
        call("ioctl", MASTER, TIOCGPTPEER, O_RDWR | O_NOCTTY | flags),
    ]


def see(fd: int, name: str, size: int = 64) -> Call:
    """A step that reads and shows what came."""
    return call("read", fd, Buffer(name, size), size, dump=[(name, 0, size)])


def test_a_conversation() -> None:
    check(
        *pair(O_NONBLOCK),
        call("write", MASTER, b"hello\n", 6),
        see(SLAVE, "a"),
        see(MASTER, "b"),
        call("write", SLAVE, b"two\nlines\n", 10),
        see(MASTER, "c"),
        see(MASTER, "d"),
        call("write", MASTER, b"ab\x7fc", 4),
        see(SLAVE, "e"),
        see(MASTER, "f"),
        call("write", MASTER, b"\r\x04", 2),
        see(SLAVE, "g", 2),
        see(SLAVE, "h"),
        see(SLAVE, "i"),
        see(SLAVE, "j"),
        call("ioctl", MASTER, TIOCOUTQ, Buffer("n", 4), dump=[("n", 0, 4)]),
    )


def test_raw_and_silent() -> None:
    check(
        *pair(O_NONBLOCK),
        call("ioctl", SLAVE, TCSETS, NO_ECHO),
        call("write", MASTER, b"secret\n", 7),
        see(MASTER, "a"),
        see(SLAVE, "b"),
        call("ioctl", MASTER, TCSETS, RAW),
        call("ioctl", SLAVE, TCGETS, Buffer("t", 64), dump=[("t", 0, 36)]),
        call("write", MASTER, b"\x03\x04\r\n\x7f", 5),
        see(SLAVE, "c"),
        call("write", SLAVE, b"a\nb", 3),
        see(MASTER, "d"),
    )


def test_settings_of_a_new_pair() -> None:
    check(
        *pair(),
        call("ioctl", SLAVE, TCGETS, Buffer("t", 64), dump=[("t", 0, 36)]),
        call("ioctl", MASTER, TCGETS, Buffer("u", 64), dump=[("u", 0, 36)]),
        call("ioctl", SLAVE, TIOCGWINSZ, Buffer("w", 8), dump=[("w", 0, 8)]),
        call("ioctl", MASTER, TIOCSWINSZ, struct.pack("<HHHH", 50, 132, 7, 9)),
        call("ioctl", SLAVE, TIOCGWINSZ, Buffer("w"), dump=[("w", 0, 8)]),
        call("ioctl", SLAVE, TIOCSWINSZ, struct.pack("<HHHH", 24, 80, 0, 0)),
        call("ioctl", MASTER, TIOCGWINSZ, Buffer("w"), dump=[("w", 0, 8)]),
        call("ioctl", MASTER, TIOCGPTN, Buffer("n", 4), show="sign"),
        call("ioctl", MASTER, TIOCGPTLCK, Buffer("n"), dump=[("n", 0, 4)]),
        call("ioctl", SLAVE, TIOCGPTN, Buffer("n")),
        call("ioctl", SLAVE, TIOCSPTLCK, Buffer("n")),
        call("ioctl", MASTER, TIOCGPTN, UNMAPPED),
        call("ioctl", MASTER, TIOCSPTLCK, UNMAPPED),
        call("ioctl", MASTER, 0x9999_9999, 0),
        call("lseek", MASTER, 0, 0),
        call("pread64", MASTER, Buffer("n"), 1, 0),
        call("pwrite64", SLAVE, Buffer("n"), 1, 0),
        call("fstat", MASTER, Buffer("st", 144), dump=[("st", 24, 4), ("st", 40, 8)]),
        call("fstat", SLAVE, Buffer("st"), dump=[("st", 28, 4)]),
        call("read", MASTER, Buffer("n"), 0),
        call("write", MASTER, Buffer("n"), 0),
        call("write", SLAVE, Buffer("n"), 0),
        call("write", MASTER, UNMAPPED, 4),
        call("write", SLAVE, UNMAPPED, 4),
        call("ioctl", MASTER, TCFLSH, 2),
        call("ioctl", SLAVE, TCFLSH, 3),
        call("open", "/dev/tty", O_RDWR),
    )


def test_a_locked_slave() -> None:
    check(
        call("open", "/dev/ptmx", O_RDWR | O_NOCTTY),
        call("ioctl", MASTER, TIOCGPTLCK, Buffer("n", 4), dump=[("n", 0, 4)]),
        call("ioctl", MASTER, TIOCGPTPEER, O_RDWR | O_NOCTTY),
        call("ioctl", MASTER, TIOCSPTLCK, struct.pack("<i", 0)),
        call("ioctl", MASTER, TIOCGPTPEER, O_RDWR | O_NOCTTY),
        call("ioctl", MASTER, TIOCSPTLCK, struct.pack("<i", 1)),
        call("ioctl", MASTER, TIOCGPTPEER, O_RDWR | O_NOCTTY),
    )


def test_closing_the_master() -> None:
    check(
        *pair(),
        call("write", MASTER, b"typed\n", 6),
        call("close", MASTER),
        see(SLAVE, "a"),
        see(SLAVE, "b"),
        call("write", SLAVE, b"x", 1),
        call("write", SLAVE, b"", 0),
        call("ioctl", SLAVE, TCGETS, Buffer("t", 64)),
        call("ioctl", SLAVE, TIOCGWINSZ, Buffer("t")),
        call("ioctl", SLAVE, TIOCSPGRP, Buffer("t")),
        call("ioctl", SLAVE, FIONREAD, Buffer("t")),
        call("open", "/proc/self/fd/4", O_RDWR | O_NOCTTY),
        call("close", SLAVE),
    )


def test_closing_the_slave() -> None:
    check(
        *pair(O_NONBLOCK),
        call("write", SLAVE, b"last words\n", 11),
        call("dup", SLAVE),
        call("close", SLAVE),
        see(MASTER, "a"),
        see(MASTER, "b"),
        call("close", 5),
        see(MASTER, "c"),
        call("ioctl", MASTER, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_NONBLOCK),
        see(MASTER, "d"),
        call("write", 4, b"back\n", 5),
        see(MASTER, "e"),
    )


def test_reopening_the_slave_by_its_descriptor() -> None:
    check(
        *pair(O_NONBLOCK),
        call("open", "/proc/self/fd/4", O_RDWR | O_NOCTTY | O_NONBLOCK),
        call("write", MASTER, b"line\n", 5),
        see(5, "a"),
        see(MASTER, "c"),
        call("close", SLAVE),
        call("write", 5, b"x", 1),
        see(MASTER, "b"),
        call("open", "/proc/self/fd/3", O_RDWR | O_NOCTTY | O_NONBLOCK),
    )


def test_no_foreground_without_a_session() -> None:
    check(
        *pair(),
        call("ioctl", SLAVE, TIOCGPGRP, Buffer("n", 4)),
        call("ioctl", SLAVE, TIOCGSID, Buffer("n")),
        call("ioctl", MASTER, TIOCGPGRP, Buffer("n"), dump=[("n", 0, 4)]),
        call("ioctl", MASTER, TIOCGSID, Buffer("n")),
        call("ioctl", SLAVE, TIOCSPGRP, struct.pack("<i", 1)),
    )


def test_names_are_numbers_that_come_back() -> None:
    """On the machine the numbers depend on who else has terminals."""
    steps = [
        call("open", "/dev/ptmx", O_RDWR | O_NOCTTY),
        call("open", "/dev/pts/ptmx", O_RDWR | O_NOCTTY),
        call("ioctl", 3, TIOCGPTN, Buffer("n", 4), dump=[("n", 0, 4)]),
        call("ioctl", 4, TIOCGPTN, Buffer("n"), dump=[("n", 0, 4)]),
        call("ioctl", 4, TIOCSPTLCK, struct.pack("<i", 0)),
        call("open", "/dev/pts/1", O_RDWR | O_NOCTTY),
        call("readlink", "/proc/self/fd/5", Buffer("name", 16), 16, dump=[("name", 0, 10)]),
        call("newfstatat", -100, "/dev/pts/1", Buffer("st", 144), 0, dump=[("st", 24, 12), ("st", 40, 8)]),
        call("close", 3),
        call("open", "/dev/pts/0", O_RDWR),
        call("open", "/dev/ptmx", O_RDWR | O_NOCTTY),
        call("ioctl", 3, TIOCGPTN, Buffer("n"), dump=[("n", 0, 4)]),
    ]
    lines = run_here(compile_case(steps)).stdout.decode().split()
    mode, owner = "90210000", "e803000005000000"
    assert lines == [
        "3", "4", "0", "00000000", "0", "01000000", "0", "5", "10", b"/dev/pts/1".hex(), "0", mode + owner,
        "0188000000000000", "0", "-2", "3", "0", "00000000",
    ]  # fmt: skip


def test_a_full_screen_stops_the_writer() -> None:
    steps = [*pair(O_NONBLOCK), *(call("write", SLAVE, b"x" * 4000, 4000) for _ in range(4))]
    counts = [int(line) for line in run_here(compile_case(steps)).stdout.split()[3:]]
    assert counts == [4000, 4000, 192, -11]
