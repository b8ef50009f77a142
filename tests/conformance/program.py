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
from tests.conformance.interpreters import NARROWED, Interpreter, build_interpreter

AT_FDCWD = -100
UNMAPPED = 0x10_0000
KERNEL_ADDRESS = 0xFFFF_8000_0000_0000

_NUMBERS = {name: number for number, name in NAMES.items()}
_EDGE_END = 0x1000_1000
_MAX_DUMPS = 4
_VALUE, _RESULT, _LOADED = 0, 1, 2
_SHOW = {"value": 0, "sign": 1, "none": 2, "reaped": 3, "left": 4}
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


@dataclass(frozen=True)
class Field:
    """Part of a Packed that has `size` bytes, whatever words the machine has."""

    value: object
    size: int


class _ReadOnly:
    """An address that can be read and executed but not written."""


READ_ONLY = _ReadOnly()


@dataclass(frozen=True)
class Label:
    """The address of a symbol of the interpreter."""

    name: str


HANDLER, RESTORER = Label("handler"), Label("restorer")
"""A signal handler that writes down what it was told, and where it returns to."""

SIGNAL_LOG = "signal_log"
"""The buffer it writes to: signal, code and value, flags of the stack, mask and rax of the frame (only 0 or an
errno): 32 bytes each."""


@dataclass(frozen=True)
class Call:
    """One step of a case: a call by its name, or by a number of 64 bits."""

    name: str | int
    arguments: tuple[object, ...]
    show: str
    dump: tuple[tuple[str, int, int], ...]
    inner: int = 0


def call(
    name: str | int,
    *arguments: object,
    show: str = "value",
    dump: Sequence[tuple[str, int, int]] = (),
    inner: int = 0,
) -> Call:
    """A step: the call, its arguments, what to print of its result, and (buffer, offset, size) to dump after it.

    The child of a fork, vfork or clone does the next `inner` steps and exits with 7 while its parent waits, which then
    goes on behind them and prints how the child ended. `show` is "reaped", or "left" to leave a zombie.
    """
    return Call(name, arguments, show, tuple(dump), inner)


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
    xor ebp, ebp
next_step:
    cmp r15, rbp
    je child_finished
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
step_trap:
    syscall
    mov [results+r14*8], rax
    mov rcx, [r13]
    add r13, 8
    cmp cl, 3
    jae forked
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
child_finished:
    mov eax, 231
    mov edi, 7
    syscall

forked:
    mov ebx, ecx
    shr ebx, 8
    lea rdx, [r13+64]
    imul r12, rbx, 176
    add rdx, r12
    test rax, rax
    jne parent
    mov rbp, rdx
    jmp dumps
parent:
    js show_forked
    push rdx
    push rbx
    push rcx
    push rax
wait_for_it:
    mov eax, 247
    mov edi, 1
    mov rsi, [rsp]
    lea rdx, waited
    mov r10d, 0x41000004
    xor r8d, r8d
    syscall
    cmp rax, -4
    je wait_for_it
    pop rdi
    pop rcx
    test rax, rax
    js show_waited
    mov eax, [waited+24]
    cmp cl, 4
    je show_waited
    mov eax, 61
    lea rsi, waited
    mov edx, 0x40000000
    xor r10d, r10d
    syscall
    mov eax, [waited]
show_waited:
    pop rbx
    pop rdx
show_forked:
    add r14d, ebx
    sub rdx, 64
    mov r13, rdx
    call print_decimal
    add r13, 64
    mov r15, r13
    inc r14d
    jmp next_step

handler:
    mov rax, [signals_seen]
    cmp rax, 63
    ja restorer_return
    inc qword ptr [signals_seen]
    shl rax, 5
    add rax, offset signal_log
    mov [rax], edi
    mov ecx, [rsi+8]
    mov [rax+4], ecx
    mov ecx, [rsi+24]
    mov [rax+8], ecx
    mov ecx, [rdx+24]
    mov [rax+12], ecx
    mov rcx, [rdx+296]
    mov [rax+16], rcx
    mov rcx, [rdx+144]
    test rcx, rcx
    jg restorer_return
    mov [rax+24], rcx
restorer_return:
    ret
restorer:
    mov eax, 15
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
decimal_trap:
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
hexadecimal_trap:
    syscall
    ret

