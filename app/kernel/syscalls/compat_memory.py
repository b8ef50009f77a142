"""The mmap calls of 32-bit programs: offsets in pages, or six arguments in memory."""

from __future__ import annotations

from typing import Annotated

from app.cpu.mmu import PAGE_MASK, PAGE_SHIFT
from app.kernel.abi.constants import MmapFlag, MmapProt
from app.kernel.arguments import Address, Fd, Size
from app.kernel.arguments.integers import ULONG
from app.kernel.arguments.memory import UNALIGNED
from app.kernel.arguments.words import Words
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking

from .memory_map import map_region


@syscall
def mmap2(
    call: Call,
    addr: Address,
    length: Size,
    prot: Annotated[MmapProt, ULONG],
    flags: Annotated[MmapFlag, ULONG],
    fd: Fd,
    pgoffset: Size,
) -> Address:
    """Like mmap, with the offset in pages of 4096 bytes, so that files of more than 4 GiB can be mapped.

    The errors are those of mmap. See mmap2(2).
    """
    return map_region(call, addr, length, prot, flags, fd, pgoffset << PAGE_SHIFT)


@syscall
def old_mmap(call: Call, arg: Annotated[Words, "6"]) -> Blocking[Address]:
    """Like mmap, whose six arguments are in memory at `arg`: i386 Linux could once pass only five in registers.

    EFAULT: they are not readable. EINVAL: the offset is not a multiple of the page size. And the errors of mmap. See
    mmap(2).
    """
    words = arg.read()
    offset = words[5]
    if offset & PAGE_MASK:
        raise call.refuse(Errno.EINVAL, "offset", "alignment", hex(offset), UNALIGNED)
    return Address((yield from call.kernel.dispatcher.become(call, "mmap2", (*words[:5], offset >> PAGE_SHIFT))))
