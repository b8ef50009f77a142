"""The call chain that led to a trap: from frame to frame, as a debugger does without unwind tables.

Everything that it reads is the program's, which may have put anything there. So a return address counts only if there
is a call before it, frames have to lie one above the other, and there is an end to them.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_MASK, PAGE_SIZE

from .abi.frame_record import FRAME_RECORDS

if TYPE_CHECKING:
    from app.trace.events import Frame

    from .code_map import CodeMap
    from .kernel import Kernel
    from .mm.address_space import AddressSpace
    from .task import Task

MAX_FRAMES = 64
_CHUNK = 512
_WINDOW = 256
"""Bytes at the top of the stack in which a function without a frame must have its return address."""

_VDSO_WORDS = 4
"""`__kernel_vsyscall` saves ecx, edx and ebp, and its return address lies above them."""

_FAR = 4096
"""Bytes between the beginning of a function and a label in it."""

_MAX_STACK = 8 << 20
_MAX_REMEMBERED = 4096


class CallChain:
    """Walks the frames of the task that has the CPU."""

    def __init__(self, kernel: Kernel) -> None:
        abi = kernel.abi
        self._cpu = kernel.cpu
        self._record = record = FRAME_RECORDS[abi.info.name]
        self._size = abi.info.word_size
        letter = "Q" if self._size == 8 else "I"
        self._pair = struct.Struct(f"<2{letter}")
        self._window = struct.Struct(f"<{_WINDOW // self._size}{letter}")
        names = [record.pointer, abi.stack_register, record.link]
        self._read = kernel.cpu.reader([name for name in names if name is not None])
        self._last = (0, 0)
        self._last_line: int | None = None

    def at_trap(self, task: Task, pc: int, next_pc: int) -> tuple[tuple[Frame, ...], int | None]:
        """The frames, innermost first, and the innermost line in the visitor's own file."""
        code = task.mm.code
        if code is None:
            lines = task.mm.lines
            return (), None if lines is None else lines.line_at(pc)
        found = self._at(task.mm, code, pc)
        self._last, self._last_line = (task.tid, next_pc), found[1]
        return found

    def line(self, task: Task, pc: int) -> int | None:
        """The line of the visitor's own file that leads to `pc`, where the task is now."""
        code = task.mm.code
        if code is None:
            return None
        if self._last == (task.tid, pc):
            return self._last_line
        return self._at(task.mm, code, pc)[1]

    def _at(self, mm: AddressSpace, code: CodeMap, pc: int) -> tuple[tuple[Frame, ...], int | None]:
        peeking, mm.peeking = mm.peeking, True
        try:
            addresses = self._walk(mm, code, pc)
        finally:
            mm.peeking = peeking
        return code.chains.get(addresses) or code.remember(addresses)

    def _walk(self, mm: AddressSpace, code: CodeMap, pc: int) -> tuple[int, ...]:
        """`pc`, and the return addresses that lead outwards."""
        pointer, stack, *more = self._read()
        if self._record.link is not None:
            if self._is_thumb():
                # The frame pointer is the register of the call's number, too: what it was lies on the stack.
                pointer = self._saved_pointer(mm, code, stack)
            found, pointer = self._start_link(mm, code, pc, pointer, more[0])
        elif code.keeps_frame(pc):
            found = [pc]
        else:
            start, is_enough = self._start_on_stack(mm, code, pc, pointer, stack)
            if is_enough and pointer < stack:
                return start
            found = list(start)
        known = len(found)
        self._follow(mm, code, pointer, stack, found)
        if known == len(found) and self._record.link is None and (known > 1 or code.keeps_frame(pc)):
            self._follow(mm, code, self._saved_pointer(mm, code, stack), stack, found)
        return tuple(found)

    def _follow(self, mm: AddressSpace, code: CodeMap, pointer: int, lowest: int, found: list[int]) -> None:
        """Go from frame to frame, each above the one before."""
        offset, size, unpack = self._record.previous, self._size, self._pair.unpack_from
        calls = code.calls
        start, data, last = 0, b"", -1
        while pointer >= lowest and len(found) < MAX_FRAMES and not pointer % size:
            place = pointer + offset - start
            if not 0 <= place <= last:
                start, place = pointer + offset, 0
                data = self._read_words(mm, start)
                last = len(data) - 2 * size
                if last < 0:
                    return
            before, address = unpack(data, place)
            if not (calls.get(address) or code.call(address))[0]:
                if self._record.other is None:
                    return
                before, address = self._other_frame(mm, pointer)
                if not code.call(address)[0]:
                    return
            found.append(address)
            lowest = pointer + size
            pointer = before

    @staticmethod
    def _read_words(mm: AddressSpace, start: int) -> bytes:
        """Some of the stack from `start`; not across the end of a page if it need not be."""
        room = PAGE_SIZE - (start & PAGE_MASK)
        return mm.copy_in(start, min(_CHUNK, room) if room >= 16 else 16) if start >= 0 else b""

    def _other_frame(self, mm: AddressSpace, pointer: int) -> tuple[int, int]:
        """(frame pointer, return address) where the other compiler puts them; zeros where nothing is mapped."""
        data = self._read_words(mm, pointer + (self._record.other or 0))
        if len(data) < self._pair.size:
            return 0, 0
        before, address = self._pair.unpack_from(data)
        return before, address

    def _word(self, mm: AddressSpace, address: int) -> int:
        """A word of the stack, 0 where nothing is mapped."""
        return int.from_bytes(mm.copy_in(address, self._size) if address >= 0 else b"", "little")

    def _start_on_stack(
        self, mm: AddressSpace, code: CodeMap, pc: int, pointer: int, stack: int
    ) -> tuple[tuple[int, ...], bool]:
        """`pc` in a function without a frame, and its callers as far as they have none either.

        The second value says that no frame pointer is kept on the stack from which the chain could go on. What was seen
        before is not looked through again: the result depends on nothing but the key.
        """
        data = self._window_at(mm, stack)
        key = (pc, pointer, stack, data)
        found = code.starts.get(key)
        if found is None:
            if len(code.starts) >= _MAX_REMEMBERED:
                code.starts.clear()
            words = self._window.unpack(data.ljust(_WINDOW, b"\0"))
            # With a frame the return address is where the frame pointer says.
            known = (pointer + self._record.returns - stack) // self._size
            callers = tuple(self._callers_on_stack(code, pc, words, known))
            is_enough = len(callers) == 1 or not self._kept_pointers(stack, words)
            found = code.starts[key] = callers, is_enough
        return found

    def _window_at(self, mm: AddressSpace, stack: int) -> bytes:
        return mm.copy_in(stack, min(_WINDOW, max(mm.limit - stack, 0)))

    @staticmethod
    def _callers_on_stack(code: CodeMap, pc: int, words: tuple[int, ...], known: int) -> list[int]:
        found = [pc]
        function = code.function_at(pc)
        if function is None:
            # The vDSO's way into the kernel, which saves a few registers and is called through a pointer.
            for address in words[:_VDSO_WORDS] if code.arch == "i386" else ():
                if code.call(address) == (True, None):
                    found.append(address)
                    function = code.function_at(address - 1)
                    break
            words = ()
        for index, address in enumerate(words):
            if function is None or code.keeps_frame(found[-1]):
                break
            is_return, target = code.call(address)
            if not is_return:
                continue
            if target is None:
                if index:
                    continue
            elif not function.address + code.bias - _FAR < target <= found[-1]:
                continue
            if index == known:
                break
            found.append(address)
            function = code.function_at(address - 1)
        return found

    def _saved_pointer(self, mm: AddressSpace, code: CodeMap, stack: int) -> int:
        """Some stubs use the frame pointer for an argument, and keep it on the stack; 0 when it is not found."""
        words = self._window.unpack(self._window_at(mm, stack).ljust(_WINDOW, b"\0"))
        for saved in self._kept_pointers(stack, words):
            if code.call(self._word(mm, saved + self._record.returns))[0]:
                return saved
        return 0

    def _kept_pointers(self, stack: int, words: tuple[int, ...]) -> list[int]:
        """Those of the words at `stack` that may be frame pointers: they point up the stack, to a word."""
        size = self._size
        return [
            word
            for place, word in enumerate(words)
            if stack < word - place * size < stack + _MAX_STACK and not word % size
        ]

    def _is_thumb(self) -> bool:
        bit = self._record.thumb
        return bit is not None and bool(self._cpu.get(bit[0]) & bit[1])

    def _start_link(self, mm: AddressSpace, code: CodeMap, pc: int, pointer: int, link: int) -> tuple[list[int], int]:
        """`pc`, and the caller that the link register knows when the function has called nothing and has no frame.

        Returns the frame pointer to go on with, too.
        """
        record = self._record
        function = code.function_at(pc)
        if function is None or not code.call(link)[0] or code.function_at(code.before(link)) is function:
            return [pc], pointer
        returns = self._word(mm, pointer + record.returns)
        if returns == link:
            return [pc], pointer
        if record.other is not None and self._other_frame(mm, pointer)[1] == link:
            return [pc], pointer
        if record.leaf is not None and not code.call(returns)[0]:
            saved = self._word(mm, pointer + record.leaf)
            pointer = saved if saved > pointer else pointer
        return [pc, link], pointer
