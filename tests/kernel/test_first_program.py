"""Loading a Program: regions, the heap's start, and the initial stack as the ABI lays it out."""

from __future__ import annotations

import random
import struct
from types import SimpleNamespace

import pytest

from app.cpu.mmu import PhysicalMemory
from app.kernel import first_program
from app.kernel.abi.x86_64 import X86_64
from app.kernel.config import KernelConfig
from app.kernel.credentials import Credentials
from app.kernel.first_program import ExecError
from app.kernel.mm.address_space import AddressSpace
from app.toolchain.program import Program, Segment
from app.trace.recorder import Recorder

TOP = 0x7FFF_FFFF_F000
TEXT = Segment(".text", 0x401000, b"\x90" * 5000, 5000, "r-x")
DATA = Segment(".data", 0x404010, b"data", 4, "rw-")
BSS = Segment(".bss", 0x404020, b"", 0x3000, "rw-")


class Loaded:
    """A loaded program."""

    def __init__(self, *segments, pages=2048, **config):
        self.kernel = SimpleNamespace(
            abi=X86_64,
            memory=PhysicalMemory(pages << 12),
            recorder=Recorder(lambda batch: None),
            config=KernelConfig(**config),
            random=random.Random(1),
            vdso=None,
        )
        self.mm = AddressSpace(self.kernel)
        process = SimpleNamespace(mm=self.mm, credentials=Credentials(1000, 1001, 1001, 1001, 1002, 1003, 1003, 1003))
        program = Program("x86_64", "gas", segments, 0x401000)
        self.entry, self.sp = first_program.load(self.kernel, process, program, config.get("argv", ("prog",))[0])

    def words(self):
        """The 64-bit words from the stack pointer up."""
        data = self.mm.copy_in(self.sp, TOP - self.sp)
        return struct.unpack(f"<{len(data) // 8}Q", data[: len(data) // 8 * 8])

    def string(self, address):
        return self.mm.copy_in(address, 4096 - address % 4096).split(b"\0")[0]


def test_regions_and_heap():
    loaded = Loaded(TEXT, DATA, BSS)
    assert [(vma.start, vma.end, vma.perms, vma.name) for vma in loaded.mm.vmas] == [
        (0x401000, 0x403000, "r-xp", ".text"),
        (0x404000, 0x408000, "rw-p", ".data"),
        (TOP - 0x21000, TOP, "rw-p", "[stack]"),
    ]
    assert loaded.entry == 0x401000
    assert loaded.mm.brk == loaded.mm.start_brk == 0x408000
    assert loaded.mm.copy_in(0x401000, 5001) == b"\x90" * 5000 + b"\0"
    assert loaded.mm.copy_in(0x40400F, 6) == b"\0data\0"


def test_the_first_story_has_no_page_faults():
    loaded = Loaded(TEXT, DATA, BSS)
    present = loaded.mm.page_table.entries
    for address in (0x401000, 0x402000, 0x404000, 0x407000, loaded.sp, loaded.sp - 0x3000, TOP - 1):
        assert address >> 12 in present


def test_large_zeroed_memory_waits_until_it_is_touched():
    loaded = Loaded(TEXT, Segment(".bss", 0x500000, b"", 1 << 40, "rw-"))
    assert loaded.kernel.memory.used < 20


def test_arguments_environment_and_auxiliary_vector():
    loaded = Loaded(TEXT, argv=("prog", "", "b c"), env=("A=1", "PATH=/bin"))
    assert loaded.sp % 16 == 0
    words = loaded.words()
    assert words[0] == 3
    assert [loaded.string(address) for address in words[1:4]] == [b"prog", b"", b"b c"]
    assert words[4] == 0
    assert [loaded.string(address) for address in words[5:7]] == [b"A=1", b"PATH=/bin"]
    assert words[7] == 0
    pairs = list(zip(words[8::2], words[9::2], strict=False))
    auxv = dict(pairs[: [key for key, _ in pairs].index(0)])
    assert auxv[6] == 4096
    assert auxv[9] == 0x401000
    assert (auxv[11], auxv[12], auxv[13], auxv[14]) == (1000, 1001, 1002, 1003)
    assert auxv[17] == 100
    assert auxv[23] == 0
    assert len(set(loaded.mm.copy_in(auxv[25], 16))) > 4
    assert loaded.string(auxv[31]) == b"prog"
    assert loaded.string(auxv[15]) == b"x86_64"


@pytest.mark.parametrize("count", range(6))
def test_the_stack_pointer_is_aligned_whatever_the_arguments(count):
    assert Loaded(TEXT, argv=("x" * (count + 1),) * (count + 1), env=("E=" + "y" * count,)).sp % 16 == 0


def test_the_stack_is_as_deep_below_large_arguments():
    loaded = Loaded(TEXT, argv=("a" * 100_000,))
    assert loaded.string(loaded.words()[1]).startswith(b"a" * 100)
    stack = loaded.mm.find(TOP - 1)
    assert stack.start == (loaded.sp & ~4095) - (128 << 10)


@pytest.mark.parametrize(
    ("segments", "config", "words"),
    [
        ((TEXT, Segment(".data", 0x402FF0, b"x", 1, "rw-")), {}, ".data share the page at 0x402000"),
        ((TEXT, Segment(".more", 0x401004, b"x", 1, "r-x")), {}, "overlap at 0x401004"),
        ((Segment(".low", 0x1000, b"x", 1, "r-x"),), {}, ".low at 0x1000"),
        ((Segment(".high", TOP - 4096, b"x", 1, "r-x"),), {}, ".high"),
        ((Segment(".wrap", (1 << 64) - 4096, b"x", 1, "r-x"),), {}, ".wrap"),
        ((Segment(".big", 0x401000, b"xy", 1, "r-x"),), {}, ".big has more data than room"),
        ((TEXT,), {"argv": ("a\0b",)}, "NUL"),
        ((TEXT,), {"env": ("a" * (2 << 20),)}, "arguments and environment"),
    ],
)
def test_what_cannot_be_loaded_is_refused(segments, config, words):
    with pytest.raises(ExecError, match=words):
        Loaded(*segments, **config)