.data
hexadecimal: .ascii "0123456789abcdef"
arguments: .zero 48
waited: .zero 128
signals_seen: .zero 8
signal_log: .zero 2048
text: .zero 16384
"""


@cache
def interpreter(arch: str) -> Interpreter:
    """The program that carries out cases on this architecture."""
    if arch != "x86_64":
        return build_interpreter(arch)
    return Interpreter(assemble(_INTERPRETER, language="gas"), 8, _NUMBERS, _MASK, False)


@cache
def place(symbol: str, arch: str = "x86_64") -> str:
    """The address of a place in the interpreter, as events show it."""
    return next(hex(found.address) for found in interpreter(arch).code.symbols if found.name == symbol)


class _Compiler:
    """Lays the data of a case out."""

    def __init__(self, steps: Sequence[Call], machine: Interpreter) -> None:
        self.steps = steps
        self.machine = machine
        self.mask = (1 << 8 * machine.word_size) - 1
        self.data = bytearray(8)
        self.buffers: dict[str, int] = {}
        self.zeroed = 8 * (MAX_STEPS + 1)
        self.symbols = {symbol.name: symbol.address for symbol in machine.code.symbols}
        self.buffers[SIGNAL_LOG] = self.symbols[SIGNAL_LOG]
        sizes: dict[str, int] = {}
        for value in _values(argument for step in steps for argument in step.arguments):
            if isinstance(value, Buffer):
                sizes[value.name] = max(sizes.get(value.name, 0), value.size)
        for name, size in sizes.items():
            self.zeroed = -(-self.zeroed // 16) * 16
            self.buffers[name] = _ZEROED_ADDRESS + self.zeroed
            self.zeroed += size

    def compile(self) -> Program:
        size = self.machine.word_size
        words = [word for step in self.steps for word in self._record(step)]
        first = self._place(b"".join(word.to_bytes(size, "little") for word in (*words, self.machine.end)))
        self.data[:size] = first.to_bytes(size, "little")
        code = self.machine.code
        segments = (
            *code.segments,
            Segment("case", _DATA_ADDRESS, bytes(self.data), len(self.data), "rw-"),
            Segment("buffers", _ZEROED_ADDRESS, b"", self.zeroed, "rw-"),
        )
        return Program(code.arch, code.language, segments, code.entry)

    def _record(self, step: Call) -> Iterator[int]:
        yield step.name & self.mask if isinstance(step.name, int) else self.machine.numbers[step.name]
        for value in (*step.arguments, *[0] * (6 - len(step.arguments))):
            kind = {Result: _RESULT, Loaded: _LOADED}.get(type(value), _VALUE)
            if isinstance(value, Result) and self.machine.index_in_kind:
                yield kind | value.index << 8
                yield value.plus & self.mask
            else:
                yield kind
                yield self._word(value)
        yield _SHOW[step.show] | step.inner << 8
        for name, offset, size in (*step.dump, *[("", 0, 0)] * (_MAX_DUMPS - len(step.dump))):
            yield self.buffers[name] + offset if name else 0
            yield size

    def _word(self, value: object) -> int:
        match value:
            case bool() | int():
                return self._number(value)
            case str():
                return self._place(os.fsencode(value) + b"\0")
            case bytes():
                return self._place(value)
            case Buffer(name, _, offset) | Loaded(name, offset):
                return self.buffers[name] + offset
            case Result(index, plus):
                assert index < MAX_STEPS
                return (plus << 16 | index) & self.mask
            case Edge(count):
                return _EDGE_END - count
            case Packed(words):
                return self._place(b"".join(map(self._bytes, words)))
            case _ReadOnly():
                return self.symbols["_start"]
            case Label(name):
                return self.symbols[name] | self.machine.code_bit
        raise TypeError(f"{value!r} is no argument of a call")

    def _number(self, value: int) -> int:
        """A number as this machine has it. Hostile addresses of 64 bits become those at the end of 32 bits."""
        if self.mask != _MASK:
            value = NARROWED.get(int(value) & _MASK, value)
        return int(value) & self.mask

    def _bytes(self, word: object) -> bytes:
        """A part of a struct."""
        if isinstance(word, Field):
            number = word.value if isinstance(word.value, int) else self._word(word.value)
            return (number & (1 << 8 * word.size) - 1).to_bytes(word.size, "little")
        return self._word(word).to_bytes(self.machine.word_size, "little")

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
        elif isinstance(argument, Field):
            yield argument.value


def compile_case(steps: Sequence[Call], arch: str = "x86_64") -> Program:
    """The program that carries out `steps` and prints what they gave."""
    return _Compiler(steps, interpreter(arch)).compile()
