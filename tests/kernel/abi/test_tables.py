import re
from pathlib import Path

import pytest

from app.kernel.abi import x86_64_table

HEADER = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")


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
