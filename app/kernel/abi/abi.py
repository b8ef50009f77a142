"""What an ABI consists of."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from app.trace.events import AbiInfo

from .constants import Signo
from .layout import Layout
from .signal_frame import FrameLayout
from .vdso import Vdso


class MemoryMap(Struct, frozen=True):
    """Where an address space has what, while addresses are not randomised.

    `limit` is the first address above user memory (Linux TASK_SIZE), `stack_top` the end of the first stack. mmap(2)
    places regions downwards from `mmap_base`, and when there is no room, upwards from `legacy_base`. Position
    independent programs begin at `dyn_base` (ELF_ET_DYN_BASE).
    """

    limit: int
    stack_top: int
    mmap_base: int
    legacy_base: int
    dyn_base: int


class SystemPage(Struct, frozen=True):
    """Code that the kernel maps into every program, to read and execute: its region's name, its address, the bytes.

    `auxv` are entries of the auxiliary vector that tell programs of it.
    """

    name: str
    address: int
    code: bytes
    auxv: tuple[tuple[int, int], ...] = ()


class FaultMeaning(Struct, frozen=True):
    """What Linux makes of an exception of the CPU, unless it is a page fault that can be repaired.

    `title` is its name in words, `signo` the signal, `code` the signal's si_code. `sentence` tells a student why it was
    raised. `by_privilege` says that instructions which are not for user mode raise it.
    """

    title: str
    signo: Signo
    code: str
    sentence: str = ""
    by_privilege: bool = False


class TracedRegisters(Struct, frozen=True):
    """How ptrace(2) shows the registers: what the fields of `struct user_regs_struct` stand for.

    `others` has the fields whose register the CPU calls something else. `number` is the field with the number of the
    call that the task is in, `result` the one with a call's answer, `absent` are those without a register: they are 0.
    A tracer may not change the `fixed` ones, of `flags` (field, mask) only these bits, and `bases` only to addresses of
    user memory. `area` is the size of `struct user`, which PTRACE_PEEKUSER looks into; where it is 0, there are only
    register sets (PTRACE_GETREGSET).
    """

    result: str
    number: str = ""
    others: Mapping[str, str] = {}
    absent: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    flags: tuple[str, int] = ("", 0)
    bases: tuple[str, ...] = ()
    area: int = 0


ZERO = -1
"""Stands for a register that has 0 in it, in `Variant.shape`."""


class Variant(Struct, frozen=True):
    """How a row of a table differs from the handler that serves it.

    `handler` is the name of the handler, empty when it is the row's own. `shape` has for each argument of the handler
    the argument registers that it comes from, lowest word first: more than one where a value takes several registers.
    ZERO is one that has 0 in it. Empty means: as they come. `structs` are layouts for this row alone, by the names that
    the handler uses.
    """

    handler: str = ""
    shape: tuple[tuple[int, ...], ...] = ()
    structs: Mapping[str, Layout] = {}


class Abi(Struct, frozen=True):
    """One architecture's calling convention for system calls.

    `traps` of `info` are the trap instructions that enter `names`, the complete table number -> name; `doors` those
    that enter another ABI's table, with that ABI. `variants` has the rows of the table that are not quite the handler
    of the same name. `system_pages` are mapped into every program. `structs` are the layouts of the structs the calls
    exchange. `restores` names, for each register that the return to user mode loads, the register that kept its
    value. `privileged` are the instructions that user mode may not execute, as (mask, value, mnemonic) of the first
    bytes of an instruction taken as a little-endian number; `foreign_traps` the trap instructions of other tables
    with what is to be said about them, and `foreign_vector` the exception that they raise. `exceptions` has what each
    vector of the CPU means (arch/x86/kernel/traps.c and its like). `thread_register` holds the base of thread-local
    storage. `machine` is what uname(2) says, `platform` is AT_PLATFORM (empty where there is none), `hwcap` and
    `hwcap2` are AT_HWCAP and AT_HWCAP2. `number_bits` of the number register count; `restart_number` is the number of
    restart_syscall(2). `single_step` is the register and the bit in it that make the CPU trap after each instruction,
    where user mode can set it. `signal_frame` lays out what a signal handler finds on its stack. `open_flags` are the
    flags of open(2) whose bits are not those of x86-64, which the kernel has inside: bit of this ABI -> bit inside.
    `ipc_64` are the calls whose commands carry IPC_64. `cpuinfo` are the rows of /proc/cpuinfo, `config` the options of
    Linux's .config that this architecture sets.
    """

    info: AbiInfo
    names: Mapping[int, str]
    structs: Mapping[str, Layout]
    exceptions: Mapping[str, FaultMeaning]
    memory: MemoryMap
    pc_register: str
    stack_register: str
    thread_register: str
    machine: str
    platform: str
    hwcap: int
    restart_number: int
    signal_frame: FrameLayout
    traced: TracedRegisters
    vdso: Vdso | None = None
    minimum_stack: int = 2048
    hwcap2: int = 0
    any_immediate: bool = False
    has_low_mappings: bool = False
    number_bits: int = 32
    doors: Mapping[str, Abi] = {}
    system_pages: tuple[SystemPage, ...] = ()
    variants: Mapping[str, Variant] = {}
    restores: Mapping[str, str] = {}
    privileged: tuple[tuple[int, int, str], ...] = ()
    foreign_traps: Mapping[bytes, str] = {}
    foreign_vector: str = ""
    single_step: tuple[str, int] | None = None
    open_flags: Mapping[int, int] = {}
    ipc_64: frozenset[str] = frozenset()
    cpuinfo: tuple[tuple[str, str], ...] = ()
    config: tuple[str, ...] = ()

    @property
    def argument_registers(self) -> tuple[str, ...]:
        """Registers that carry the arguments, first argument first."""
        return self.info.argument_registers

    @property
    def bits(self) -> int:
        """Width of a register, a pointer and a `long`."""
        return 8 * self.info.word_size

    @property
    def address_limit(self) -> int:
        """The first address above user memory."""
        return self.memory.limit

    @property
    def access_limit(self) -> int:
        """What a range must not reach beyond to be looked at at all (Linux TASK_SIZE_MAX). The kernel has 64 bits."""
        return self.memory.limit if self.bits == 64 else 1 << 47

    @property
    def first_argument_is_result(self) -> bool:
        """Whether the answer overwrites the first argument, which a call that is made again needs once more."""
        return self.info.return_register == self.argument_registers[0]

    def open_flags_in(self, flags: int) -> int:
        """Flags of open(2) as this kernel has them."""
        return _translated(flags, self.open_flags) if self.open_flags else flags

    def open_flags_out(self, flags: int) -> int:
        """Flags of open(2) as programs have them."""
        return (
            _translated(flags, {inside: bit for bit, inside in self.open_flags.items()}) if self.open_flags else flags
        )

    def privileged_name(self, code: bytes) -> str | None:
        """The mnemonic of an instruction that user mode may not execute; None for any other."""
        word = int.from_bytes(code, "little")
        for mask, value, mnemonic in self.privileged:
            if word & mask == value:
                return mnemonic
        return None


def _translated(flags: int, bits: Mapping[int, int]) -> int:
    """`flags` with each of these bits moved."""
    moved = sum(target for bit, target in bits.items() if flags & bit)
    return flags & ~sum(bits) | moved


def by_prefix(prefixes: Mapping[bytes, str]) -> tuple[tuple[int, int, str], ...]:
    """`Abi.privileged` of instructions that are known by their first bytes."""
    return tuple(
        ((1 << 8 * len(code)) - 1, int.from_bytes(code, "little"), mnemonic) for code, mnemonic in prefixes.items()
    )
