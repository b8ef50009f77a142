"""The stack a program begins with: strings, auxiliary vector, environment, arguments (System V ABI, AMD64, 3.4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from app.cpu.mmu import EXECUTE, PAGE_SIZE, READ, WRITE

from .mm.faults import page_floor
from .mm.vma import Vma

if TYPE_CHECKING:
    from .credentials import Credentials
    from .kernel import Kernel
    from .mm.address_space import AddressSpace

STACK_ROOM = 128 << 10
"""Bytes that [stack] has below its first contents before it must grow."""

STACK_PRESENT = 16 << 10
"""Bytes below the first contents that have frames from the start, so that ordinary pushes cause no page fault."""

CLOCK_TICKS = 100

AT_NULL, AT_PHDR, AT_PHENT, AT_PHNUM, AT_PAGESZ, AT_BASE, AT_FLAGS, AT_ENTRY = 0, 3, 4, 5, 6, 7, 8, 9
AT_UID, AT_EUID, AT_GID, AT_EGID, AT_PLATFORM, AT_HWCAP, AT_CLKTCK = 11, 12, 13, 14, 15, 16, 17
AT_SECURE, AT_RANDOM, AT_HWCAP2, AT_EXECFN, AT_SYSINFO_EHDR, AT_MINSIGSTKSZ = 23, 25, 26, 31, 33, 51

_MOST_AUXV_BYTES = 512
_PROGRAM_HEADER_SIZES = {4: 32, 8: 56}
"""Size of `Elf32_Phdr` and `Elf64_Phdr`, by the bytes of a word."""


class Strings(Struct, frozen=True):
    """What a program is told when it begins: the name it was found by, its arguments and its environment."""

    filename: bytes
    argv: tuple[bytes, ...]
    envp: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """Bytes that it takes on the stack at most, with the pointers and the auxiliary vector."""
        strings = (self.filename, *self.argv, *self.envp)
        return sum(map(len, strings)) + 9 * (len(strings) + 4) + _MOST_AUXV_BYTES


class Image(Struct, frozen=True):
    """What the auxiliary vector says of the program: its entry point, its program headers and the interpreter's base.

    `start` is where execution begins: the interpreter's entry point, if there is one. Zero stands for what is absent.
    """

    start: int
    entry: int
    headers_address: int = 0
    headers: int = 0
    base: int = 0
    executable_stack: bool = False
    secure: bool = False


def build(kernel: Kernel, mm: AddressSpace, who: Credentials, strings: Strings, image: Image) -> int:
    """Write it all downwards from the top; returns the stack pointer. Raises OutOfMemory."""
    abi = kernel.abi
    width = abi.info.word_size
    stack_top = abi.memory.stack_top
    pointer = stack_top - width
    contents: list[bytes] = [bytes(width)]

    def push(data: bytes) -> int:
        nonlocal pointer
        pointer -= len(data)
        contents.append(data)
        return pointer

    filename = push(strings.filename + b"\0")
    env_pointers = [push(text + b"\0") for text in reversed(strings.envp)][::-1]
    mm.env_start, mm.env_end = pointer, filename
    arg_pointers = [push(text + b"\0") for text in reversed(strings.argv)][::-1]
    mm.arg_start, mm.arg_end = pointer, mm.env_start
    platform = push(abi.platform.encode() + b"\0") if abi.platform else 0
    seed = push(kernel.random.randbytes(16))
    auxv = [
        *(((AT_SYSINFO_EHDR, mm.vdso),) if mm.vdso else ()),
        (AT_MINSIGSTKSZ, abi.signal_frame.minimum),
        (AT_HWCAP, abi.hwcap),
        (AT_PAGESZ, PAGE_SIZE),
        (AT_CLKTCK, CLOCK_TICKS),
        *_program_headers(image, width),
        (AT_BASE, image.base),
        (AT_FLAGS, 0),
        (AT_ENTRY, image.entry),
        (AT_UID, who.uid),
        (AT_EUID, who.euid),
        (AT_GID, who.gid),
        (AT_EGID, who.egid),
        (AT_SECURE, int(image.secure)),
        (AT_RANDOM, seed),
        (AT_HWCAP2, abi.hwcap2),
        (AT_EXECFN, filename),
        *(((AT_PLATFORM, platform),) if platform else ()),
        *(entry for page in abi.system_pages for entry in page.auxv),
        (AT_NULL, 0),
    ]
    words = [len(arg_pointers), *arg_pointers, 0, *env_pointers, 0, *(word for pair in auxv for word in pair)]
    vector = b"".join(word.to_bytes(width, "little") for word in words)
    push(bytes((pointer - len(vector)) % 16))
    mm.start_stack = push(vector)
    mm.auxv = vector[-2 * width * len(auxv) :]
    prot = READ | WRITE | (EXECUTE if image.executable_stack else 0)
    for page in abi.system_pages:
        mm.map(Vma(page.address, page.address + PAGE_SIZE, READ | EXECUTE, page.name))
        mm.load(page.address, page.code)
    mm.map(Vma(page_floor(pointer) - STACK_ROOM, stack_top, prot, "[stack]", grows_down=True))
    mm.load(pointer, b"".join(reversed(contents)))
    mm.populate(page_floor(pointer) - STACK_PRESENT, stack_top)
    return pointer


def _program_headers(image: Image, width: int) -> list[tuple[int, int]]:
    """Entries for a program that came from a file with program headers."""
    if not image.headers:
        return []
    return [(AT_PHDR, image.headers_address), (AT_PHENT, _PROGRAM_HEADER_SIZES[width]), (AT_PHNUM, image.headers)]
