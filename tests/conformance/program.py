"""Cases as data: the calls, their arguments, and the program that carries them out.

The program is a fixed interpreter, assembled once, and a data segment with the calls, laid out here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from app.kernel.abi.x86_64_table import NAMES
from app.toolchain.assemble import assemble
from app.toolchain.program import Program, Segment

AT_FDCWD = -100
UNMAPPED = 0x10_0000
KERNEL_ADDRESS = 0xFFFF_8000_0000_0000

_NUMBERS = {name: number for number, name in NAMES.items()}
_EDGE_END = 0x1000_1000
_MAX_DUMPS = 4
_VALUE, _RESULT, _LOADED = 0, 1, 2
_SHOW = {"value": 0, "sign": 1, "none": 2}
_MASK = 2**64 - 1

_DATA_ADDRESS = 0x50_0000
"""Where the interpreter finds the address of the first step."""

_ZEROED_ADDRESS = 0x80_0000
"""The results of the steps, then the buffers."""

MAX_STEPS = 4096


@dataclass(frozen=True)
class Buffer:
    """The address of `offset` bytes into a named, zeroed buffer; `size` counts where it is named first."""

    name: str
    size: int = 0
    offset: int = 0


@dataclass(frozen=True)
class Result:
    """What call number `index` of the case returned, and `plus` more."""

    index: int
    plus: int = 0


@dataclass(frozen=True)
class Loaded:
    """The 32-bit int at `offset` of a buffer, at the time of the call."""

    name: str
    offset: int = 0


@dataclass(frozen=True)
class Edge:
    """The address `count` bytes before an unmapped page; the page before it is writable and zeroed."""

    count: int


@dataclass(frozen=True)
class Packed:
    """The address of 8-byte words, each an int, a string, bytes, a Buffer or an Edge."""

    words: tuple[object, ...]

    def __init__(self, words: Sequence[object]) -> None:
        object.__setattr__(self, "words", tuple(words))


class _ReadOnly:
    """An address that can be read and executed but not written."""


READ_ONLY = _ReadOnly()


@dataclass(frozen=True)
class Label:
    """The address of a symbol of the interpreter."""

    name: str


HANDLER = Label("handler")
"""A signal handler that does nothing."""

RESTORER = Label("restorer")
"""What it returns to."""


@dataclass(frozen=True)
class Call:
    """One step of a case: a call by its name, or by a number of 64 bits."""

    name: str | int
    arguments: tuple[object, ...]
    show: str
    dump: tuple[tuple[str, int, int], ...]


def call(name: str | int, *arguments: object, show: str = "value", dump: Sequence[tuple[str, int, int]] = ()) -> Call:
    """A step: the call, its arguments, what to print of its result, and (buffer, offset, size) to dump after it."""
    return Call(name, arguments, show, tuple(dump))


_INTERPRETER = """
.intel_syntax noprefix
.globl _start
.equ case, 0x500000
.equ results, 0x800000
.text
_start:
    mov eax, 33
    mov edi, 1
    mov esi, 1000
    syscall
    mov eax, 9
    mov edi, 0x10000000
    mov esi, 8192
    mov edx, 3
    mov r10d, 0x32
    mov r8, -1
    xor r9d, r9d
    syscall
    mov eax, 11
    mov edi, 0x10001000
    mov esi, 4096
    syscall
    mov r15, [case]
    xor r14d, r14d
next_step:
    cmp qword ptr [r15], -1
    je finished
    lea r13, [r15+8]
    xor ebx, ebx
next_argument:
    mov rax, [r13+8]
    mov rcx, [r13]
    test rcx, rcx
    je have_argument
    cmp rcx, 1
    jne load_argument
    mov rcx, rax
    movzx eax, ax
    sar rcx, 16
    add rcx, [results+rax*8]
    mov rax, rcx
    jmp have_argument
load_argument:
    movsxd rax, dword ptr [rax]
have_argument:
    mov [arguments+rbx*8], rax
    add r13, 16
    inc ebx
    cmp ebx, 6
    jne next_argument
    mov rdi, [arguments]
    mov rsi, [arguments+8]
    mov rdx, [arguments+16]
    mov r10, [arguments+24]
    mov r8, [arguments+32]
    mov r9, [arguments+40]
    mov rax, [r15]
    syscall
    mov [results+r14*8], rax
    mov rcx, [r13]
    add r13, 8
    cmp rcx, 2
    je dumps
    test rcx, rcx
    je show_value
    cmp rax, -4095
    jae show_value
    xor eax, eax
show_value:
    call print_decimal
dumps:
    mov ebx, 4
next_dump:
    mov rsi, [r13]
    mov rcx, [r13+8]
    add r13, 16
    test rcx, rcx
    je no_dump
    call print_hexadecimal
no_dump:
    dec ebx
    jne next_dump
    mov r15, r13
    inc r14d
    jmp next_step
finished:
    mov eax, 231
    xor edi, edi
    syscall

