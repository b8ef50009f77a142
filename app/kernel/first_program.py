"""The program that the run begins with: the Program that the toolchain made, or an ELF file the visitor brought."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec.structs import replace

from app.cpu.mmu import EXECUTE, READ, WRITE
from app.toolchain.elf import ElfError, write_elf
from app.toolchain.machines import MACHINES
from app.toolchain.program import Program, Segment

from .code_map import CodeMap
from .elf import read_elf
from .errno import Errno, KernelError
from .exec import Loaded, load_file, open_elf
from .initial_stack import STACK_ROOM, Image, Strings, build
from .mm.faults import MMAP_MIN_ADDR, page_ceil, page_floor
from .mm.vma import Vma

if TYPE_CHECKING:
    from .binprm import BinaryProgram
    from .call import Call
    from .kernel import Kernel
    from .task import Task

ZEROED_PRESENT = 256 << 10
"""Zeroed memory (.bss) up to this size has its frames from the start; more is provided page by page."""

MAX_ARGUMENT_BYTES = 2 << 20
"""All of argv and env may take a quarter of the stack limit (execve(2), "Limits on size of arguments")."""

_PERMS = {"r": READ, "w": WRITE, "x": EXECUTE}


class ExecError(ValueError):
    """The Program, its arguments or its environment can't be loaded; the text says which and why."""


def load_elf(call: Call, program: BinaryProgram) -> Loaded:
    """Load the file that the run begins with, an ELF file. Raises ExecError, and OutOfMemory."""
    try:
        elf, interpreter = open_elf(call, program)
    except KernelError as error:
        raise ExecError(_why(call, program, error)) from error
    loaded = load_file(call.kernel, program, elf, interpreter, call.task.credentials, secure=False)
    if loaded.failure is not None:
        raise ExecError(_why(call, program, loaded.failure))
    return loaded


def _why(call: Call, program: BinaryProgram, error: KernelError) -> str:
    """What to tell the visitor, who cannot look at events of a run that never began."""
    if error.errno is not Errno.ENOENT:
        return error.why or str(error)
    name = read_elf(program.dentry, program.inode, MACHINES[call.task.abi.info.name]).interpreter() or b""
    return (
        f"it needs the interpreter {os.fsdecode(name)}, that is, it is linked dynamically: link it with -static, "
        "or bring the interpreter and the libraries along"
    )


def load(kernel: Kernel, task: Task, program: Program, filename: str) -> tuple[int, int]:
    """Map an assembled Program, the heap's start and the stack into the task's memory, and name the regions after its
    sections; returns the entry point and the initial stack pointer.

    Raises ExecError, and OutOfMemory when the machine is too small.
    """
    mm = task.mm
    end = 0
    for name, start, stop, prot, segments in _regions(program.segments, kernel.abi.memory.stack_top):
        mm.map(Vma(start, stop, prot, name))
        for segment in segments:
            mm.load(segment.address, segment.data)
            filled = page_floor(segment.address + len(segment.data))
            if segment.address + segment.size - filled <= ZEROED_PRESENT:
                mm.populate(max(filled, start), page_ceil(segment.address + segment.size))
        end = max(end, stop)
    mm.start_brk = mm.brk = end
    mm.lines = program.lines
    if kernel.vdso is not None:
        kernel.vdso.map(mm)
    mm.code = CodeMap(program, 0) if program.functions else None
    image = Image(start=program.entry, entry=program.entry)
    return program.entry, build(kernel, mm, task.credentials, strings_of(kernel, filename), image)


def strings_of(kernel: Kernel, filename: str) -> Strings:
    """What the first program is told. Raises ExecError."""
    config = kernel.config
    strings = Strings(
        _string(filename, "argument"),
        tuple(_string(text, "argument") for text in config.argv),
        tuple(_string(text, "environment variable") for text in config.env),
    )
    size = sum(len(text) + 9 for text in (*strings.argv, *strings.envp))
    if size > MAX_ARGUMENT_BYTES:
        raise ExecError(f"arguments and environment take {size} bytes, more than the {MAX_ARGUMENT_BYTES} there are")
    return strings


def file_contents(program: Program, stack_top: int) -> bytes:
    """What the file of the first program holds: the ELF file that it came from, or one made of it."""
    if program.image:
        return program.image
    segments = []
    for name, _, _, prot, members in _regions(program.segments, stack_top):
        first, last = members[0], members[-1]
        data = bytearray()
        for segment in members:
            data += bytes(segment.address - first.address - len(data)) if segment.data else b""
            data += segment.data
        perms = "".join(letter if prot & bit else "-" for letter, bit in _PERMS.items())
        segments.append(Segment(name, first.address, bytes(data), last.address + last.size - first.address, perms))
    try:
        return write_elf(replace(program, segments=tuple(segments)))
    except ElfError as error:
        raise ExecError(str(error)) from error


def _regions(segments: tuple[Segment, ...], stack_top: int) -> list[tuple[str, int, int, int, list[Segment]]]:
    """(name, start, end, prot, segments) of each region. Segments that share a page must agree on its permissions."""
    regions: list[tuple[str, int, int, int, list[Segment]]] = []
    for segment in sorted(segments, key=lambda segment: segment.address):
        stop = segment.address + segment.size
        if segment.size == 0:
            continue
        if len(segment.data) > segment.size:
            raise ExecError(f"segment {segment.name} has more data than room")
        if segment.address < MMAP_MIN_ADDR or stop > stack_top - MAX_ARGUMENT_BYTES - STACK_ROOM:
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


def _string(text: str, what: str) -> bytes:
    """A C string without its NUL. Raises ExecError when a NUL byte is inside, which C strings can't have."""
    data = os.fsencode(text)
    if 0 in data:
        raise ExecError(f"{what} {text!r} contains a NUL byte")
    return data
