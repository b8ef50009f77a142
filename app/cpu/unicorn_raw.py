"""A thin layer over the Unicorn library: one emulated processor behind a virtual TLB.

The stock Python binding costs 20 to 70 times more per register access than these calls, keeps every instance in a
reference cycle once it has a hook, and loses exceptions raised in hooks. Here nothing of it is used.
"""

from __future__ import annotations

import ctypes
import functools
import mmap
import struct
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from app.cpu.mmu import PAGE_SHIFT, PAGE_SIZE, Pte
from app.cpu.unicorn_calls import ERR_EXCEPTION, ERR_OK, FLUSH_TLB, RUNNING, SHORT, check, control_request, uc_const
from app.cpu.unicorn_hooks import HookState, fill_hook
from app.cpu.unicorn_registers import Snapshot, WideRegisters, batch, save_registers

TRANSLATION_BUFFER_SIZE = 16 << 20
"""Bytes reserved for translated code. Unicorn's default is 1 GiB, which breaks under an address space limit."""

_SCANNED_BYTES = 2048
_NOP = b"\x90"
_LOAD_ABSOLUTE = b"\xa0"
_PROBED_COUNTS = (1003, 1507, 2011)
_PROBED_ADDRESSES = (0x0000_0012_3456_7A01, 0x0000_0023_4567_8B03, 0x0000_0034_5678_9C05)

_SET_EXITS = control_request(uc_const.UC_CTL_UC_EXITS, 2)

_MODEL_SPECIFIC = struct.Struct("=IxxxxQ")

_InterruptHook = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p)
_InvalidHook = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)
_FillHook = ctypes.CFUNCTYPE(
    ctypes.c_bool, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p
)
_InstructionHook = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p, ctypes.c_void_p)
_InHook = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_void_p)
_OutHook = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint32, ctypes.c_void_p)


