import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.kernel.abi import aarch64_table, arm_table, i386_table, riscv64_table, x86_64_table

HEADER = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
I386_HEADER = Path("/usr/include/x86_64-linux-gnu/asm/unistd_32.h")
ARM_HEADERS = Path("/usr/arm-linux-gnueabihf/include/asm")


def test_x86_64_numbers_are_those_of_the_kernel_header():
    if not HEADER.exists():
        pytest.skip(f"{HEADER} is not installed")
    theirs = {int(n): name for name, n in re.findall(r"#define __NR_(\w+) (\d+)", HEADER.read_text())}
    assert {n: x86_64_table.NAMES.get(n) for n in theirs} == theirs


def test_x86_64_table_is_complete_up_to_linux_6_16():
    assert set(x86_64_table.NAMES) == {*range(336), *range(424, 470)}
    assert x86_64_table.NAMES[451] == "cachestat"
    assert x86_64_table.NAMES[462] == "mseal"
    assert x86_64_table.NAMES[469] == "file_setattr"
    assert len(set(x86_64_table.NAMES.values())) == len(x86_64_table.NAMES)


def test_i386_numbers_are_those_of_the_kernel_header():
    if not I386_HEADER.exists():
        pytest.skip(f"{I386_HEADER} is not installed")
    theirs = {int(n): name for name, n in re.findall(r"#define __NR_(\w+) (\d+)", I386_HEADER.read_text())}
    assert {n: i386_table.NAMES.get(n) for n in theirs} == theirs
    assert set(range(451)) - set(theirs) == set(range(451)) - set(i386_table.NAMES)


def test_arm_numbers_are_those_of_the_kernel_headers():
    if not ARM_HEADERS.exists():
        pytest.skip(f"{ARM_HEADERS} is not installed")
    common = re.findall(
        r"#define __NR_(\w+) \(__NR_SYSCALL_BASE \+ (\d+)\)", (ARM_HEADERS / "unistd-eabi.h").read_text()
    )
    private = re.findall(r"#define __ARM_NR_(\w+)\s+\(__ARM_NR_BASE\+(\d+)\)", (ARM_HEADERS / "unistd.h").read_text())
    theirs = {int(n): name for name, n in common} | {0xF0000 + int(n): name for name, n in private}
    theirs[341] = "sync_file_range2"
    assert {n: arm_table.NAMES.get(n) for n in theirs} == theirs
    assert set(range(451)) - set(theirs) == set(range(451)) - set(arm_table.NAMES)


def test_calls_that_came_lately_have_the_same_numbers_everywhere():
    for names in (i386_table.NAMES, arm_table.NAMES):
        late = {number: name for number, name in names.items() if 424 <= number < 500}
        assert late.items() <= x86_64_table.NAMES.items()
        assert 469 in late
        assert len(set(names.values())) == len(names)


@pytest.mark.parametrize(("name", "table"), [("aarch64", aarch64_table.NAMES), ("riscv64", riscv64_table.NAMES)])
def test_generic_numbers_are_those_of_the_kernel_headers(name, table):
    headers = Path(f"/usr/{name}-linux-gnu/include")
    if not headers.exists() or shutil.which("gcc") is None:
        pytest.skip(f"{headers} or gcc is not installed")
    command = ["gcc", "-E", "-dM", "-nostdinc", f"-I{headers}", "-"]
    source = "#include <asm/unistd.h>\n"
    shown = subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout
    macros = dict(re.findall(r"#define (__NR\w+) (.+)", shown))

    def number(value):
        while value in macros:
            value = macros[value]
        base = re.fullmatch(r"\((\w+) \+ (\d+)\)", value)
        return number(base[1]) + int(base[2]) if base else int(value)

    names = {macro[5:] for macro in macros if macro.startswith("__NR_")} - {"syscalls", "arch_specific_syscall"}
    theirs = {number(macros[f"__NR_{call}"]): call for call in names}
    assert {n: table.get(n) for n in theirs} == theirs
    later = {n: call for n, call in table.items() if n not in theirs}
    assert {call for n, call in later.items() if n < 451} <= {"riscv_hwprobe"}
    assert {n: x86_64_table.NAMES[n] for n in range(451, 470)}.items() <= later.items()
