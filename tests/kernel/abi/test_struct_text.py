import os

import pytest

from app.kernel.abi import x86_64_structs as s
from app.kernel.abi.constants import SaFlag
from app.kernel.abi.struct_text import device_text
from app.kernel.abi.termios_text import (
    CONTROL_FIELDS,
    CONTROL_FLAGS,
    INPUT_FLAGS,
    LOCAL_FLAGS,
    OUTPUT_FIELDS,
    OUTPUT_FLAGS,
)

STAT, RT_SIGACTION, IOCTL, NANOSLEEP, UNAME, FCNTL, UTIMES = 4, 13, 16, 35, 63, 72, 235
TCSETSF, TIOCSWINSZ, F_SETLK = 0x5404, 0x5414, 6


def text(layout, **fields):
    return layout.text(layout.unpack(layout.pack(**fields)))


def test_timespec_matches_strace(strace):
    times = [(0, 2_000_000_000), (-1, 5), (7, -1)]
    calls = [(NANOSLEEP, s.TIMESPEC.pack(tv_sec=sec, tv_nsec=nsec), 0) for sec, nsec in times]
    lines = [line.replace("clock_nanosleep(CLOCK_REALTIME, 0, ", "nanosleep(") for line in strace(calls)]
    assert lines == [f"nanosleep({text(s.TIMESPEC, tv_sec=sec, tv_nsec=nsec)}, NULL)" for sec, nsec in times]


def test_timeval_matches_strace(strace):
    times = [{"tv_sec": -3, "tv_usec": 1_000_000}, {"tv_sec": 4, "tv_usec": -1}]
    path = b"/nonexistent/x"
    shown = ", ".join(text(s.TIMEVAL, **time) for time in times)
    assert strace([(UTIMES, path, b"".join(s.TIMEVAL.pack(**time) for time in times))]) == [
        f'utimes("/nonexistent/x", [{shown}])'
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"sa_handler": 0},
        {"sa_handler": 1, "sa_mask": 0x4002, "sa_flags": int(SaFlag.SA_SIGINFO | SaFlag.SA_RESTART)},
        {"sa_handler": 0x401000, "sa_flags": int(SaFlag.SA_RESTORER), "sa_restorer": 0x1234},
        {"sa_handler": 0x401000, "sa_flags": int(SaFlag.SA_RESTORER | SaFlag.SA_NODEFER | SaFlag.SA_NOCLDSTOP)},
        {"sa_flags": 0x8},
        {"sa_flags": 0x9},
    ],
)
def test_sigaction_matches_strace(strace, fields):
    assert strace([(RT_SIGACTION, 9, s.SIGACTION.pack(**fields), 0, 8)]) == [
        f"rt_sigaction(SIGKILL, {text(s.SIGACTION, **fields)}, NULL, 8)"
    ]


def test_winsize_matches_strace(strace):
    size = {"ws_row": 24, "ws_col": 80, "ws_ypixel": 3}
    assert strace([(IOCTL, 99, TIOCSWINSZ, s.WINSIZE.pack(**size))]) == [
        f"ioctl(99, TIOCSWINSZ, {text(s.WINSIZE, **size)})"
    ]


def test_termios_matches_strace(strace):
    samples = [
        {},
        {"c_iflag": 0o2400, "c_oflag": 0o5, "c_cflag": 0xBF, "c_lflag": 0x8A3B, "c_cc": bytes(range(19))},
        {"c_iflag": 0xFFFF_FFFF, "c_oflag": 0xFFFF_FFFF, "c_cflag": 0xC000_1FFF, "c_lflag": 0xFFFF_FFFF},
        {"c_iflag": 0x8000_0000, "c_oflag": 0o13005, "c_cflag": 0o10002, "c_lflag": 1},
        {"c_oflag": 0x8000_0000, "c_cflag": 0o10040},
        *({"c_cflag": speed} for speed in [*range(16), *range(0o10000, 0o10020)]),
    ]
    lines = strace([(IOCTL, 99, TCSETSF, s.TERMIOS.pack(**sample)) for sample in samples])
    shown = [line.split("TCSETSF, ")[1].removesuffix(")") for line in lines]
    assert shown == [text(s.TERMIOS, **sample) for sample in samples]


def test_termios_values_are_those_of_the_headers(c_values):
    groups = [INPUT_FLAGS, OUTPUT_FLAGS, CONTROL_FLAGS, LOCAL_FLAGS, *OUTPUT_FIELDS, *CONTROL_FIELDS]
    names = {name: value for group in groups for name, value in group.items()}
    assert dict(zip(names, c_values(["asm/termbits.h"], list(names)), strict=True)) == names


@pytest.mark.parametrize("kind", [0, 1, 2, 9])
def test_flock_matches_strace(strace, kind):
    lock = {"l_type": kind, "l_whence": 1, "l_start": -5, "l_len": 10}
    assert strace([(FCNTL, 99, F_SETLK, s.FLOCK.pack(**lock))]) == [f"fcntl(99, F_SETLK, {text(s.FLOCK, **lock)})"]


@pytest.mark.parametrize("path", ["/dev/null", "/etc/passwd", "/tmp"])
def test_stat_matches_strace(strace, path):
    real = os.stat(path)
    fields = {"st_mode": real.st_mode, "st_size": real.st_size, "st_rdev": real.st_rdev}
    room = bytes(s.STAT.size)
    assert strace([(STAT, path.encode(), room)]) == [f'stat("{path}", {text(s.STAT, **fields)})']


def test_utsname_matches_strace(strace):
    here = os.uname()
    fields = {"sysname": here.sysname.encode(), "nodename": here.nodename.encode()}
    assert strace([(UNAME, bytes(s.UTSNAME.size))]) == [f"uname({text(s.UTSNAME, **fields)})"]


@pytest.mark.parametrize(("major", "minor"), [(1, 3), (0x88, 0), (0xFFF, 0xFFFFF), (0x12345678, 0x1ABCDEF0), (0, 0)])
def test_device_numbers_are_split_as_in_the_c_library(major, minor):
    shown = [f"{part:#x}" if part else "0" for part in (major, minor)]
    assert device_text(os.makedev(major, minor)) == f"makedev({shown[0]}, {shown[1]})"


def test_every_structure_is_found_by_its_name():
    assert s.STRUCTS["stat"] is s.STAT
    layouts = {value for value in vars(s).values() if isinstance(value, s.Layout)}
    assert set(s.STRUCTS.values()) >= layouts
