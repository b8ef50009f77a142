"""The call chain that led to a trap: from frame to frame, as a debugger does without unwind tables.

Everything that it reads is the program's, which may have put anything there. So a return address counts only if there
is a call before it, frames have to lie one above the other, and there is an end to them.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from .abi.frame_record import FRAME_RECORDS

if TYPE_CHECKING:
    from app.trace.events import Frame

    from .code_map import CodeMap
    from .kernel import Kernel
    from .mm.address_space import AddressSpace
    from .task import Task

MAX_FRAMES = 64
_CHUNK = 1024
_SCANNED_WORDS = 32
_FAR = 4096
"""Bytes between the beginning of a function and a label in it."""


class Stack:
    """Words of a program's stack. Reading them leaves no trace."""

    def __init__(self, mm: AddressSpace, word: struct.Struct) -> None:
        self._mm = mm
        self._word = word
        self._start = 0
        self._data = b""

    def word(self, address: int) -> int | None:
        """The word at `address`, None where nothing is mapped."""
        offset = address - self._start
        if 0 <= offset <= len(self._data) - self._word.size:
            return int(self._word.unpack_from(self._data, offset)[0])
        self._start = max(address - 32, 0)
        self._data = self._read(self._start)
        offset = address - self._start
        if offset > len(self._data) - self._word.size:
            self._start, self._data, offset = address, self._read(address), 0
        if len(self._data) < offset + self._word.size:
            return None
        return int(self._word.unpack_from(self._data, offset)[0])

    def _read(self, address: int) -> bytes:
        mm = self._mm
        peeking, mm.peeking = mm.peeking, True
        try:
            return mm.copy_in(address, min(_CHUNK, max(mm.limit - address, 0)))
        finally:
            mm.peeking = peeking


class CallChain:
    """Walks the frames of the task that has the CPU."""

    def __init__(self, kernel: Kernel) -> None:
        abi = kernel.abi
        self._cpu = kernel.cpu
        self._record = record = FRAME_RECORDS[abi.info.name]
        self._word = struct.Struct("<Q" if abi.info.word_size == 8 else "<I")
        names = [record.pointer, abi.stack_register, record.link, record.thumb_pointer]
        self._names = [name for name in names if name is not None]
        self._read = kernel.cpu.reader(self._names)
        self._last = (0, 0)
        self._last_line: int | None = None

    def at_trap(self, task: Task, pc: int, next_pc: int) -> tuple[tuple[Frame, ...], int | None]:
        """The frames, innermost first, and the innermost line in the visitor's own file."""
        code = task.mm.code
        if code is None:
            lines = task.mm.lines
            return (), None if lines is None else lines.line_at(pc)
        found = self._at(task, code, pc)
        self._last, self._last_line = (task.tid, next_pc), found[1]
        return found

    def line(self, task: Task, pc: int) -> int | None:
        """The line of the visitor's own file that leads to `pc`, where the task is now."""
        code = task.mm.code
        if code is None:
            return None
        if self._last == (task.tid, pc):
            return self._last_line
        return self._at(task, code, pc)[1]

    def _at(self, task: Task, code: CodeMap, pc: int) -> tuple[tuple[Frame, ...], int | None]:
        addresses = self._walk(task, code, pc)
        return code.chains.get(addresses) or code.remember(addresses)

    def _walk(self, task: Task, code: CodeMap, pc: int) -> tuple[int, ...]:
        """`pc`, and the return addresses that lead outwards."""
        pointer, stack, *more = self._read()
        stack_words = Stack(task.mm, self._word)
        found = [pc]
        if self._record.link is None:
            pointer = self._start_x86(code, stack_words, pointer, stack, found)
        else:
            pointer = self._start_link(code, stack_words, pointer, more, found)
        self._follow(code, stack_words, pointer, stack, found)
        return tuple(found)

    def _follow(self, code: CodeMap, words: Stack, pointer: int, lowest: int, found: list[int]) -> None:
        """Go from frame to frame, each above the one before."""
        record = self._record
        layouts = ((record.previous, record.returns), *record.others)
        size = self._word.size
        while len(found) < MAX_FRAMES and pointer >= lowest and pointer % size == 0:
            previous = None
            for before, returns in layouts:
                address = words.word(pointer + returns)
                if address is not None and code.call(address)[0]:
                    found.append(address)
                    previous = before
                    break
            if previous is None:
                return
            lowest = pointer + size
            pointer = words.word(pointer + previous) or 0

    def _start_x86(self, code: CodeMap, words: Stack, pointer: int, stack: int, found: list[int]) -> int:
        """Callers of functions without a frame, whose return address lies near the top of the stack.

        Returns the frame pointer to go on with.
        """
        size = self._word.size
        place = stack
        function = code.function_at(found[0])
        while function is not None and not code.keeps_frame(function, found[-1]) and len(found) < MAX_FRAMES:
            start = function.address + code.bias
            for index in range(_SCANNED_WORDS):
                address = words.word(place + index * size)
                if address is None:
                    return pointer
                is_return, target = code.call(address)
                if is_return and (
                    start - _FAR < target <= found[-1] if target is not None else index == 0 and len(found) == 1
                ):
                    break
            else:
                return pointer
            place += (index + 1) * size
            if place - size == pointer + self._record.returns:
                # It has a frame after all.
                return pointer
            found.append(address)
            function = code.function_at(address - 1)
        if len(found) == 1 and not self._is_frame(code, words, pointer, stack):
            # Some stubs keep an argument in the frame pointer and the frame pointer on the stack.
            for address in range(stack, stack + _SCANNED_WORDS * size, size):
                saved = words.word(address) or 0
                if self._is_frame(code, words, saved, address + size):
                    return saved
        return pointer

    def _is_frame(self, code: CodeMap, words: Stack, pointer: int, lowest: int) -> bool:
        if pointer < lowest or pointer % self._word.size:
            return False
        address = words.word(pointer + self._record.returns)
        return address is not None and code.call(address)[0]

    def _start_link(self, code: CodeMap, words: Stack, pointer: int, more: list[int], found: list[int]) -> int:
        """The caller of a function that has called nothing: the link register has it, and there may be no frame.

        Returns the frame pointer to go on with.
        """
        record = self._record
        link = more[0]
        if record.thumb_pointer is not None and self._is_thumb():
            pointer = more[1]
        if not code.call(link)[0]:
            return pointer
        function = code.function_at(found[0])
        if function is None or 0 <= (link & ~1) - 1 - code.bias - function.address < function.size:
            return pointer
        if words.word(pointer + record.returns) == link or any(
            words.word(pointer + returns) == link for _, returns in record.others
        ):
            return pointer
        found.append(link)
        if record.leaf is not None:
            saved = words.word(pointer + record.leaf) or 0
            address = words.word(pointer + record.returns)
            is_return = address is not None and code.call(address)[0]
            if not is_return and saved > pointer:
                return saved
        return pointer

    def _is_thumb(self) -> bool:
        return bool(self._cpu.get("cpsr") & 0x20)
