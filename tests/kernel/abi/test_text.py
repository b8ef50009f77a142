import pytest

from app.kernel.abi import constants as c
from app.kernel.abi import text

PATH = b"/nonexistent/x"
P = '"/nonexistent/x"'
WRITE, OPEN, LSEEK, MMAP, MPROTECT, RT_SIGPROCMASK, IOCTL, ACCESS, KILL = 1, 2, 8, 9, 10, 14, 16, 21, 62
FCNTL, MKDIR, MKNOD, CLOCK_GETTIME, CLOCK_NANOSLEEP, NEWFSTATAT, UNLINKAT = 72, 83, 133, 228, 230, 262, 263
RT_SIGTIMEDWAIT, PIPE2, GETRANDOM, FACCESSAT2 = 128, 293, 318, 439
ALL = 0xFFFF_FFFF


def test_quote_matches_strace(strace):
    samples = [
        b"",
        b"hi\n",
        b'\t\n\v\f\r"\\',
        bytes(range(0, 32)),
        bytes(range(120, 152)),
        b"\0001\0008\0009\x00a\x1b[0m\x7f\xff",
        b"\x01" * 40,
        b"x" * 32,
        b"x" * 33,
        b"x" * 31 + b"\x001",
        b"x" * 31 + b"\n\n",
        "grüße".encode(),
        b"tail\x01",
    ]
    calls = [(WRITE, 99, sample, len(sample)) for sample in samples]
    assert strace(calls) == [f"write(99, {text.quote(sample)}, {len(sample)})" for sample in samples]


def test_paths_are_quoted_without_a_limit(strace):
    path = b"/nonexistent/" + b"long/" * 40 + b"\x01"
    assert strace([(ACCESS, path, 0)]) == [f"access({text.quote(path, None)}, F_OK)"]


FLAGS = [
    (c.OpenFlag, lambda v: (OPEN, PATH, v & ~0o100, 0), lambda t: f"open({P}, {t})",
     [0, 1, 2, 3, 0o1000, 0x8000_0000, 0x8000_0001, 0o4010001, 0o10000, 0o2000000, 0o100000, 0o200000, 0o17733677]),
    (c.PipeFlag, lambda v: (PIPE2, 0, v), lambda t: f"pipe2(NULL, {t})", [0, 0o4000, 0o2000000, 0o2044000, 1]),
    (c.MmapProt, lambda v: (MPROTECT, 0, 0, v), lambda t: f"mprotect(NULL, 0, {t})", [0, 1, 3, 7, 0x40, 0x41, ALL]),
    (c.MmapFlag, lambda v: (MMAP, 0, 0, 0, v, 5, 0), lambda t: f"mmap(NULL, 0, PROT_NONE, {t}, 5, 0)",
     [0, 1, 2, 3, 4, 0x10, 0x12, 0x22, 0x32, 0x800, 0x3FFFFF, 0x20022]),
    (c.SeekWhence, lambda v: (LSEEK, 99, 0, v), lambda t: f"lseek(99, 0, {t})", [0, 1, 2, 3, 4, 99, -1]),
    (c.AccessMode, lambda v: (ACCESS, PATH, v), lambda t: f"access({P}, {t})", [0, 1, 2, 4, 7, 8, 15, -1]),
    (c.AtFlag, lambda v: (UNLINKAT, 99, PATH, v), lambda t: f'unlinkat(99, {P}, {t})', [0, 0x200, 0x300, 1, -1]),
    (c.AtFlag, lambda v: (NEWFSTATAT, 99, PATH, 0, v), lambda t: f"newfstatat(99, {P}, NULL, {t})", [0, 0x100, 0x1900]),
    (c.AccessAtFlag, lambda v: (FACCESSAT2, 99, PATH, 0, v), lambda t: f"faccessat2(99, {P}, F_OK, {t})",
     [0, 0x200, 0x1300, 1, -1]),
    (c.ClockId, lambda v: (CLOCK_GETTIME, v, 0), lambda t: f"clock_gettime({t}, NULL)", [0, 1, 4, 7, 11, 12, -1]),
    (c.TimerFlag, lambda v: (CLOCK_NANOSLEEP, 0, v, 0), lambda t: f"clock_nanosleep(CLOCK_REALTIME, {t}, NULL, NULL)",
     [0, 1, 3]),
    (c.GrndFlag, lambda v: (GETRANDOM, 0, 0, v), lambda t: f"getrandom(NULL, 0, {t})", [0, 1, 3, 8, 15, -1]),
    (c.SigHow, lambda v: (RT_SIGPROCMASK, v, 0, 1, 8), lambda t: f"rt_sigprocmask({t}, NULL, 0x1, 8)", [0, 1, 2, 3]),
    (c.FdFlag, lambda v: (FCNTL, 99, 2, v), lambda t: f"fcntl(99, F_SETFD, {t})", [1, 2, 3]),
]  # fmt: skip


@pytest.mark.parametrize(("enumeration", "call", "line", "values"), FLAGS, ids=[f[0].__name__ for f in FLAGS])
def test_flags_match_strace(strace, enumeration, call, line, values):
    assert strace([call(v) for v in values]) == [line(text.flag_text(v, enumeration)) for v in values]


def test_fcntl_commands_match_strace(strace):
    values = [*c.FcntlCommand, 999]
    names = [line.split(", ")[1].rstrip(")") for line in strace([(FCNTL, 99, v, 0) for v in values])]
    assert names == [text.flag_text(v, c.FcntlCommand) for v in values]


def test_modes_match_strace(strace):
    values = [0, 0o7, 0o70, 0o644, 0o1777, 0o10644]
    assert strace([(MKDIR, PATH, v) for v in values]) == [f"mkdir({P}, {text.mode_text(v)})" for v in values]


def test_file_modes_match_strace(strace):
    values = [0o644, 0, 0o100644, 0o140755, 0o107777, 0o40000, 0o10600, 0o170644, 0o30000, 0o120777]
    assert strace([(MKNOD, PATH, v) for v in values]) == [f"mknod({P}, {text.file_mode_text(v)})" for v in values]


def test_signal_names_match_strace(strace):
    values = [*range(0, 66), -1]
    nobody = 0x7FFF_FFF0
    assert strace([(KILL, nobody, v) for v in values]) == [f"kill({nobody}, {text.signal_name(v)})" for v in values]


def test_signal_sets_match_strace(strace):
    values = [0, 1, 0x4002, 2**64 - 1, 1 << 31, 3 << 32, 1 << 63, 2**41 - 1, 2**42 - 1, ~0x100 & 2**64 - 1]
    calls = [(RT_SIGTIMEDWAIT, v.to_bytes(8, "little"), 0, 1, 8) for v in values]
    assert strace(calls) == [f"rt_sigtimedwait({text.signal_set_text(v)}, NULL, 0x1, 8)" for v in values]


def test_ioctl_requests_match_strace(strace):
    values = [0x5401, 0x5413, 0x541B, 0x802C_542A, 0x9999, 0x8008_9901, 0xC010_9902, 0x4000_0001]
    names = [line.split(", ", 1)[1].rsplit(", ", 1)[0] for line in strace([(IOCTL, 99, v, 0) for v in values])]
    assert names == [text.ioctl_text(v) for v in values]
