"""The architectures, and what everyone must know of each: the one list that menus, options and checks are made from."""

from __future__ import annotations

from msgspec import Struct

PAGE = 4096


class Machine(Struct, frozen=True):
    """One architecture.

    `title` is what people read. `elf_machine` is `e_machine` and `bits` the ELF class (elf(5)); `user_top` is the first
    address above user memory on Linux. Instructions begin at multiples of `instruction_alignment` bytes. `trap` is the
    usual trap instruction; `text_address` is where ld puts code, rounded down to a page.
    """

    name: str
    title: str
    elf_machine: int
    bits: int
    user_top: int
    instruction_alignment: int
    trap: str
    text_address: int

    @property
    def word_size(self) -> int:
        """Bytes in a pointer."""
        return self.bits // 8


MACHINES: dict[str, Machine] = {
    machine.name: machine
    for machine in (
        Machine("x86_64", "x86-64", 62, 64, (1 << 47) - PAGE, 1, "syscall", 0x401000),
        Machine("i386", "i386", 3, 32, 0xFFFF_E000, 1, "int 0x80", 0x8049000),
        Machine("arm", "ARM", 40, 32, 0xFF00_0000, 2, "svc #0", 0x10000),
        Machine("aarch64", "AArch64", 183, 64, 1 << 48, 4, "svc #0", 0x400000),
        Machine("riscv64", "RISC-V", 243, 64, 1 << 38, 2, "ecall", 0x10000),
    )
}
"""Every architecture by its name, the usual one first."""

ARCHES: tuple[str, ...] = tuple(MACHINES)
