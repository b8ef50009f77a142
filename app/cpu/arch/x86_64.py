"""x86-64: CPL 3, its trap instructions, and what its exceptions mean.

Where the emulated processor is not a real one:

- There is no AVX, FMA or SHA, and CPUID does not offer them. Their instructions raise #UD, except that some 128-bit
  VEX forms run as the SSE instruction they look like.
- `rdrand` and `rdseed` answer from the host, so a program that uses them is not reproducible. CPUID and the rest are.
- `rdtsc` and `rdtscp` answer `Cpu.timestamp`; TSC_AUX is 0.
- Alignment is never checked: an unaligned `movaps` works instead of raising #GP, and there is no #AC.
- A 16-byte store across two pages of which the second one faults has already stored its first 8 bytes.
- A jump to a non-canonical address raises #GP at the target, as after the jump, not at the jump. A non-canonical
  stack address raises #GP, not #SS.
- `ins` has stored a zero by the time its #GP is raised; `rep ins` and `rep outs` with RCX = 0 do not raise it.
- An access that wraps around the end of the address space is not modelled.
"""

from __future__ import annotations

from typing import Any, ClassVar

from app.cpu.arch import Architecture, fxsave
from app.cpu.exits import Exit, FaultExit, TrapExit
from app.cpu.mmu import PAGE_SHIFT, PhysicalMemory
from app.cpu.unicorn_calls import uc_const
from app.cpu.unicorn_library import constants
from app.cpu.unicorn_raw import Engine

x86 = constants("x86_const")

_GENERAL = (
    *("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp"),
    *("r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"),
)
_SYSTEM = ("cs", "ss", "ds", "es", "fs", "gs", "fs_base", "gs_base", "mxcsr", "fpcw")

_FLOATING_POINT = [getattr(x86, f"UC_X86_REG_{name.upper()}") for name in fxsave.REGISTERS]

_TRAP_FLAG = 0x100
_USER_FLAGS = 0x202
"""IF and the bit that is always set."""

_MXCSR = 0x1F80
"""Every floating point exception masked, as at the start of a Linux program."""

_MSR_STAR = 0xC0000081
_MSR_EFER = 0xC0000080
_EFER_SYSCALL_ENABLE = 1
_FNINIT_SYSRET = b"\xdb\xe3\x48\x0f\x07"
_USER_SELECTORS = 0x23 << 48 | 8 << 32
"""STAR: `sysretq` loads CS = 0x33 and SS = 0x2b from it, as on Linux."""

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
_PREFIXES = frozenset((0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF0, 0xF2, 0xF3, *range(0x40, 0x50)))
_LONGEST_INSTRUCTION = 15


