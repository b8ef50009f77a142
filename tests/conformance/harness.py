"""Compare this kernel with the Linux of the test machine: the same machine code runs on both.

A case is a list of calls, written with `call`:

    check(
        call("openat", AT_FDCWD, "missing", 0),              # str: address of a NUL-terminated string
        call("creat", "new", 0o644),
        call("write", Result(1), b"hello", 5),               # bytes: just these; Result(1): what call 1 gave
        call("lseek", Result(1), -2, 2),
        call("pipe", Buffer("fds", 8), show="sign"),         # a named zeroed buffer; the same name is the same buffer
        call("read", Loaded("fds", 0), Buffer("b", 16), 16, dump=[("b", 0, 16)]),   # Loaded: an int found in a buffer
        stdin=b"typed",
    )

`check` assembles a fixed interpreter with the calls as its data, writes an ELF file and runs it natively (as an
unprivileged user, in a fresh directory) and under this kernel, both with pipes as standard streams. After each call the
interpreter prints its result (`show="value"`), only success or errno (`"sign"`, for results that need not agree, such
as addresses), or nothing (`"none"`), and then every `dump`ed range of a buffer in hexadecimal. Printing goes through
descriptor 1000, so a case may do with 0 to 999 what it likes. Output, exit status or signal, and so every errno, must
be the same.

More arguments: `Edge(n)`: the last `n` bytes of a page before an unmapped one; `READ_ONLY`: an address in the program's
code; `Packed([...])`: a struct of 8-byte words, each of which may be any of these; `UNMAPPED`, `KERNEL_ADDRESS`.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from app.kernel.abi.text import signal_name
from app.kernel.abi.x86_64_table import NAMES
from app.kernel.config import KernelConfig
from app.kernel.kernel import Kernel
from app.toolchain.assemble import assemble
from app.toolchain.elf import write_elf
from app.toolchain.program import Program
from app.trace.events import AnyEvent, RunEnd
from app.trace.recorder import Recorder

AT_FDCWD = -100
UNMAPPED = 0x10_0000
KERNEL_ADDRESS = 0xFFFF_8000_0000_0000
USER_ID = 1000
TIMEOUT_SECONDS = 20

_NUMBERS = {name: number for number, name in NAMES.items()}
_EDGE_END = 0x1000_1000
_MAX_DUMPS = 4
_VALUE, _RESULT, _LOADED = 0, 1, 2
_SHOW = {"value": 0, "sign": 1, "none": 2}


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
class Call:
    """One step of a case."""

    name: str
    arguments: tuple[object, ...]
    show: str
    dump: tuple[tuple[str, int, int], ...]


def call(name: str, *arguments: object, show: str = "value", dump: Sequence[tuple[str, int, int]] = ()) -> Call:
    """A step: the call, its arguments, what to print of its result, and (buffer, offset, size) to dump after it."""
    return Call(name, arguments, show, tuple(dump))


@dataclass
class Outcome:
    """What a run left behind."""

    stdout: bytes
    stderr: bytes
    status: int | None
    signal: str | None
    events: list[AnyEvent] = field(default_factory=list)


# -- from calls to a program -------------------------------------------------------------------------------------------

_INTERPRETER = """
.intel_syntax noprefix
.globl _start
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
    lea r15, steps
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
    movzx eax, al
    sar rcx, 8
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

.data
hexadecimal: .ascii "0123456789abcdef"
arguments: .zero 48
text: .zero 16384
"""


class _Compiler:
    """Lays the data of a case out."""

    def __init__(self) -> None:
        self.blobs: list[str] = []
        self.buffers: dict[str, int] = {}

    def compile(self, steps: Sequence[Call]) -> str:
        lines = [line for step in steps for line in self._record(step)]
        buffers = [f".balign 16\nbuffer_{name}: .zero {size}" for name, size in self.buffers.items()]
        parts = [_INTERPRETER, *self.blobs, ".balign 8", "steps:", *lines, ".quad -1"]
        return "\n".join([*parts, ".bss", *buffers, ".balign 8", f"results: .zero {8 * len(steps) + 8}", ""])

    def _record(self, step: Call) -> Iterator[str]:
        yield f".quad {_NUMBERS[step.name]}"
        values = [*step.arguments, *[0] * (6 - len(step.arguments))]
        for value in values:
            kind = {Result: _RESULT, Loaded: _LOADED}.get(type(value), _VALUE)
            yield f".quad {kind}, {self._word(value)}"
        yield f".quad {_SHOW[step.show]}"
        dumps = [*step.dump, *[("", 0, 0)] * (_MAX_DUMPS - len(step.dump))]
        for name, offset, size in dumps:
            yield f".quad {f'buffer_{name}+{offset}' if name else 0}, {size}"

    def _word(self, value: object) -> str:
        match value:
            case bool() | int():
                return hex(int(value) & (2**64 - 1))
            case str():
                return self._blob(os.fsencode(value) + b"\0")
            case bytes():
                return self._blob(value)
            case Buffer(name, size, offset):
                self.buffers[name] = max(self.buffers.get(name, 0), size)
                return f"buffer_{name}+{offset}"
            case Result(index, plus):
                assert index < 256
                return hex((plus << 8 | index) & (2**64 - 1))
            case Loaded(name, offset):
                return f"buffer_{name}+{offset}"
            case Edge(count):
                return hex(_EDGE_END - count)
            case Packed(words):
                compiled = ", ".join(self._word(word) for word in words)
                label = f"blob_{len(self.blobs)}"
                self.blobs.append(f".balign 8\n{label}: .quad {compiled}")
                return label
            case _ReadOnly():
                return "_start"
        raise TypeError(f"{value!r} is no argument of a call")

    def _blob(self, data: bytes) -> str:
        label = f"blob_{len(self.blobs)}"
        rows = [f".byte {', '.join(map(str, data[at : at + 64]))}" for at in range(0, len(data), 64)]
        self.blobs.append("\n".join([f"{label}:", *(rows or [".byte 0"])]))
        return label


def compile_case(steps: Sequence[Call]) -> Program:
    """The program that carries out `steps` and prints what they gave."""
    return assemble(_Compiler().compile(steps), language="gas")


# -- running it --------------------------------------------------------------------------------------------------------


@cache
def why_not_native() -> str | None:
    """Why this machine cannot run the programs itself; None when it can."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "needs Linux on x86-64"
    return None