print_decimal:
    lea rsi, [text+32]
    mov byte ptr [rsi], 10
    mov r12, rax
    test rax, rax
    jns digits
    neg rax
digits:
    mov ecx, 10
next_digit:
    xor edx, edx
    div rcx
    add edx, 48
    dec rsi
    mov [rsi], dl
    test rax, rax
    jne next_digit
    test r12, r12
    jns print
    dec rsi
    mov byte ptr [rsi], 45
print:
    lea rdx, [text+33]
    sub rdx, rsi
    mov edi, 1000
    mov eax, 1
    syscall
    ret

print_hexadecimal:
    lea rdi, text
next_byte:
    movzx eax, byte ptr [rsi]
    mov edx, eax
    shr eax, 4
    and edx, 15
    movzx eax, byte ptr [hexadecimal+rax]
    mov [rdi], al
    movzx eax, byte ptr [hexadecimal+rdx]
    mov [rdi+1], al
    add rdi, 2
    inc rsi
    dec rcx
    jne next_byte
    mov byte ptr [rdi], 10
    inc rdi
    lea rsi, text
    mov rdx, rdi
    sub rdx, rsi
    mov edi, 1000
    mov eax, 1
    syscall
    ret

handler:
    ret
restorer:
    mov eax, 15
    syscall

.data
hexadecimal: .ascii "0123456789abcdef"
arguments: .zero 48
text: .zero 16384
"""


@cache
def _interpreter() -> Program:
    return assemble(_INTERPRETER, language="gas")


class _Compiler:
    """Lays the data of a case out."""

    def __init__(self, steps: Sequence[Call]) -> None:
        self.steps = steps
        self.data = bytearray(8)
        self.buffers: dict[str, int] = {}
        self.zeroed = 8 * (MAX_STEPS + 1)
        self.start = next(symbol.address for symbol in _interpreter().symbols if symbol.name == "_start")
        sizes: dict[str, int] = {}
        for value in _values(argument for step in steps for argument in step.arguments):
            if isinstance(value, Buffer):
                sizes[value.name] = max(sizes.get(value.name, 0), value.size)
        for name, size in sizes.items():
            self.zeroed = -(-self.zeroed // 16) * 16
            self.buffers[name] = _ZEROED_ADDRESS + self.zeroed
            self.zeroed += size

    def compile(self) -> Program:
        words = [word for step in self.steps for word in self._record(step)]
        self.data[:8] = self._place(b"".join(word.to_bytes(8, "little") for word in (*words, _MASK))).to_bytes(
            8, "little"
        )
        code = _interpreter()
        segments = (
            *code.segments,
            Segment("case", _DATA_ADDRESS, bytes(self.data), len(self.data), "rw-"),
            Segment("buffers", _ZEROED_ADDRESS, b"", self.zeroed, "rw-"),
        )
        return Program(code.arch, code.language, segments, code.entry)

    def _record(self, step: Call) -> Iterator[int]:
        yield step.name & _MASK if isinstance(step.name, int) else _NUMBERS[step.name]
        for value in (*step.arguments, *[0] * (6 - len(step.arguments))):
            yield {Result: _RESULT, Loaded: _LOADED}.get(type(value), _VALUE)
            yield self._word(value)
        yield _SHOW[step.show]
        for name, offset, size in (*step.dump, *[("", 0, 0)] * (_MAX_DUMPS - len(step.dump))):
            yield self.buffers[name] + offset if name else 0
            yield size

    def _word(self, value: object) -> int:
        match value:
            case bool() | int():
                return int(value) & _MASK
            case str():
                return self._place(os.fsencode(value) + b"\0")
            case bytes():
                return self._place(value)
            case Buffer(name, _, offset) | Loaded(name, offset):
                return self.buffers[name] + offset
            case Result(index, plus):
                assert index < MAX_STEPS
                return (plus << 16 | index) & _MASK
            case Edge(count):
                return _EDGE_END - count
            case Packed(words):
                return self._place(b"".join(self._word(word).to_bytes(8, "little") for word in words))
            case _ReadOnly():
                return self.start
            case Label(name):
                return next(symbol.address for symbol in _interpreter().symbols if symbol.name == name)
        raise TypeError(f"{value!r} is no argument of a call")

    def _place(self, blob: bytes) -> int:
        """The address of `blob`. A blob may be overwritten by the program, so none is shared."""
        self.data += bytes(-len(self.data) % 8)
        address = _DATA_ADDRESS + len(self.data)
        self.data += blob or b"\0"
        assert address + len(blob) < _ZEROED_ADDRESS
        return address


def _values(arguments: Iterable[object]) -> Iterator[object]:
    """All values, those inside structs too."""
    for argument in arguments:
        yield argument
        if isinstance(argument, Packed):
            yield from _values(argument.words)


def compile_case(steps: Sequence[Call]) -> Program:
    """The program that carries out `steps` and prints what they gave."""
    return _Compiler(steps).compile()
