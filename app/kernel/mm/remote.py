"""Looking into another's memory, whatever its protection: for /proc/PID/mem and ptrace(2) (Linux FOLL_FORCE)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_MASK, PAGE_SHIFT, PAGE_SIZE, READ, WRITE, PhysicalMemory

if TYPE_CHECKING:
    from .address_space import AddressSpace

_ZERO_PAGE = bytes(PAGE_SIZE)


def read_remote(mm: AddressSpace, memory: PhysicalMemory, start: int, size: int) -> bytes:
    """Bytes from `start` on, as many as are mapped."""
    pieces = []
    address, end = start, min(start + size, mm.limit)
    while address < end:
        stop = min(end, (address | PAGE_MASK) + 1)
        vma = mm.find(address)
        if vma is None or not vma.may & READ:
            break
        entry = mm.page_table.entries.get(address >> PAGE_SHIFT)
        if entry is not None:
            pieces.append(memory.read(entry.frame, address & PAGE_MASK, stop - address))
        elif vma.prot & READ:
            pieces.append(mm.copy_in(address, stop - address))
        else:
            pieces.append(_ZERO_PAGE[: stop - address])
        address = stop
    return b"".join(pieces)


def write_remote(mm: AddressSpace, start: int, data: bytes) -> int:
    """Store over what is mapped, private copies of read-only pages too; returns how much."""
    done = 0
    while done < len(data):
        address = start + done
        vma = mm.find(address) if address < mm.limit else None
        if vma is None or not (vma.prot & WRITE or (vma.may & WRITE and not vma.shared)):
            break
        piece = data[done : done + min(PAGE_SIZE - (address & PAGE_MASK), vma.end - address)]
        if vma.prot & WRITE:
            count = mm.copy_out(address, piece)
        else:
            mm.load(address, piece)
            count = len(piece)
        done += count
        if count < len(piece):
            break
    return done