class Engine:
    """One Unicorn instance. Not thread-safe, except `stop`. Raises `CpuError` when Unicorn refuses a call."""

    def __init__(self, arch: int, mode: int) -> None:
        self.handle = ctypes.c_void_p()
        check(SHORT.uc_open(arch, mode, ctypes.byref(self.handle)), "open the CPU")
        self.state = HookState()
        self._callbacks: list[Any] = []
        self._pinned: list[Any] = []
        self._word = ctypes.c_uint64()
        self._word_pointer = ctypes.byref(self._word)
        self._zero = ctypes.c_uint64(0)
        self._count = ctypes.c_size_t(0)
        self._start = RUNNING.uc_emu_start
        self._write = SHORT.uc_reg_write
        self._read = SHORT.uc_reg_read
        self.control(uc_const.UC_CTL_TCG_BUFFER_SIZE, ctypes.c_uint32(TRANSLATION_BUFFER_SIZE))

    def close(self) -> None:
        """Free the instance; it must not be running, and no reader of it may be called again."""
        if self.handle:
            SHORT.uc_close(self.handle)
            self.handle.value = None
            self._callbacks.clear()
            self._pinned.clear()

    def control(self, kind: int, *arguments: ctypes.c_int | ctypes.c_uint32 | ctypes.c_uint64) -> None:
        """`uc_ctl` with a write request."""
        check(SHORT.uc_ctl(self.handle, control_request(kind, len(arguments)), *arguments), f"CPU control {kind}")

    # Memory

    def map_memory(self, address: int, buffer: mmap.mmap) -> None:
        """Make the whole of `buffer` physical memory at `address`; it can't be closed before the engine is."""
        pin = ctypes.c_char.from_buffer(buffer)
        code = SHORT.uc_mem_map_ptr(
            self.handle,
            ctypes.c_uint64(address),
            ctypes.c_uint64(len(buffer)),
            uc_const.UC_PROT_ALL,
            ctypes.c_void_p(ctypes.addressof(pin)),
        )
        check(code, "map physical memory")
        self._pinned.append(pin)

    def use_page_size(self, size: int) -> None:
        """Translate addresses in pages of `size` bytes, where the processor knows several. Before anything else."""
        self.control(uc_const.UC_CTL_UC_PAGE_SIZE, ctypes.c_uint32(size))

    def run_privileged(self, address: int, code: bytes, exit_offset: int = 16) -> None:
        """Run `code`, which must end by leaving for `address` + `exit_offset`, in a page of its own.

        Before `use_virtual_tlb`.
        """
        start, size = ctypes.c_uint64(address), ctypes.c_uint64(PAGE_SIZE)
        until = ctypes.c_uint64(address + exit_offset)
        check(SHORT.uc_mem_map(self.handle, start, size, uc_const.UC_PROT_ALL), "map the start-up code")
        check(SHORT.uc_mem_write(self.handle, start, code, ctypes.c_uint64(len(code))), "write the start-up code")
        check(self._start(self.handle, start, until, self._zero, self._count), "run the start-up code")
        check(SHORT.uc_mem_unmap(self.handle, start, size), "unmap the start-up code")

    def use_virtual_tlb(self) -> None:
        """From now on every address is virtual and `state.entries` translates it.

        The exit list stays empty: an `until` address would make Unicorn fetch from it on every return.
        """
        self.control(uc_const.UC_CTL_TLB_TYPE, ctypes.c_int(uc_const.UC_TLB_VIRTUAL))
        self._add(uc_const.UC_HOOK_TLB_FILL, _FillHook(fill_hook(self.state)))
        self.flush_tlb()
        self.control(uc_const.UC_CTL_UC_USE_EXITS, ctypes.c_int(1))

    def flush_tlb(self) -> None:
        """Drop cached address translations."""
        SHORT.uc_ctl(self.handle, FLUSH_TLB)

    def flush_code(self) -> None:
        """Drop all translated code."""
        self.control(uc_const.UC_CTL_TB_FLUSH)

    def flush_code_of(self, frame: int) -> None:
        """Drop code translated from one physical frame.

        Unicorn takes a virtual address and asks the fill hook for it, so the hook answers with the identity for a
        moment. The TLB must be flushed before and after.
        """
        start = frame << PAGE_SHIFT
        self.state.identity = True
        try:
            self.control(uc_const.UC_CTL_TB_REMOVE_CACHE, ctypes.c_uint64(start), ctypes.c_uint64(start + PAGE_SIZE))
        finally:
            self.state.identity = False

    # Hooks

    def _add(self, kind: int, callback: object, instruction: int | None = None) -> None:
        token = ctypes.c_size_t()
        extra = () if instruction is None else (ctypes.c_int(instruction),)
        code = SHORT.uc_hook_add(
            self.handle,
            ctypes.byref(token),
            kind,
            callback,
            None,
            ctypes.c_uint64(1),
            ctypes.c_uint64(0),
            *extra,
        )
        check(code, "add a hook")
        self._callbacks.append(callback)

    def on_interrupt(self) -> None:
        """End the run at every exception or software interrupt, with the event ("interrupt", number)."""
        state, stop, engine = self.state, SHORT.uc_emu_stop, self.handle

        def interrupt(_handle: int, number: int, _data: int) -> None:
            if state.event is None:
                state.event = ("interrupt", number)
            stop(engine)

        self._add(uc_const.UC_HOOK_INTR, _InterruptHook(interrupt))

    def on_invalid(self) -> None:
        """End the run at an undefined instruction, with the event ("invalid",)."""
        state = self.state

        def invalid(_handle: int, _data: int) -> bool:
            if state.event is None:
                state.event = ("invalid",)
            return False

        self._add(uc_const.UC_HOOK_INSN_INVALID, _InvalidHook(invalid))

    def on_instruction(self, instruction: int, event: str) -> None:
        """End the run at `instruction`, with the event (`event`,)."""
        state, stop, engine = self.state, SHORT.uc_emu_stop, self.handle
        event_tuple = (event,)

        def reached(_handle: int, _data: int) -> int:
            if state.event is None:
                state.event = event_tuple
            stop(engine)
            return 0

        self._add(uc_const.UC_HOOK_INSN, _InstructionHook(reached), instruction)

    def replace_instruction(self, instruction: int, action: Callable[[], None]) -> None:
        """Call `action` instead of executing `instruction`. What it raises ends the run and is raised by `start`."""
        state, stop = self.state, SHORT.uc_emu_stop

        def replaced(handle: int, _data: int) -> int:
            try:
                if state.event is None:
                    action()
            except BaseException as error:
                state.error = error
                stop(ctypes.c_void_p(handle))
            return 1

        self._add(uc_const.UC_HOOK_INSN, _InstructionHook(replaced), instruction)

    def on_port(self, in_instruction: int, out_instruction: int) -> None:
        """End the run at port input and output, with the event ("port", registers before the instruction).

        Unicorn goes on to the end of the block it has translated. So the TLB is emptied here and every further
        translation refused, which keeps memory as it was, and the registers are to be restored from the event.
        """
        state, stop, save = self.state, SHORT.uc_emu_stop, save_registers

        def port_access(handle: int) -> None:
            if state.event is None:
                state.event = ("port", save(ctypes.c_void_p(handle)))
                SHORT.uc_ctl(ctypes.c_void_p(handle), FLUSH_TLB)
            stop(ctypes.c_void_p(handle))

        def read(handle: int, _port: int, _size: int, _data: int) -> int:
            port_access(handle)
            return 0

        def write(handle: int, _port: int, _size: int, _value: int, _data: int) -> None:
            port_access(handle)

        self._add(uc_const.UC_HOOK_INSN, _InHook(read), in_instruction)
        self._add(uc_const.UC_HOOK_INSN, _OutHook(write), out_instruction)

    # Registers

    def read_register(self, number: int) -> int:
        """One register of at most 64 bits."""
        self._word.value = 0
        self._read(self.handle, number, self._word_pointer)
        return self._word.value

    def write_register(self, number: int, value: int) -> None:
        """Set one register of at most 64 bits; `value` is taken modulo 2**64."""
        self._word.value = value
        self._write(self.handle, number, self._word_pointer)

    def read_model_specific(self, register: int, number: int) -> int:
        """A model-specific register, through the pseudo register `register`."""
        pair = ctypes.create_string_buffer(_MODEL_SPECIFIC.pack(number, 0))
        check(self._read(self.handle, register, pair), "read a model-specific register")
        value: int = _MODEL_SPECIFIC.unpack(pair.raw[: _MODEL_SPECIFIC.size])[1]
        return value

    def write_model_specific(self, register: int, number: int, value: int) -> None:
        """Set a model-specific register through the pseudo register `register`."""
        self.write_packed(register, _MODEL_SPECIFIC.pack(number, value))

    def write_packed(self, register: int, data: bytes) -> None:
        """Set what Unicorn wants as a structure, such as a coprocessor register. Raises `CpuError`."""
        check(self._write(self.handle, register, ctypes.create_string_buffer(data)), f"write register {register}")

    def reader(self, numbers: Sequence[int]) -> Callable[[], tuple[int, ...]]:
        """A function that reads these registers at once. It must not be called after `close`."""
        count = len(numbers)
        ids, values, pointers = batch(numbers)
        unpack = struct.Struct(f"={count}Q").unpack
        handle, read = self.handle, SHORT.uc_reg_read_batch

        def read_batch() -> tuple[int, ...]:
            read(handle, ids, pointers, count)
            return unpack(values)

        return read_batch

    def writer(self, numbers: Sequence[int]) -> Callable[..., None]:
        """A function that writes these registers at once, given their values in order."""
        count = len(numbers)
        ids, values, pointers = batch(numbers)
        pack_into = struct.Struct(f"={count}Q").pack_into
        handle, write = self.handle, SHORT.uc_reg_write_batch

        def write_batch(*new: int) -> None:
            pack_into(values, 0, *new)
            write(handle, ids, pointers, count)

        return write_batch

    def wide_registers(self, numbers: Sequence[int]) -> WideRegisters:
        """Registers of at most 128 bits, to be read and written together. Not to be used after `close`."""
        return WideRegisters(self.handle, numbers)

    def save(self) -> Snapshot:
        """Copy every register, floating point and system ones included."""
        return save_registers(self.handle)

    def restore(self, snapshot: Snapshot) -> None:
        """Set every register from a snapshot."""
        check(SHORT.uc_context_restore(self.handle, snapshot.pointer), "restore a context")

    # Running

    def start(self, pc: int, instructions: int = 0) -> int:
        """Run from `pc` until a hook or `stop` ends it, or for so many `instructions`; returns Unicorn's error code.

        Raises what a hook raised.
        """
        state = self.state
        state.event = None
        state.refused = None
        self._word.value = pc
        self._count.value = instructions
        code: int = self._start(self.handle, self._word, self._zero, self._zero, self._count)
        if state.error is not None:
            error, state.error = state.error, None
            raise error
        return code

    def run_until(self, pc: int, exit_address: int) -> int:
        """Run from `pc` as `start` does, but not the instruction at `exit_address`, which is in the same page.

        Code translated before may run past it, and code translated here ends there for ever: flush it before and after.
        """
        self._set_exits(exit_address)
        try:
            return self.start(pc)
        finally:
            self._set_exits()

    def _set_exits(self, *addresses: int) -> None:
        exits = (ctypes.c_uint64 * max(len(addresses), 1))(*addresses)
        code = SHORT.uc_ctl(self.handle, _SET_EXITS, ctypes.byref(exits), ctypes.c_size_t(len(addresses)))
        check(code, "set exits")

    def stop(self) -> None:
        """End the current run soon. From any thread; lost when nothing runs yet, so callers repeat it."""
        SHORT.uc_emu_stop(self.handle)

    def fault_address(self) -> int | None:
        """The first byte refused, after `ERR_EXCEPTION`; None when this build of Unicorn hides it."""
        return self._hidden_word(_hidden_offsets().fault_address)

    def executed(self) -> int | None:
        """Instructions of the last run, if they were counted and a hook ended it; None when this build hides it."""
        return self._hidden_word(_hidden_offsets().executed)

    def _hidden_word(self, offset: int | None) -> int | None:
        if offset is None or not self.handle.value:
            return None
        return ctypes.c_uint64.from_address(self.handle.value + offset).value


