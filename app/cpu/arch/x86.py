"""What x86-64 and i386 have in common: exceptions, cycle counters, and the trap flag.

The names of the exceptions are those of the Intel SDM, volume 3, table 6-1. A page fault is `#PF`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from app.cpu.arch import Architecture, fxsave
from app.cpu.exits import Access, Exit, FaultExit, TrapExit
from app.cpu.mmu import PAGE_SHIFT, PhysicalMemory
from app.cpu.unicorn_library import constants
from app.cpu.unicorn_raw import Engine

x86 = constants("x86_const")

USER_FLAGS = 0x202
"""IF and the bit that is always set."""

MXCSR = 0x1F80
"""Every floating point exception masked, as at the start of a Linux program."""

_TRAP_FLAG = 0x100
_VIRTUAL_8086 = 0x2_0000
_VECTORS = {
    0: "#DE",
    1: "#DB",
    3: "#BP",
    4: "#OF",
    5: "#BR",
    6: "#UD",
    7: "#NM",
    10: "#TS",
    11: "#NP",
    12: "#SS",
    13: "#GP",
    16: "#MF",
    17: "#AC",
    19: "#XM",
}

_CONTRIBUTORY = (0, 10, 11, 12, 13)
"""Exceptions of which two in a row make a double fault (Intel SDM, volume 3, table 6-5)."""

_INT = 0xCD
_INT1 = 0xF1
_PUSHF = 0x9C
_LINUX_INTERRUPT = 0x80
_RDPMC = b"\x0f\x33"
_LEGACY_PREFIXES = frozenset((0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF0, 0xF2, 0xF3))
_LONGEST_INSTRUCTION = 15


def register_numbers(names: Sequence[str]) -> dict[str, int]:
    """Unicorn's numbers of x86 registers."""
    return {name: getattr(x86, f"UC_X86_REG_{name.upper()}") for name in names}


