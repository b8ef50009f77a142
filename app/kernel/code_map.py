"""What is known of a program's code while it runs: functions, lines, and which addresses calls return to."""

from __future__ import annotations

from bisect import bisect_right

from app.toolchain.calls import LONGEST, call_before
from app.toolchain.machines import MACHINES
from app.toolchain.program import Function, Program
from app.toolchain.rust.demangle import demangle
from app.trace.events import Frame

from .abi.frame_record import FRAME_RECORDS

MAX_REMEMBERED = 1 << 16
_PROLOGUE_ROOM = 32


class CodeMap:
    """The code of `program`, which has functions, as it lies in memory, `bias` above where the program says."""

    def __init__(self, program: Program, bias: int) -> None:
        self.arch = program.arch
        self.bias = bias
        self._lines = program.lines
        self._debug = program.debug
        self._functions = program.functions
        self._starts = [function.address for function in program.functions]
        self._segments = [segment for segment in program.segments if "x" in segment.perms]
        self._mask = ~1 if program.arch == "arm" else ~0
        self._step_back = MACHINES[program.arch].instruction_alignment
        self.calls: dict[int, tuple[bool, int | None]] = {}
        """What `call` has found out."""
        self._prologues = FRAME_RECORDS[program.arch].prologues
        self._framed: dict[int, bool] = {}
        self.starts: dict[tuple[int, int, int, bytes], tuple[tuple[int, ...], bool]] = {}
        """Functions without a frame and their callers, by pc, frame pointer, stack pointer and top of the stack; and
        whether that is all of the call chain as far as the stack tells."""
        self._frames: dict[tuple[int, bool], Frame | None] = {}
        self.chains: dict[tuple[int, ...], tuple[tuple[Frame, ...], int | None]] = {}
        """Frames, and the visitor's line, of call chains that have been seen."""

    def function_at(self, address: int) -> Function | None:
        """The function that the code at `address` belongs to."""
        place = (address & self._mask) - self.bias
        index = bisect_right(self._starts, place) - 1
        if index < 0:
            return None
        function = self._functions[index]
        return function if place < function.address + function.size else None

    def code_before(self, place: int, size: int) -> bytes:
        """Up to `size` bytes of the image that end at `place`, an address of the program's own."""
        for segment in self._segments:
            end = place - segment.address
            if 0 < end <= len(segment.data):
                return segment.data[max(0, end - size) : end]
        return b""

    def call(self, address: int) -> tuple[bool, int | None]:
        """Whether a call returns to `address`, and the address that it calls, if the instruction says so."""
        found = self.calls.get(address)
        if found is None:
            if len(self.calls) >= MAX_REMEMBERED:
                self.calls.clear()
            place = address - self.bias
            ends, target = call_before(self.arch, self.code_before(place & self._mask, LONGEST), place)
            if ends and self.function_at(self.before(address)) is None:
                ends = False
            found = self.calls[address] = (ends, None if target is None else target + self.bias)
        return found

    def before(self, address: int) -> int:
        """An address inside of the call that returns to `address`."""
        return (address & self._mask) - self._step_back

    def keeps_frame(self, pc: int) -> bool:
        """Whether the function at `pc` has set its frame pointer before it came there."""
        framed = self._framed.get(pc)
        if framed is None:
            if len(self._framed) >= MAX_REMEMBERED:
                self._framed.clear()
            function = self.function_at(pc - 1)
            code = b""
            if function is not None:
                size = min(pc - self.bias - function.address, _PROLOGUE_ROOM)
                code = self.code_before(function.address + size, size)
            framed = self._framed[pc] = any(prologue in code for prologue in self._prologues)
        return framed

    def own_line(self, address: int) -> int | None:
        """Line of the visitor's file at `address`; what another file put into his function has the line before it."""
        place = (address & self._mask) - self.bias
        line = self._lines.line_at(place)
        if line is None:
            function = self.function_at(address)
            if function is not None and not function.library:
                line = self._lines.line_before(place, function.address)
        return line

    def frame(self, address: int, is_return: bool) -> Frame | None:
        """What is shown of one place of a call chain; None when it belongs to no function."""
        key = (address, is_return)
        if key in self._frames:
            return self._frames[key]
        if len(self._frames) >= MAX_REMEMBERED:
            self._frames.clear()
        # The call is what matters, not what comes after it.
        place = self.before(address) if is_return else address
        function = self.function_at(place)
        frame = None
        if function is not None:
            located = None if self._debug is None else self._debug.locate(place - self.bias)
            file, line = located or (None, None)
            own = None if function.library else self.own_line(place)
            if own is not None:
                file, line = self._own_file(function), own
            pc = hex(address & self._mask)
            frame = Frame(pc, demangle(function.name), file, line, function.library)
        self._frames[key] = frame
        return frame

    def _own_file(self, function: Function) -> str | None:
        """The file that a function of the visitor's begins in."""
        located = None if self._debug is None else self._debug.locate(function.address)
        return None if located is None else located[0]

    def remember(self, addresses: tuple[int, ...]) -> tuple[tuple[Frame, ...], int | None]:
        """The frames of a call chain, and the innermost line in the visitor's own file."""
        if len(self.chains) >= MAX_REMEMBERED >> 4:
            self.chains.clear()
        frames = []
        line = None
        for position, address in enumerate(addresses):
            frame = self.frame(address, position > 0)
            if frame is not None:
                frames.append(frame)
                if line is None and not frame.library:
                    line = self.own_line(self.before(address) if position else address)
        found = self.chains[addresses] = (tuple(frames), line)
        return found
