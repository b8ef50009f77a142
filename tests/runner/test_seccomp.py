"""The filter program itself, for both machines, executed by a small interpreter of classic BPF."""

from __future__ import annotations

import errno
import re
import struct
from pathlib import Path

import pytest

from app.runner import seccomp

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def verdict(machine: str, number: int, *, audit_arch: int | None = None, first_argument: int = 0) -> int:
    """What the kernel would do (seccomp(2) and <linux/filter.h>)."""
    program = seccomp.build(machine)
    arch = ARCHITECTURES[machine] if audit_arch is None else audit_arch
    data = struct.pack("<IIQ6Q", number, arch, 0, first_argument, 0, 0, 0, 0, 0)
    accumulator = 0
    at = 0
    while True:
        code, if_true, if_false, operand = struct.unpack_from("=HBBI", program, at * 8)
        at += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, operand)
        elif code == 0x15:
            at += if_true if accumulator == operand else if_false
        elif code == 0x35:
            at += if_true if accumulator >= operand else if_false
        else:
            assert code == 0x06
            return operand


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_exactly_the_listed_numbers_pass(machine):
    column = list(ARCHITECTURES).index(machine)
    allowed = {numbers[column] for numbers in seccomp.ALLOWED.values()} - {None}
    fatal = {numbers[column] for numbers in seccomp.FATAL.values()} - {None}
    prlimit = (302, 261)[column]
    for number in range(1024):
        expected = ERRNO | errno.EPERM
        if number in allowed or number == prlimit:
            expected = ALLOW
        elif number in fatal:
            expected = KILL
        elif number == 435:
            expected = ERRNO | errno.ENOSYS
        assert verdict(machine, number) == expected, number


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_limits_of_other_processes_are_out_of_reach(machine):
    prlimit = {"x86_64": 302, "aarch64": 261}[machine]
    for pid in (1, 1 << 32, (1 << 64) - 1):
        assert verdict(machine, prlimit, first_argument=pid) == ERRNO | errno.EPERM


def test_other_architectures_and_x32_are_killed():
    i386 = 0x40000003
    assert verdict("x86_64", 4, audit_arch=i386) == KILL
    assert verdict("aarch64", 4, audit_arch=0x40000028) == KILL
    assert verdict("x86_64", 0x40000000 | 1) == KILL


@pytest.mark.parametrize(
    ("column", "header"),
    [(0, "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), (1, "/usr/include/asm-generic/unistd.h")],
)
def test_numbers_are_those_of_the_kernel_headers(column, header):
    if not Path(header).exists():
        pytest.skip(f"{header} is not installed")
    known = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\b", Path(header).read_text()))
    for name, numbers in (seccomp.ALLOWED | seccomp.FATAL | {"prlimit64": (302, 261), "clone3": (435, 435)}).items():
        number = numbers[column]
        # Newer than the headers: nothing to compare with.
        if number is not None and name in known:
            assert known[name] == str(number), name
        elif number is None:
            assert name not in known, name
