"""The CPU: runs user code until a trap, a fault or a stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from msgspec import Struct

from app.cpu.arch import architecture
from app.cpu.exits import Access, Exit, FaultExit, SliceExit, StopExit, TrapExit
from app.cpu.mmu import EXECUTE, PAGE_MASK, PAGE_SHIFT, PAGE_SIZE, READ, PageTable, PhysicalMemory
from app.cpu.unicorn_calls import ERR_EXCEPTION, ERR_OK, CpuError
from app.cpu.unicorn_hooks import ACCESS_FETCH, ACCESS_READ, ACCESS_WRITE
from app.cpu.unicorn_raw import Engine
from app.cpu.unicorn_registers import Snapshot

_ACCESS_NAMES: dict[int, Access] = {ACCESS_READ: "read", ACCESS_WRITE: "write", ACCESS_FETCH: "execute"}
_STOP_RETRY_SECONDS = 0.001
_FRAMES_FLUSHED_SINGLY = 16
_FIRST_MISSES = 256
_MOST_MISSES = 1 << 20
_WARM_UP_PAGE = 16

_COMPARED_BITS = (1 << 48) - PAGE_SIZE
"""The emulator keeps too few address bits of a fault; where these agree, it means the same page."""


class Context(Struct, frozen=True):
    """What a task keeps of the CPU while another one runs: every register, floating point and thread pointer too."""

    pc: int
    snapshot: Snapshot
    descriptors: tuple[int, ...] = ()


class Cpu:
    """One processor in user mode over `memory`, which it keeps pinned until `close`.

    Used by one thread; only `stop` may be called from others. Register names are lower case.
    Raises `ValueError` for an unknown architecture, `CpuError` when the emulator can't be set up.
    """

    def __init__(self, arch: str, memory: PhysicalMemory) -> None:
        kind = architecture(arch)
        self.memory = memory
        self._engine = engine = Engine(*kind.engine_kind)
        self._state = engine.state
        try:
            self._arch = kind(engine, memory)
            engine.map_memory(0, memory.buffer)
            self._arch.enter_user_mode(memory.size)
            engine.use_virtual_tlb()
            self._arch.add_hooks()
            self._initial = Context(0, engine.save(), self._arch.save_descriptors())
        except BaseException:
            engine.close()
            raise
        self._pc_number = kind.registers[kind.pc]
        self._sp_number = kind.registers[kind.sp]
        self._shown = (*kind.general, kind.pc, *((kind.flags,) if kind.flags else ()))
        self._entry_point = self._arch.entry_point
        self._read_shown = self.reader(self._shown)
        self._pc = 0
        self._page_table = PageTable()
        self._lock = threading.RLock()
        self._stopping = False
        self._counting = False
        self._runner: int | None = None
        self._misses = _FIRST_MISSES
        self._state.misses_left = self._misses

    @property
    def page_table(self) -> PageTable:
        """The address space user code runs in. Assigning switches to another one."""
        return self._page_table

    @page_table.setter
    def page_table(self, table: PageTable) -> None:
        state = self._state
        self._page_table.detach()
        self._page_table = table
        state.entries = table.entries
        state.stale_tlb = True
        if table.attach(state.tlb_changed, state.code_changed):
            state.stale_code = True

    @property
    def timestamp(self) -> Callable[[], int]:
        """Answers the cycle counter instructions. By default it counts its own calls, the same in every run."""
        return self._state.timestamp

    @timestamp.setter
    def timestamp(self, answer: Callable[[], int]) -> None:
        self._state.timestamp = answer

    @property
    def pc(self) -> int:
        """The program counter: where `run` goes on."""
        return self._pc

    @pc.setter
    def pc(self, value: int) -> None:
        self._engine.write_register(self._pc_number, self._entry_point(value))
        self._pc = self._engine.read_register(self._pc_number)

    def reset(self, pc: int, sp: int) -> None:
        """Make every register what it is at the start of a program, then set these two."""
        self.restore(self._initial)
        self._engine.write_register(self._sp_number, sp)
        self.pc = pc

    def run(self, instructions: int = 0) -> Exit:
        """Execute user code until it traps, faults or is stopped. After a fault the next call tries it again.

        With `instructions`, return `SliceExit` once so many have been executed; they run several times slower, and
        changing between counting and not throws translated code away.
        Raises `CpuError` when the emulator fails, and whatever `timestamp` raised.
        """
        engine, state, arch = self._engine, self._state, self._arch
        self._runner = threading.get_ident()
        if bool(instructions) is not self._counting:
            self._counting = bool(instructions)
            state.stale_code = True
        try:
            while True:
                if self._stopping:
                    self._stopping = False
                    return StopExit(self._pc)
                if state.misses_left <= 0:
                    self._grow_tlb()
                if state.stale_tlb or state.stale_frames or state.stale_code:
                    self._flush()
                code = engine.start(self._entry_point(self._pc), instructions)
                ended_early = code == ERR_EXCEPTION and state.event is None and self._ran_past_page_end()
                if ended_early:
                    state.stale_code = state.stale_code or self._counting
                    code = arch.finish_block(engine.read_register(self._pc_number))
                executed: int | None = 0
                if state.event is not None:
                    reason = arch.explain(state.event)
                    if reason is not None:
                        return self._leave(reason)
                    executed = 1 if ended_early else self._executed()
                elif code == ERR_EXCEPTION and state.refused is not None:
                    return self._leave(self._refusal())
                elif code != ERR_OK:
                    raise CpuError(f"run at {engine.read_register(self._pc_number):#x}: emulator error {code}")
                elif ended_early:
                    executed = 1
                elif not self._stopping and state.misses_left > 0:
                    executed = instructions
                self._pc = engine.read_register(self._pc_number)
                if instructions:
                    instructions -= instructions if executed is None else executed
                    if instructions <= 0:
                        return SliceExit(self._pc)
        finally:
            self._runner = None

    def stop(self) -> None:
        """Make the current `run`, or else the next one, return `StopExit`. May be called from any thread, any time.

        Returns when the run has noticed. A trap that came first is returned first.
        """
        self._stopping = True
        while self._stopping:
            with self._lock:
                runner = self._runner
                if runner is None:
                    return
                self._engine.stop()
            if runner == threading.get_ident():
                return
            # The emulator forgets a stop that comes just before it starts, so ask until it is noticed.
            time.sleep(_STOP_RETRY_SECONDS)

    def reader(self, names: Sequence[str]) -> Callable[[], tuple[int, ...]]:
        """A fast function that reads these registers. It must not be called after `close`. Raises `KeyError`."""
        return self._engine.reader([self._arch.registers[name] for name in names])

    def get(self, name: str) -> int:
        """One register. Raises `KeyError` for an unknown name."""
        return self._engine.read_register(self._arch.registers[name])

    def set(self, name: str, value: int) -> None:
        """Set one register; `value` is taken modulo its size. Raises `KeyError` for an unknown name."""
        number = self._arch.registers[name]
        if number == self._pc_number:
            self.pc = value
        else:
            self._arch.write_register(number, value)

    def registers(self) -> dict[str, int]:
        """All general registers, the program counter and the flags."""
        return dict(zip(self._shown, self._read_shown(), strict=True))

    @property
    def floating_point(self) -> bytes:
        """The floating point and vector registers.

        x86: as FXSAVE stores them, 512 bytes. Others: as the signal frame has them, without its padding and headings.
        """
        return self._arch.read_floating_point()

    @floating_point.setter
    def floating_point(self, image: bytes) -> None:
        self._arch.write_floating_point(image)

    @property
    def initial_floating_point(self) -> bytes:
        """What `floating_point` is at the start of a program."""
        return self._arch.initial_floating_point

    @property
    def tls_descriptors(self) -> tuple[int, ...]:
        """The segment descriptors for thread-local storage (i386: GDT entries 12 to 14, 64 bits each; others: none).

        They are part of a context. Setting them loads segment registers that select one of them again. Raises
        `ValueError` for descriptors that the architecture does not have.
        """
        return self._arch.save_descriptors()

    @tls_descriptors.setter
    def tls_descriptors(self, descriptors: tuple[int, ...]) -> None:
        self._arch.load_descriptors(descriptors)
        self._arch.reload_segments()

    def save(self) -> Context:
        """Copy every register, for a task that leaves the CPU."""
        return Context(self._pc, self._engine.save(), self._arch.save_descriptors())

    def restore(self, context: Context) -> None:
        """Set every register from `context`. The page table is not part of it."""
        self._engine.restore(context.snapshot)
        if context.descriptors:
            self._arch.load_descriptors(context.descriptors)
        self._pc = context.pc

    def close(self) -> None:
        """Free the emulator. Nothing but `close` and `stop` may be called afterwards."""
        self._page_table.detach()
        with self._lock:
            self._engine.close()

    def _executed(self) -> int | None:
        """How many instructions the last run of the emulator executed, if it tells."""
        state = self._state
        before, state.executed_before = state.executed_before, 0
        last = self._engine.executed()
        return None if last is None else before + last

    def _leave(self, reason: Exit) -> Exit:
        """Remember where user mode goes on; the register says so already."""
        self._pc = reason.next_pc if isinstance(reason, TrapExit) else reason.pc
        return reason

    def _ran_past_page_end(self) -> bool:
        """Whether the emulator was refused code beyond the page it was told to run, before running any of it."""
        refused = self._state.refused
        if refused is None or refused[1] != ACCESS_FETCH:
            return False
        return refused[0] >> PAGE_SHIFT != self._engine.read_register(self._pc_number) >> PAGE_SHIFT

    def _refusal(self) -> FaultExit:
        """The fault for a refused translation."""
        state, pc = self._state, self._engine.read_register(self._pc_number)
        assert state.refused is not None  # noqa: S101
        address, access = state.refused
        exact = self._engine.fault_address()
        if exact is not None and (exact ^ address) & _COMPARED_BITS == 0:
            address |= exact & PAGE_MASK
        present = address >> PAGE_SHIFT in state.entries
        return self._arch.refusal(pc, address, _ACCESS_NAMES[access], present)

    def _grow_tlb(self) -> None:
        """The emulator sizes its TLB only when it is flushed, by how full it was: flush when misses pile up."""
        self._misses = min(self._misses * 2, _MOST_MISSES)
        self._state.misses_left = self._misses
        self._state.stale_tlb = True

    def _flush(self) -> None:
        """Drop translations that the kernel made stale since user code ran."""
        engine, state = self._engine, self._state
        engine.flush_tlb()
        if state.stale_code or len(state.stale_frames) > _FRAMES_FLUSHED_SINGLY:
            engine.flush_code()
        elif state.stale_frames:
            for frame in state.stale_frames:
                engine.flush_code_of(frame)
            engine.flush_tlb()
        state.stale_frames.clear()
        state.stale_code = False
        state.stale_tlb = False


def warm_up(arch: str) -> None:
    """Load and initialise everything a CPU of this architecture needs, so that it works without opening files.

    For a server that forks or enters a sandbox afterwards. Raises `CpuError` when the emulator does not work here.
    """
    memory = PhysicalMemory(PAGE_SIZE)
    frame = memory.allocate()
    memory.write(frame, 0, architecture(arch).warm_up_code)
    cpu = Cpu(arch, memory)
    try:
        table = PageTable()
        table.map(_WARM_UP_PAGE, frame, READ | EXECUTE)
        cpu.page_table = table
        cpu.reset(_WARM_UP_PAGE << PAGE_SHIFT, 0)
        if not isinstance(cpu.run(), TrapExit) or not isinstance(cpu.run(), FaultExit):
            raise CpuError("the emulator does not run user code on this machine")
    finally:
        cpu.close()