class X86(Architecture):
    """Either kind. `extra_prefixes` are bytes that are prefixes in one of them only.

    `state_names` lists the registers that an exception must not change, `floating_point_names` those of the FXSAVE
    image, `interrupt_saves` what `int` pushes, `counter_names` where `rdtscp` puts low half, high half and TSC_AUX.
    """

    flags: ClassVar[str]
    page_fault_vectors: ClassVar[dict[Access, str]] = {"read": "#PF", "write": "#PF", "execute": "#PF"}
    initial_floating_point: ClassVar[bytes] = fxsave.INITIAL
    state_names: ClassVar[tuple[str, ...]]
    floating_point_names: ClassVar[tuple[str, ...]]
    interrupt_saves: ClassVar[tuple[str, ...]]
    extra_prefixes: ClassVar[frozenset[int]]
    counter_names: ClassVar[tuple[str, str, str]]

    def __init__(self, engine: Engine, memory: PhysicalMemory) -> None:
        super().__init__(engine, memory)
        number = self.registers
        self._prefixes = _LEGACY_PREFIXES | self.extra_prefixes
        self._pc_number = number[self.pc]
        self._flags_number = number[self.flags]
        self._read_state = engine.reader((self._pc_number, self._flags_number))
        self._read_interrupt_frame = engine.reader([number[name] for name in self.interrupt_saves])
        user_state = [number[name] for name in self.state_names]
        self._read_user_state = engine.reader(user_state)
        self._write_user_state = engine.writer(user_state)
        self._floating_point = engine.wide_registers(list(register_numbers(self.floating_point_names).values()))

    @abstractmethod
    def on_syscall(self, pc: int, flags: int) -> Exit:
        """What `syscall` does; `pc` is the address after it."""

    def add_hooks(self) -> None:
        engine, state, number = self.engine, self.engine.state, self.registers
        engine.on_interrupt()
        engine.on_invalid()
        engine.on_instruction(x86.UC_X86_INS_SYSCALL, "syscall")
        engine.on_instruction(x86.UC_X86_INS_SYSENTER, "sysenter")
        engine.on_port(x86.UC_X86_INS_IN, x86.UC_X86_INS_OUT)
        low, high, aux = (number[name] for name in self.counter_names)
        write_counter = engine.writer((low, high))
        write_counter_and_aux = engine.writer((low, high, aux))

        def rdtsc() -> None:
            now = state.timestamp()
            write_counter(now & 0xFFFF_FFFF, now >> 32 & 0xFFFF_FFFF)

        def rdtscp() -> None:
            now = state.timestamp()
            write_counter_and_aux(now & 0xFFFF_FFFF, now >> 32 & 0xFFFF_FFFF, 0)

        engine.replace_instruction(x86.UC_X86_INS_RDTSC, rdtsc)
        engine.replace_instruction(x86.UC_X86_INS_RDTSCP, rdtscp)
        self._undisturbed = engine.save()

    def explain(self, event: tuple[Any, ...]) -> Exit:
        pc, flags = self._read_state()
        if flags & _VIRTUAL_8086:
            return self._leave_virtual_8086(pc)
        match event[0]:
            case "syscall":
                return self.on_syscall(pc, flags)
            case "sysenter":
                return TrapExit("sysenter", pc - 2, pc, {})
            case "interrupt":
                return self._interrupt(event[1], pc)
            case "port":
                # The emulator lets user mode use every port, and goes on to the end of the instruction.
                self.engine.restore(event[1])
                return FaultExit("#GP", self._read_state()[0])
            case _:
                return self._invalid(pc)

    def _interrupt(self, number: int, pc: int) -> Exit:
        """An exception, or `int n`: the emulator does not check the gate's privilege level, so tell them apart."""
        if number == _LINUX_INTERRUPT:
            # Intel SDM, INT n, to an inner privilege level: these are pushed on the kernel's stack.
            saved = dict(zip(self.interrupt_saves, self._read_interrupt_frame(), strict=True))
            return TrapExit("int 0x80", pc - 2, pc, saved)
        if number in _CONTRIBUTORY:
            self.forget_exception()
        is_software = self.read_user(pc - 2, 2) == bytes((_INT, number)) and not (number == 0 and self._divides(pc))
        if number == 3:
            return FaultExit("#BP", pc)
        if not is_software:
            return FaultExit(_VECTORS.get(number, "#GP"), pc)
        if number == 4:
            return FaultExit("#OF", pc)
        self.engine.write_register(self._pc_number, pc - 2)
        return FaultExit("#GP", pc - 2)

    def forget_exception(self) -> None:
        """Make the emulator forget that it raised an exception: it would take the next one for a double fault.

        Only restoring a snapshot does that, so every register of user mode is carried over to the first one.
        """
        values = self._read_user_state()
        floating_point = self._floating_point.read()
        self.engine.restore(self._undisturbed)
        self._write_user_state(*values)
        self._floating_point.write(floating_point)

    def refusal(self, pc: int, address: int, access: Access, present: bool) -> FaultExit:
        """As everywhere, except where user mode should never have come."""
        if self._read_state()[1] & _VIRTUAL_8086:
            return self._leave_virtual_8086(pc)
        return super().refusal(pc, address, access, present)

    def _leave_virtual_8086(self, pc: int) -> FaultExit:
        """The emulator lets `iret` set VM, though only the kernel may: undo it and refuse what came of it."""
        self.forget_exception()
        self.engine.write_register(self._flags_number, self._read_state()[1] & ~_VIRTUAL_8086)
        return FaultExit("#GP", pc)

    def _invalid(self, pc: int) -> Exit:
        code = self.code_at(pc)
        if code[:1] == bytes((_INT1,)):
            self.engine.write_register(self._pc_number, pc + 1)
            return FaultExit("#DB", pc + 1)
        if code[:2] in (_RDPMC, bytes((_INT, 6))):
            return FaultExit("#GP", pc)
        return FaultExit("#UD", pc)

    def code_at(self, pc: int) -> bytes:
        """The instruction at `pc` without its prefixes; fewer bytes where nothing is mapped."""
        code = self.read_user(pc, _LONGEST_INSTRUCTION)
        skip = 0
        while skip < len(code) and code[skip] in self._prefixes:
            skip += 1
        return code[skip:]

    def _divides(self, pc: int) -> bool:
        """Whether the instruction at `pc` is `div` or `idiv`."""
        code = self.code_at(pc)
        return len(code) > 1 and code[0] in (0xF6, 0xF7) and code[1] >> 3 & 7 in (6, 7)

    def read_floating_point(self) -> bytes:
        return fxsave.image(self._floating_point.read())

    def write_floating_point(self, image: bytes) -> None:
        self._floating_point.write(fxsave.registers(image))

    def finish_block(self, pc: int) -> int:
        """See `Architecture.finish_block`. Steps with the trap flag, and hides it from the program.

        `popf`, `iret` and the trap instructions end a block, so only `pushf` could show it.
        """
        engine, state, flags_number = self.engine, self.engine.state, self._flags_number
        page = pc >> PAGE_SHIFT
        while True:
            code = self.code_at(pc)
            opcode = code[0] if code else 0
            flags = engine.read_register(flags_number)
            if flags & _TRAP_FLAG:
                return engine.start(pc)
            engine.write_register(flags_number, flags | _TRAP_FLAG)
            error = engine.start(pc)
            if state.event is not None and state.event[0] == "port":
                engine.restore(state.event[1])
            next_pc, flags = self._read_state()
            engine.write_register(flags_number, flags & ~_TRAP_FLAG)
            if next_pc != pc and opcode == _PUSHF:
                pushed = engine.read_register(self.registers[self.sp]) + 1
                self.write_user(pushed, bytes((self.read_user(pushed, 1)[0] & ~(_TRAP_FLAG >> 8),)))
            if state.event is not None and state.event[0] == "port":
                state.event = ("port", engine.save())
            # A step that was completed counts, also when the emulator looked at some other page on the way and failed.
            if state.event != ("interrupt", 1) or opcode == _INT:
                return error
            state.event = None
            if not pc < next_pc <= pc + _LONGEST_INSTRUCTION or next_pc >> PAGE_SHIFT != page:
                return error
            pc = next_pc
