"""Runs that end in ways a real Linux has no exit status for, and what the events say about memory and signals."""

from __future__ import annotations

import pytest

from app.kernel.config import KernelConfig
from app.kernel.kernel import Kernel
from app.toolchain.assemble import assemble
from app.trace.events import Block, Fault, Memory, ModeSwitch, Return, RunEnd, RunStart, Signal
from app.trace.fold import state_at
from app.trace.recorder import Recorder


class Silence:
    """A console that nobody types at."""

    def write(self, stream, data):
        """Drop output."""

    def read(self, size):
        """End of the input."""
        return b""


def run(body, data="", **config):
    """The events of a program in Intel syntax."""
    source = f".intel_syntax noprefix\n.globl _start\n.text\n_start:\n{body}\n.data\n.quad 0\n{data}\n"
    events = []
    Kernel(assemble(source, language="gas"), Recorder(events.extend), Silence(), KernelConfig(**config)).run()
    assert [event.seq for event in events] == list(range(len(events)))
    return events


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


KILL_SELF = "mov eax, 39\nsyscall\nmov edi, eax\nmov esi, {signo}\nmov eax, 62\nsyscall\nhlt"


def test_the_stream_begins_with_run_start():
    assert isinstance(run("hlt")[0], RunStart)


@pytest.mark.parametrize("signo", [19, 20, 21, 22])
def test_a_stopped_program_ends_the_run(signo):
    events = run(KILL_SELF.format(signo=signo))
    end = events[-1]
    assert (end.reason, end.exit_code) == ("deadlock", 125)
    assert "SIGCONT" in end.sentence
    assert of(Signal, events)[-1].action == "stop"


def test_a_handler_runs_with_a_frame_that_the_event_names():
    events = run(
        "mov eax, 13\nmov edi, 10\nlea rsi, action\nxor edx, edx\nmov r10d, 8\nsyscall\n"
        + KILL_SELF.format(signo=10)
        + "\nmov eax, 60\nmov edi, 1\nsyscall\nhandler: mov eax, 60\nmov edi, 7\nsyscall\nrestorer: hlt",
        "action: .quad handler, 0x4000000, restorer, 0",
    )
    (signal,) = of(Signal, events)
    assert (signal.disposition, signal.action) == ("handler", "handler")
    entry = events[events.index(signal) + 1]
    assert isinstance(entry, ModeSwitch)
    assert (entry.reason, entry.pc, entry.saved["rsp"]) == ("signal", signal.handler, signal.frame)
    assert events[-1].status == 7


def test_an_endless_sleep_is_a_deadlock():
    events = run("mov eax, 35\nlea rdi, t\nxor esi, esi\nsyscall", "t: .quad 0x7fffffffffffffff, 0")
    assert events[-1].reason == "deadlock"
    assert of(Block, events)[0].until is None


def test_a_long_sleep_takes_virtual_time_only():
    events = run(
        "mov eax, 35\nlea rdi, t\nxor esi, esi\nsyscall\nmov eax, 60\nxor edi, edi\nsyscall", "t: .quad 86400, 7"
    )
    assert events[-1].reason == "exit"
    assert events[-1].counters.time > 86_400_000_000_000


def test_using_all_memory_ends_the_run():
    body = """
    mov eax, 9
    xor edi, edi
    mov rsi, 0x100000000
    mov edx, 3
    mov r10d, 0x22
    mov r8, -1
    xor r9d, r9d
    syscall
next:
    mov [rax], rax
    add rax, 4096
    jmp next
"""
    events = run(body, memory_bytes=1 << 20)
    assert events[-1].reason == "memory-limit"
    assert events[-1].counters.memory_bytes == 1 << 20
    assert all(fault.signal is None for fault in of(Fault, events))


def test_populating_more_than_there_is_ends_the_run():
    body = """
    mov eax, 9
    xor edi, edi
    mov rsi, 0x100000000
    mov edx, 3
    mov r10d, 0x8022
    mov r8, -1
    xor r9d, r9d
    syscall
"""
    assert run(body, memory_bytes=1 << 20)[-1].reason == "memory-limit"


def test_what_cannot_be_loaded_is_said():
    events = run("hlt", argv=("a\0b",))
    assert [type(event) for event in events] == [RunEnd]
    assert "NUL" in events[0].sentence


def test_the_same_run_twice():
    body = "mov eax, 318\nlea rdi, b\nmov esi, 8\nxor edx, edx\nsyscall\n" + KILL_SELF.format(signo=15)
    assert run(body, "b: .quad 0", seed=5) == run(body, "b: .quad 0", seed=5)
    first, second = (of(Return, run(body, "b: .quad 0", seed=seed))[0].strace for seed in (1, 2))
    assert first != second and first.startswith('getrandom("\\x')


def test_the_fold_of_the_events_is_the_address_space():
    body = """
    mov eax, 12
    xor edi, edi
    syscall
    lea rdi, [rax+0x3000]
    mov eax, 12
    syscall
    mov eax, 10
    lea rdi, [rax]
    syscall
    mov eax, 9
    mov edi, 0x20000000
    mov esi, 0x5000
    mov edx, 3
    mov r10d, 0x32
    mov r8, -1
    xor r9d, r9d
    syscall
    mov eax, 11
    mov edi, 0x20001000
    mov esi, 0x1000
    syscall
    mov eax, 10
    mov edi, 0x20003000
    mov esi, 0x1000
    mov edx, 1
    syscall
    mov byte ptr [rsp-0x40000], 1
    hlt
"""
    events = run(body)
    memory = {
        region.start: (region.end, region.perms, region.name) for region in state_at(events, len(events) - 1).memory
    }
    assert len(of(Memory, events)) == 5
    assert memory["0x20000000"] == ("0x20001000", "rw-p", "")
    assert memory["0x20002000"] == ("0x20003000", "rw-p", "")
    assert memory["0x20003000"] == ("0x20004000", "r--p", "")
    assert memory["0x20004000"] == ("0x20005000", "rw-p", "")
    heap, stack = ([m for m in memory.items() if m[1][2] == name] for name in ("[heap]", "[stack]"))
    assert len(heap) == 1 and int(heap[0][1][0], 16) - int(heap[0][0], 16) == 0x3000
    assert len(stack) == 1 and int(stack[0][1][0], 16) - int(stack[0][0], 16) > 0x40000


def test_a_program_larger_than_the_machine_is_said():
    events = run("hlt", "big: .zero 200000", memory_bytes=64 << 10)
    assert [type(event) for event in events] == [RunEnd]
    assert events[0].reason == "memory-limit"
