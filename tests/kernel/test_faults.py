"""What a student is told when the CPU refuses an instruction."""

from __future__ import annotations

import pytest

from app.kernel.config import KernelConfig
from app.kernel.kernel import Kernel
from app.toolchain.assemble import assemble
from app.trace.events import AnyEvent, Fault
from app.trace.recorder import Recorder


class Nobody:
    def write(self, stream: int, data: bytes) -> None:
        pass

    def read(self, size: int) -> bytes:
        return b""


def fault_of(body: str) -> Fault:
    """The one fault of a program."""
    events: list[AnyEvent] = []
    program = assemble(f".intel_syntax noprefix\n_start:\n{body}\n", language="gas")
    Kernel(program, Recorder(events.extend), Nobody(), KernelConfig()).run()
    (fault,) = (event for event in events if isinstance(event, Fault))
    return fault


@pytest.mark.parametrize(
    ("body", "vector", "signal", "words"),
    [
        ("hlt", "#GP", "SIGSEGV", "hlt is not allowed in user mode (ring 3)"),
        ("cli", "#GP", "SIGSEGV", "cli is not allowed in user mode"),
        ("in al, dx", "#GP", "SIGSEGV", "in is not allowed in user mode"),
        ("sysenter", "#GP", "SIGSEGV", "32-bit code of the vDSO"),
        ("xor ecx, ecx\ndiv ecx", "#DE", "SIGFPE", "divided by zero"),
        ("ud2", "#UD", "SIGILL", "not an instruction"),
        ("int3", "#BP", "SIGTRAP", "breakpoint"),
        ("mov eax, [0]", "#PF", "SIGSEGV", "NULL pointers"),
        ("mov eax, 0x666000\njmp rax", "#PF", "SIGSEGV", "execute address 0x666000, where nothing is mapped"),
        ("mov [rip + _start], eax", "#PF", "SIGSEGV", "mapped r-xp (.text): that access is not allowed"),
        ("mov rax, -8\nmov eax, [rax]", "#PF", "SIGSEGV", "outside the part of the address space"),
        ("xor eax, eax", "#PF", "SIGSEGV", "is the exit call missing?"),
    ],
)
def test_the_reason_is_given_in_words(body: str, vector: str, signal: str, words: str) -> None:
    fault = fault_of(body)
    assert (fault.vector, fault.signal) == (vector, signal)
    assert words in fault.sentence
