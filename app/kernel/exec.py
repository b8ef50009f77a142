"""exec: a Program becomes the memory of a process, with its arguments on the stack (System V ABI, AMD64, 3.4.1)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from app.cpu.mmu import EXECUTE, PAGE_SIZE, READ, WRITE
from app.toolchain.program import Program, Segment

from .mm.faults import MMAP_MIN_ADDR, page_ceil, page_floor
from .mm.vma import Vma

if TYPE_CHECKING:
    from .kernel import Kernel
    from .task import Task

STACK_TOP = 0x7FFF_FFFF_F000
"""End of [stack] on every run; Linux puts it here when addresses are not randomised."""

STACK_ROOM = 128 << 10
"""Bytes that [stack] has below its first contents before it must grow."""

STACK_PRESENT = 16 << 10
"""Bytes below the first contents that have frames from the start, so that ordinary pushes cause no page fault."""

ZEROED_PRESENT = 256 << 10
"""Zeroed memory (.bss) up to this size has its frames from the start; more is provided page by page."""

MAX_ARGUMENT_BYTES = 2 << 20
"""All of argv and env may take a quarter of the stack limit (execve(2), "Limits on size of arguments")."""

CLOCK_TICKS = 100
_PERMS = {"r": READ, "w": WRITE, "x": EXECUTE}

AT_NULL, AT_PAGESZ, AT_BASE, AT_FLAGS, AT_ENTRY = 0, 6, 7, 8, 9
AT_UID, AT_EUID, AT_GID, AT_EGID, AT_PLATFORM, AT_HWCAP, AT_CLKTCK = 11, 12, 13, 14, 15, 16, 17
AT_SECURE, AT_RANDOM, AT_EXECFN, AT_MINSIGSTKSZ = 23, 25, 31, 51


class ExecError(ValueError):
    """The Program, its arguments or its environment can't be loaded; the text says which and why."""


def load(kernel: Kernel, task: Task, program: Program) -> tuple[int, int]:
    """Map the segments, the heap's start and the stack; returns the entry point and the initial stack pointer.

    Raises ExecError, and OutOfMemory when the machine is too small.
    """
    mm = task.mm
    end = 0
    for name, start, stop, prot, segments in _regions(program.segments):
        mm.map(Vma(start, stop, prot, name))
        for segment in segments:
            mm.load(segment.address, segment.data)
            filled = page_floor(segment.address + len(segment.data))
            if segment.address + segment.size - filled <= ZEROED_PRESENT:
                mm.populate(max(filled, start), page_ceil(segment.address + segment.size))
        end = max(end, stop)
    mm.start_brk = mm.brk = end
    return program.entry, _build_stack(kernel, task, program)


def _regions(segments: tuple[Segment, ...]) -> list[tuple[str, int, int, int, list[Segment]]]:
    """(name, start, end, prot, segments) of each region. Segments that share a page must agree on its permissions."""
    regions: list[tuple[str, int, int, int, list[Segment]]] = []
    for segment in sorted(segments, key=lambda segment: segment.address):
        stop = segment.address + segment.size
        if segment.size == 0:
            continue
        if len(segment.data) > segment.size:
            raise ExecError(f"segment {segment.name} has more data than room")
        if segment.address < MMAP_MIN_ADDR or stop > STACK_TOP - MAX_ARGUMENT_BYTES - STACK_ROOM:
            raise ExecError(f"segment {segment.name} at {segment.address:#x} lies outside the memory a program may use")
        prot = sum(_PERMS[letter] for letter in segment.perms if letter != "-")
        start = page_floor(segment.address)
        if regions and start < regions[-1][2]:
            name, first, _, shared, members = regions[-1]
            before = members[-1]
            if segment.address < before.address + before.size:
                raise ExecError(f"segments {before.name} and {segment.name} overlap at {segment.address:#x}")
            if shared != prot:
                raise ExecError(
                    f"segments {before.name} and {segment.name} share the page at {start:#x} with different permissions"
                )
            regions[-1] = (name, first, page_ceil(stop), prot, [*members, segment])
        else:
            regions.append((segment.name, start, page_ceil(stop), prot, [segment]))
    return regions


def _build_stack(kernel: Kernel, task: Task, program: Program) -> int:
    """Write strings, auxiliary vector, environment and arguments downwards from the top; returns the stack pointer."""
    config = kernel.config
    mm = task.mm
    pointer = STACK_TOP - 8
    contents: list[bytes] = [bytes(8)]

    def push(data: bytes) -> int:
        nonlocal pointer
        pointer -= len(data)
        contents.append(data)
        return pointer

    arguments = [_string(text, "argument") for text in config.argv]
    environment = [_string(text, "environment variable") for text in config.env]
    size = sum(len(text) + 8 for text in (*arguments, *environment))
    if size > MAX_ARGUMENT_BYTES:
        raise ExecError(f"arguments and environment take {size} bytes, more than the {MAX_ARGUMENT_BYTES} there are")
    executable = push(_string(config.argv[0], "argument"))
    env_pointers = [push(text) for text in reversed(environment)][::-1]
    arg_pointers = [push(text) for text in reversed(arguments)][::-1]
    platform = push(_string(kernel.abi.machine, "platform"))
    seed = push(kernel.random.randbytes(16))
    who = task.credentials
    auxv = [
        (AT_MINSIGSTKSZ, kernel.abi.signal_frame.minimum),
        (AT_HWCAP, kernel.abi.hwcap),
        (AT_PAGESZ, PAGE_SIZE),
        (AT_CLKTCK, CLOCK_TICKS),
        (AT_BASE, 0),
        (AT_FLAGS, 0),
        (AT_ENTRY, program.entry),
        (AT_UID, who.uid),
        (AT_EUID, who.euid),
        (AT_GID, who.gid),
        (AT_EGID, who.egid),
        (AT_SECURE, 0),
        (AT_RANDOM, seed),
        (AT_EXECFN, executable),
        (AT_PLATFORM, platform),
        (AT_NULL, 0),
    ]
    mm.arg_start, mm.arg_end = (arg_pointers or env_pointers or [executable])[0], (env_pointers or [executable])[0]
    mm.env_start, mm.env_end = mm.arg_end, executable
    words = [len(arg_pointers), *arg_pointers, 0, *env_pointers, 0, *(word for pair in auxv for word in pair)]
    width = kernel.abi.info.word_size
    vector = b"".join(word.to_bytes(width, "little") for word in words)
    push(bytes((pointer - len(vector)) % 16))
    mm.start_stack = push(vector)
    mm.auxv = b"".join(number.to_bytes(width, "little") for pair in auxv for number in pair)
    start = page_floor(pointer) - STACK_ROOM
    mm.map(Vma(start, STACK_TOP, READ | WRITE, "[stack]", grows_down=True))
    mm.load(pointer, b"".join(reversed(contents)))
    mm.populate(page_floor(pointer) - STACK_PRESENT, STACK_TOP)
    return pointer


def _string(text: str, what: str) -> bytes:
    """A C string. Raises ExecError when a NUL byte is inside, which C strings can't have."""
    data = os.fsencode(text)
    if 0 in data:
        raise ExecError(f"{what} {text!r} contains a NUL byte")
    return data + b"\0"
