"""Thread-local storage of i386: segment descriptors that a program may describe (set_thread_area(2)).

Three entries of the descriptor table belong to each thread (arch/x86/kernel/tls.c). A program loads a selector of one
of them into `gs`, and addresses its thread's data relative to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from .errno import Errno, KernelError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.cpu.cpu import Cpu

FIRST_ENTRY = 12
"""GDT_ENTRY_TLS_MIN of a 64-bit kernel."""

_SEG_32BIT, _READ_EXEC_ONLY, _LIMIT_IN_PAGES, _NOT_PRESENT, _USEABLE = 1, 8, 16, 32, 64
_CONTENTS_SHIFT = 1
_CONTENTS_DATA_MOST = 1
_EMPTY_FLAGS = _READ_EXEC_ONLY | _NOT_PRESENT


class UserDesc(Struct, frozen=True):
    """`struct user_desc`, whose flags are bits."""

    entry_number: int
    base_addr: int
    limit: int
    flags: int

    @classmethod
    def of(cls, fields: Mapping[str, int]) -> UserDesc:
        """From the fields of the struct."""
        return cls(**fields)

    @property
    def is_empty(self) -> bool:
        """Whether it takes the descriptor away: all zero, or the words by which Linux tells of an empty one."""
        return not self.base_addr and not self.limit and self.flags & 0x7F in (0, _EMPTY_FLAGS)

    @property
    def problem(self) -> str:
        """Why it cannot be a descriptor for thread-local storage; empty if it can (Linux `tls_desc_okay`)."""
        if self.is_empty:
            return ""
        if not self.flags & _SEG_32BIT:
            return "The segment must be one of 32 bits."
        if self.flags >> _CONTENTS_SHIFT & 3 > _CONTENTS_DATA_MOST:
            return "The segment must be for data."
        return "The segment must be present." if self.flags & _NOT_PRESENT else ""

    def check(self, cpu: Cpu) -> None:
        """Raise EINVAL unless it can be the descriptor of its entry."""
        if self.problem:
            raise KernelError(Errno.EINVAL, self.problem, "system")
        index_of(cpu, self.entry_number)

    @property
    def descriptor(self) -> int:
        """The processor's own form (Intel SDM, volume 3, 3.4.5); 0 for an empty one."""
        if self.is_empty:
            return 0
        flags = self.flags
        kind = (0 if flags & _READ_EXEC_ONLY else 2) | (flags >> _CONTENTS_SHIFT & 3) << 2 | 1
        access = kind | 1 << 4 | 3 << 5 | 1 << 7
        granularity = bool(flags & _USEABLE) | bool(flags & _SEG_32BIT) << 2 | bool(flags & _LIMIT_IN_PAGES) << 3
        base, limit = self.base_addr, self.limit
        low = limit & 0xFFFF | (base & 0xFF_FFFF) << 16 | access << 40
        return low | (limit >> 16 & 0xF) << 48 | granularity << 52 | (base >> 24) << 56


def described(entry: int, descriptor: int) -> UserDesc:
    """The opposite of `UserDesc.descriptor`."""
    if not descriptor:
        return UserDesc(entry, 0, 0, _EMPTY_FLAGS)
    access, granularity = descriptor >> 40 & 0xFF, descriptor >> 52 & 0xF
    flags = (
        (_SEG_32BIT if granularity & 4 else 0)
        | (access >> 2 & 3) << _CONTENTS_SHIFT
        | (0 if access & 2 else _READ_EXEC_ONLY)
        | (_LIMIT_IN_PAGES if granularity & 8 else 0)
        | (0 if access & 0x80 else _NOT_PRESENT)
        | (_USEABLE if granularity & 1 else 0)
    )
    base = descriptor >> 16 & 0xFF_FFFF | descriptor >> 56 << 24
    limit = descriptor & 0xFFFF | (descriptor >> 48 & 0xF) << 16
    return UserDesc(entry, base, limit, flags)


def free_entry(cpu: Cpu) -> int:
    """The first unused entry of the running task. Raises ESRCH."""
    for index, descriptor in enumerate(cpu.tls_descriptors):
        if not descriptor:
            return FIRST_ENTRY + index
    raise KernelError(Errno.ESRCH, "All three entries for thread-local storage are in use", "system")


def index_of(cpu: Cpu, entry: int) -> int:
    """Which of the three descriptors an entry is. Raises EINVAL."""
    index = entry - FIRST_ENTRY
    if not 0 <= index < len(cpu.tls_descriptors):
        raise KernelError(Errno.EINVAL, f"Entry {entry} is not one of those for thread-local storage", "system")
    return index


def load(cpu: Cpu, wanted: UserDesc) -> None:
    """Make it the descriptor of its entry, for the registers that the CPU has now. Raises EINVAL."""
    wanted.check(cpu)
    index = index_of(cpu, wanted.entry_number)
    descriptors = list(cpu.tls_descriptors)
    descriptors[index] = wanted.descriptor
    cpu.tls_descriptors = tuple(descriptors)
