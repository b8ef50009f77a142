"""What the kernel does when every task sleeps: time passes at once, unless somebody may type before."""

from __future__ import annotations

import pytest

from app.kernel.config import KernelConfig
from app.kernel.kernel import Kernel
from app.toolchain.assemble import assemble
from app.trace.events import InputWait, Output, Return, RunEnd
from app.trace.recorder import Recorder

SECOND = 1_000_000_000


class Typist:
    """A console at which somebody types `data` when the program has waited `after` seconds; never when that is None."""

    def __init__(self, events: list[object], data: bytes = b"", after: float | None = None) -> None:
        self.events = events
        self.data = data
        self.after = after
        self.waits: list[float] = []
        self.seen: list[int] = []

    def write(self, stream: int, data: bytes) -> None:
        """Drop output."""

    def poll(self, seconds: float) -> bool:
        """Note how long the program would wait, and what has been shown by then."""
        if seconds:
            self.waits.append(seconds)
            self.seen.append(sum(isinstance(event, Output) for event in self.events))
        return self.after is not None and self.after <= seconds

    def read(self, size: int) -> bytes:
        """What is typed."""
        return self.data


POLL = """
    mov eax, 1
    mov edi, 1
    lea rsi, text
    mov edx, 1
    syscall
    mov eax, 7
    lea rdi, fds
    mov esi, 1
    mov edx, 5000
    syscall
    mov ebx, eax
    mov eax, 231
    movzx edi, word ptr fds+6
    syscall
"""
EPOLL = """
    mov eax, 291
    xor edi, edi
    syscall
    mov ebx, eax
    mov edi, eax
    mov eax, 233
    mov esi, 1
    xor edx, edx
    lea r10, event
    syscall
    mov eax, {then}
    mov edi, ebx
    lea rsi, event
    mov edx, 1
    mov r10d, 5000
    syscall
    mov edi, eax
    mov eax, 231
    syscall
"""
DATA = "text: .quad 65\nfds: .long 0, 1\nevent: .long 1, 0, 0\npause: .quad 5, 0"


def run(body: str, data: bytes = b"", after: float | None = None, stream: str = "terminal"):
    """The events of a program, and its console."""
    source = f".intel_syntax noprefix\n.globl _start\n.text\n_start:\n{body}\n.data\n{DATA}\n"
    events: list[object] = []
    console = Typist(events, data, after)
    config = KernelConfig(streams=(stream, stream, stream))
    Kernel(assemble(source, language="gas"), Recorder(events.extend), console, config).run()
    return events, console


@pytest.mark.parametrize("stream", ["terminal", "stream"])
def test_the_time_passes_when_nobody_types(stream):
    events, console = run(POLL, stream=stream)
    end = events[-1]
    assert isinstance(end, RunEnd)
    assert end.status == 0
    assert end.counters.time >= 5 * SECOND
    assert [round(seconds) for seconds in console.waits] == [5]
    assert console.seen == [1], "what was printed is shown before the wait"
    assert any(isinstance(event, InputWait) for event in events)


@pytest.mark.parametrize("stream", ["terminal", "stream"])
def test_typing_ends_the_wait(stream):
    events, _ = run(POLL, b"x\n", after=2, stream=stream)
    end = events[-1]
    assert isinstance(end, RunEnd)
    assert end.status == 1
    assert end.counters.time < SECOND


@pytest.mark.parametrize("stream", ["terminal", "stream"])
def test_epoll_waits_for_the_keyboard_too(stream):
    assert run(EPOLL.format(then=232), b"x\n", after=2, stream=stream)[0][-1].status == 1
    assert run(EPOLL.format(then=232), stream=stream)[0][-1].status == 0


def test_a_program_that_only_registered_the_keyboard_does_not_wait_for_it():
    events, console = run(EPOLL.format(then="35\nlea rdi, pause\nxor esi, esi\nsyscall\nmov eax, 39"))
    assert console.waits == []
    assert not any(isinstance(event, InputWait) for event in events)
    assert events[-1].counters.time >= 5 * SECOND


def test_the_end_of_the_input_is_told_once():
    body = EPOLL.format(then=232).replace("mov r10d, 5000", "mov r10d, -1")
    events, _ = run(body, b"", after=0, stream="stream")
    answers = [event.strace for event in events if isinstance(event, Return) and event.strace.startswith("epoll_wait")]
    assert len(answers) == 1
    assert "EPOLLHUP" in answers[0]