class _HiddenOffsets(NamedTuple):
    """Where `struct uc_struct` keeps what Unicorn's interface does not tell; None where that could not be found."""

    fault_address: int | None
    executed: int | None


@functools.cache
def _hidden_offsets() -> _HiddenOffsets:
    """Search for them: cause each value three times, and see which word held it every time."""
    engine = Engine(uc_const.UC_ARCH_X86, uc_const.UC_MODE_64)
    memory = mmap.mmap(-1, PAGE_SIZE)
    memory[:] = _NOP * PAGE_SIZE
    engine.map_memory(0, memory)
    engine.use_virtual_tlb()
    engine.state.entries = {1: Pte(0, uc_const.UC_PROT_ALL)}

    def search(values: Sequence[int], cause: Callable[[int], bool]) -> int | None:
        candidates = set(range(0, _SCANNED_BYTES, 8))
        for value in values:
            engine.flush_code()
            if not cause(value) or not engine.handle.value:
                return None
            block = ctypes.string_at(engine.handle.value, _SCANNED_BYTES)
            candidates = {offset for offset in candidates if block[offset : offset + 8] == value.to_bytes(8, "little")}
        return candidates.pop() if len(candidates) == 1 else None

    def execute(count: int) -> bool:
        # A run that is cut counts the instruction that it did not execute any more.
        return bool(engine.start(PAGE_SIZE, count - 1) == ERR_OK)

    def fault(address: int) -> bool:
        memory[:9] = _LOAD_ABSOLUTE + address.to_bytes(8, "little")
        return bool(engine.start(PAGE_SIZE) == ERR_EXCEPTION)

    executed = search(_PROBED_COUNTS, execute)
    found = _HiddenOffsets(search(_PROBED_ADDRESSES, fault), executed)
    engine.close()
    memory.close()
    return found
