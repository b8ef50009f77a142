"""Reading ELF files: what is refused and why, and a real linker's output."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

from app.toolchain.assemble import assemble
from app.toolchain.elf import ElfError, load_elf, write_elf
from app.toolchain.program import Program, Segment
from tests.toolchain.tools import PROGRAMS, real_executable, require

IMAGE = write_elf(assemble((PROGRAMS / "gas_intel" / "loop.s").read_text()))


def patched(offset: int, layout: str, *values: int) -> bytes:
    data = bytearray(IMAGE)
    struct.pack_into(layout, data, offset, *values)
    return bytes(data)


PH = 64  # the first program header

REFUSED = [
    (b"", "not an ELF file"),
    (IMAGE[:40], "too short"),
    (b"MZ" + IMAGE[2:], "not an ELF file"),
    (patched(4, "<B", 1), "x32"),
    (patched(5, "<B", 2), "big-endian"),
    (patched(18, "<H", 21), "another processor .64-bit PowerPC."),
    (patched(16, "<H", 1), "object file.*link it"),
    (patched(20, "<I", 2), "malformed"),
    (patched(24, "<Q", 0x10), "entry"),
    (patched(32, "<Q", 1 << 63), "outside the file"),
    (patched(54, "<H", 32), "32 bytes each"),
    (patched(56, "<H", 0), "program headers"),
    (patched(56, "<H", 0xFFFF), "program headers"),
    (patched(PH, "<I", 4), "entry"),
    (patched(PH + 8, "<Q", 1 << 40), "outside the file"),
    (patched(PH + 16, "<Q", 0), "outside the memory of user programs"),
    (patched(PH + 16, "<Q", 0xFFFF_8000_0000_0000), "outside the memory of user programs"),
    (patched(PH + 16, "<Q", 0x401001), "not aligned"),
    (patched(PH + 32, "<QQ", 4000, 10), "larger in the file"),
    (patched(PH + 40, "<Q", 1 << 40), "MiB of memory"),
    (patched(PH + 40, "<Q", 0x10000), "overlap"),
]


@pytest.mark.parametrize(("data", "reason"), REFUSED)
def test_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ElfError, match=reason):
        load_elf(data)


def test_damaged_files_are_refused_or_loaded() -> None:
    rng = random.Random(7)
    for _ in range(3000):
        data = bytearray(IMAGE)
        for _ in range(rng.randint(1, 8)):
            data[rng.randrange(300)] = rng.randrange(256)
        try:
            program = load_elf(bytes(data[: rng.choice((len(data), rng.randrange(len(data))))]))
        except ElfError:
            continue
        assert all(segment.size >= len(segment.data) for segment in program.segments)


def test_linked_file_brings_its_symbols(tmp_path: Path) -> None:
    require("as", "ld")
    source = PROGRAMS / "gas_att" / "hello.s"
    ours = assemble(source.read_text())
    real = load_elf(real_executable(source, ours, tmp_path).read_bytes())
    assert real.entry == ours.entry
    places = {symbol.name: symbol.address for symbol in real.symbols}
    assert places["message"] == next(s.address for s in ours.symbols if s.name == "message")
    text = next(segment for segment in real.segments if segment.perms == "r-x")
    assert text.data == ours.segments[0].data


def test_segments_that_share_a_page_are_not_written() -> None:
    segments = (Segment("a", 0x401000, b"x", 1, "r-x"), Segment("b", 0x401800, b"x", 1, "rw-"))
    with pytest.raises(ElfError, match="share a page"):
        write_elf(Program("x86_64", "gas", segments, 0x401000))
