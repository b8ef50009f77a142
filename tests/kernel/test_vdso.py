"""The vDSO: its ELF image, where it is, and its code, which is generated."""

import io
import struct

import pytest

from app.kernel.abi import ABIS
from app.kernel.abi.vdso import CODE_START, elf_hash
from app.kernel.abi.vdso import code as machine_code
from app.trace import generated
from tests import vdso_code

WITH_VDSO = {name: abi for name, abi in ABIS.items() if abi.vdso is not None}
VERSIONS = {"x86_64": "LINUX_2.6", "aarch64": "LINUX_2.6.39", "riscv64": "LINUX_4.15"}


def test_the_code_is_what_the_sources_assemble_to():
    missing = vdso_code.missing_tool()
    if missing:
        pytest.skip(f"needs {missing}")
    assert generated.stale(vdso_code.files()) == []


@pytest.mark.parametrize("name", VERSIONS)
def test_the_image_is_an_elf_file_with_versioned_symbols(name):
    elffile = pytest.importorskip("elftools.elf.elffile")
    image = WITH_VDSO[name].vdso.image
    assert len(image) <= 4096
    elf = elffile.ELFFile(io.BytesIO(image))
    (dynamic,) = [segment for segment in elf.iter_segments() if segment["p_type"] == "PT_DYNAMIC"]
    symbols = {symbol.name: symbol["st_value"] for symbol in dynamic.iter_symbols() if symbol.name}
    assert symbols == getattr(machine_code, f"{name.upper()}_SYMBOLS")
    tags = {tag.entry.d_tag: tag.entry.d_val for tag in dynamic.iter_tags()}
    versions = struct.unpack_from(f"<{len(symbols) + 1}H", image, tags["DT_VERSYM"])
    assert set(versions[1:]) == {2}
    second = tags["DT_VERDEF"] + struct.unpack_from("<I", image, tags["DT_VERDEF"] + 16)[0]
    _, _, index, _, hashed, aux, _ = struct.unpack_from("<HHHHIII", image, second)
    assert (index, hashed) == (2, elf_hash(VERSIONS[name]))
    (at,) = struct.unpack_from("<I", image, second + aux)
    assert image[tags["DT_STRTAB"] + at :].startswith(VERSIONS[name].encode() + b"\0")


@pytest.mark.parametrize("name", VERSIONS)
def test_every_symbol_is_found_by_its_hash_chain(name):
    image = WITH_VDSO[name].vdso.image
    symbols = getattr(machine_code, f"{name.upper()}_SYMBOLS")
    at = 64 + 2 * 56
    buckets, count, first = struct.unpack_from("<III", image, at)
    assert (buckets, count) == (1, len(symbols) + 1)
    chain = struct.unpack_from(f"<{count}I", image, at + 12)
    found = []
    while first:
        found.append(first)
        first = chain[first]
    assert sorted(found) == list(range(1, count))


def test_the_hash_is_that_of_the_specification():
    assert elf_hash("LINUX_2.6") == 0x3AE75F6
    assert elf_hash("printf") == 0x077905A6


def test_signal_handlers_return_to_code():
    for abi in WITH_VDSO.values():
        if not abi.signal_frame.needs_restorer:
            assert abi.vdso.sigreturn >= CODE_START
