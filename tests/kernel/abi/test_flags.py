"""Enums of bits."""

import sys
from enum import IntFlag

from app.kernel import kernel  # noqa: F401 - loads every module of the kernel
from app.kernel.abi.constants import MmapFlag, OpenFlag
from app.kernel.abi.flags import Flags, all_bits


def test_members_combine_to_plain_ints():
    both = OpenFlag.O_RDWR | OpenFlag.O_CREAT
    assert (both, type(both)) == (0o102, int)
    assert type(0o102 & OpenFlag.O_CREAT) is int
    assert type(~OpenFlag.O_CREAT) is int


def test_all_bits_counts_a_name_of_several_bits_once():
    class Sharing(Flags):
        SHARED = 1
        PRIVATE = 2
        BOTH = 3
        FIXED = 16

    assert all_bits(Sharing) == 19
    assert all_bits(MmapFlag) & 3 == 3


def test_the_kernel_has_no_other_enums_of_bits():
    modules = [module for name, module in sys.modules.items() if name.startswith("app.")]
    others = {
        value.__qualname__
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, IntFlag) and value.__module__.startswith("app.")
    }
    assert others == set()