def need_ext4() -> None:
    """Skip a test whose answers (largest offset, holes, blocks) are ext4's, where files are on something else."""
    with fresh_directory() as path:
        shown = subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, text=True, check=False).stdout
    if shown.strip() not in ("ext2/ext3", "overlayfs"):
        pytest.skip(f"compares with ext4, and temporary files are on {shown.strip() or 'something unknown'}")


@contextmanager
def fresh_directory() -> Iterator[Path]:
    """A directory of the unprivileged user's own, outside pytest's private ones."""
    path = Path(tempfile.mkdtemp(prefix="conformance-"))
    try:
        path.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(path, USER_ID, USER_ID)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _privileges() -> dict[str, object]:
    """Arguments for subprocess that give up root."""
    return {"user": USER_ID, "group": USER_ID, "extra_groups": []} if os.geteuid() == 0 else {}


def run_native(program: Program, stdin: bytes = b"") -> Outcome:
    """Run on the real kernel."""
    with fresh_directory() as home, fresh_directory() as work:
        executable = home / "case"
        executable.write_bytes(write_elf(program))
        executable.chmod(0o755)
        done = subprocess.run(
            ["/bin/sh", "-c", 'ulimit -n 1024; umask 022; exec "$0"', str(executable)],
            input=stdin,
            capture_output=True,
            cwd=work,
            env={},
            timeout=TIMEOUT_SECONDS,
            check=False,
            **_privileges(),
        )
    if done.returncode < 0:
        return Outcome(done.stdout, done.stderr, None, signal_name(-done.returncode))
    return Outcome(done.stdout, done.stderr, done.returncode, None)


class FedConsole:
    """A console whose keyboard says what it is told to, then ends."""

    def __init__(self, chunks: Sequence[bytes]) -> None:
        self._chunks = [chunk for chunk in chunks if chunk]
        self.shown: dict[int, bytearray] = {}

    def write(self, stream: int, data: bytes) -> None:
        """Keep the output."""
        self.shown.setdefault(stream, bytearray()).extend(data)

    def read(self, size: int) -> bytes | None:
        """The next chunk."""
        return self._chunks.pop(0) if self._chunks else b""


def run_here(program: Program, stdin: bytes = b"", config: KernelConfig | None = None) -> Outcome:
    """Run under this kernel."""
    console = FedConsole([stdin])
    events: list[AnyEvent] = []
    config = config or KernelConfig(cwd="/tmp/work", streams=("stream", "stream", "stream"), max_events=2_000_000)
    Kernel(program, Recorder(events.extend), console, config).run()
    end = events[-1]
    assert isinstance(end, RunEnd), end
    assert end.reason in ("exit", "signal"), end.sentence
    shown = console.shown
    return Outcome(bytes(shown.get(1, b"")), bytes(shown.get(2, b"")), end.status, end.signal, events)


def check(*steps: Call, stdin: bytes = b"") -> Outcome:
    """Run `steps` on both kernels and compare. Returns this kernel's outcome, whose events a test may look at."""
    return _compare(lambda: compile_case(steps), stdin, steps)


def check_source(source: str, stdin: bytes = b"") -> Outcome:
    """The same for a program in GNU assembler, Intel syntax."""
    return _compare(lambda: assemble(f".intel_syntax noprefix\n.globl _start\n{source}\n", language="gas"), stdin)


def _compare(build: Callable[[], Program], stdin: bytes, steps: Sequence[Call] = ()) -> Outcome:
    """Run a program on both kernels and compare."""
    reason = why_not_native()
    if reason:
        pytest.skip(reason)
    program = build()
    real = run_native(program, stdin)
    ours = run_here(program, stdin)
    if (real.stdout, real.stderr, real.status, real.signal) != (ours.stdout, ours.stderr, ours.status, ours.signal):
        pytest.fail(_difference(steps, real, ours), pytrace=False)
    return ours


def _difference(steps: Sequence[Call], real: Outcome, ours: Outcome) -> str:
    """The lines that differ, with the calls that printed them, and how both runs ended."""
    owners = [step for step in steps for _ in range((step.show != "none") + len(step.dump))]
    real_lines, our_lines = (outcome.stdout.decode("latin-1").splitlines() for outcome in (real, ours))
    table = []
    for index in range(max(len(real_lines), len(our_lines))):
        left = real_lines[index] if index < len(real_lines) else "(nothing)"
        right = our_lines[index] if index < len(our_lines) else "(nothing)"
        if left != right:
            owner = owners[index] if index < len(owners) else None
            shown = f"{owner.name}{_shown(owner.arguments)}" if owner else "?"
            table.append(f"line {index}: Linux {left}, this kernel {right}: {shown}")
    ends = f"Linux: status {real.status}, signal {real.signal}; here: status {ours.status}, signal {ours.signal}"
    return "\n".join([*table[:40], ends])


def _shown(arguments: tuple[object, ...]) -> str:
    return f"({', '.join(text if len(text := repr(value)) < 60 else text[:57] + '...' for value in arguments)})"