class X8664(Architecture):
    """Long mode, 64-bit code."""

    registers: ClassVar[dict[str, int]] = {
        name: getattr(x86, f"UC_X86_REG_{name.upper()}") for name in (*_GENERAL, "rip", "rflags", *_SYSTEM)
    }
    general = _GENERAL
    pc = "rip"
    sp = "rsp"
    flags = "rflags"
    engine_kind = (uc_const.UC_ARCH_X86, uc_const.UC_MODE_64)
    warm_up_code = b"\x0f\x05"
    initial_floating_point = fxsave.INITIAL
    untranslatable_vector: ClassVar[str] = "#GP"

    def __init__(self, engine: Engine, memory: PhysicalMemory) -> None:
        super().__init__(engine, memory)
        number = self.registers
        self._read_state = engine.reader((number["rip"], number["rflags"]))
        self._write_syscall_state = engine.writer((number["rcx"], number["r11"]))
        user_state = [number[name] for name in (*_GENERAL, "rip", "rflags", "fs_base", "gs_base")]
        self._read_user_state = engine.reader(user_state)
        self._write_user_state = engine.writer(user_state)
        self._floating_point = engine.wide_registers(_FLOATING_POINT)

    def enter_user_mode(self, scratch: int) -> None:
        engine, number = self.engine, self.registers
        msr = x86.UC_X86_REG_MSR
        enabled = engine.read_model_specific(msr, _MSR_EFER) | _EFER_SYSCALL_ENABLE
        engine.write_model_specific(msr, _MSR_EFER, enabled)
        engine.write_model_specific(msr, _MSR_STAR, _USER_SELECTORS)
        engine.write_register(number["rcx"], scratch + 16)
        engine.write_register(number["r11"], _USER_FLAGS)
        engine.run_privileged(scratch, _FNINIT_SYSRET)
        engine.write_register(number["rcx"], 0)
        engine.write_register(number["r11"], 0)
        engine.write_register(number["mxcsr"], _MXCSR)

    def add_hooks(self) -> None:
        engine, state, number = self.engine, self.engine.state, self.registers
        engine.on_interrupt()
        engine.on_invalid()
        engine.on_instruction(x86.UC_X86_INS_SYSCALL, "syscall")
        engine.on_instruction(x86.UC_X86_INS_SYSENTER, "sysenter")
        engine.on_port(x86.UC_X86_INS_IN, x86.UC_X86_INS_OUT)
        write_counter = engine.writer((number["rax"], number["rdx"]))
        write_counter_and_aux = engine.writer((number["rax"], number["rdx"], number["rcx"]))

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
        match event[0]:
            case "syscall":
                # Intel SDM, SYSCALL: RCX takes the return address, R11 RFLAGS (with RF clear).
                self._write_syscall_state(pc, flags)
                return TrapExit("syscall", pc - 2, pc, {"rcx": pc, "r11": flags})
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
        if number in _CONTRIBUTORY:
            self._forget_exception()
        is_software = self.read_user(pc - 2, 2) == bytes((_INT, number)) and not (number == 0 and self._divides(pc))
        if number == 3:
            return FaultExit("#BP", pc)
        if not is_software:
            return FaultExit(_VECTORS.get(number, "#GP"), pc)
        if number == _LINUX_INTERRUPT:
            return TrapExit("int 0x80", pc - 2, pc, {})
        if number == 4:
            return FaultExit("#OF", pc)
        self.engine.write_register(self.registers["rip"], pc - 2)
        return FaultExit("#GP", pc - 2)

    def _forget_exception(self) -> None:
        """Make the emulator forget that it raised an exception: it would take the next one for a double fault.

        Only restoring a snapshot does that, so every register of user mode is carried over to the first one.
        """
        values = self._read_user_state()
        floating_point = self._floating_point.read()
        self.engine.restore(self._undisturbed)
        self._write_user_state(*values)
        self._floating_point.write(floating_point)

    def _invalid(self, pc: int) -> Exit:
        code = self._code_at(pc)
        if code[:1] == bytes((_INT1,)):
            self.engine.write_register(self.registers["rip"], pc + 1)
            return FaultExit("#DB", pc + 1)
        if code[:2] in (_RDPMC, bytes((_INT, 6))):
            return FaultExit("#GP", pc)
        return FaultExit("#UD", pc)

    def _code_at(self, pc: int) -> bytes:
        """The instruction at `pc` without its prefixes; fewer bytes where nothing is mapped."""
        code = self.read_user(pc, _LONGEST_INSTRUCTION)
        skip = 0
        while skip < len(code) and code[skip] in _PREFIXES:
            skip += 1
        return code[skip:]

    def _divides(self, pc: int) -> bool:
        """Whether the instruction at `pc` is `div` or `idiv`."""
        code = self._code_at(pc)
        return len(code) > 1 and code[0] in (0xF6, 0xF7) and code[1] >> 3 & 7 in (6, 7)

    def read_floating_point(self) -> bytes:
        return fxsave.image(self._floating_point.read())

    def write_floating_point(self, image: bytes) -> None:
        self._floating_point.write(fxsave.registers(image))

    def is_translatable(self, address: int) -> bool:
        return address >> 47 in (0, 0x1FFFF)

    def finish_block(self, pc: int) -> int:
        """See `Architecture.finish_block`. Steps with the trap flag, and hides it from the program.

        `popf`, `iret` and the trap instructions end a block, so only `pushf` could show it.
        """
        engine, state, flags_number = self.engine, self.engine.state, self.registers["rflags"]
        page = pc >> PAGE_SHIFT
        while True:
            code = self._code_at(pc)
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
                pushed = engine.read_register(self.registers["rsp"]) + 1
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


ARCHITECTURE = X8664
