"""Keys that are typed while the program computes, sleeps or waits: the terminal takes them in at once."""

from __future__ import annotations

import threading

import pytest

from app.kernel.config import KernelConfig
from app.kernel.kernel import Kernel
from app.toolchain.assemble import assemble
from app.trace.events import AnyEvent, Output, RunEnd
from app.trace.recorder import Recorder

CATCH = """
    mov eax, 13
    mov edi, 2
    lea rsi, action
    xor edx, edx
    mov r10d, 8
    syscall
    mov eax, 1
    mov edi, 1
    lea rsi, text
    mov edx, 3
    syscall
"""
HANDLER = """
handler:
    mov eax, 60
    mov edi, 7
    syscall
.data
text: .ascii "up\\n"
action: .quad handler, 0x04000000, handler, 0
"""
BUSY = "1: jmp 1b"
TRAPPING = "1: mov eax, 39\nsyscall\njmp 1b"
TWO_TASKS = "mov eax, 57\nsyscall\n1: jmp 1b"
PAUSE = "mov eax, 34\nsyscall"


class Typist:
    """Types when the program has said that it is up, or when it waits; then nothing more."""

    def __init__(self, keys: bytes) -> None:
        self.keys = keys
        self.kernel: Kernel | None = None
        self.up = threading.Event()
        self.ready = False
        self.typing = threading.Thread(target=self.type)

    def type(self) -> None:
        """What the thread does that receives input."""
        self.up.wait()
        self.ready = True
        assert self.kernel is not None
        self.kernel.notice_input()

    def write(self, stream: int, data: bytes) -> None:
        """The program is up."""
        self.up.set()

    def poll(self, seconds: float) -> bool:
        """Whether there is something."""
        return self.ready and bool(self.keys)

    def read(self, size: int) -> bytes | None:
        """All of it, then the end."""
        keys, self.keys = self.keys, b""
        return keys


def run(body: str, keys: bytes) -> list[AnyEvent]:
    source = f".intel_syntax noprefix\n.globl _start\n.text\n_start:\n{body}\n{HANDLER}"
    events: list[AnyEvent] = []
    typist = Typist(keys)
    typist.kernel = Kernel(assemble(source, language="gas"), Recorder(events.extend, 1), typist, KernelConfig())
    typist.typing.start()
    watchdog = threading.Timer(20, typist.kernel.stop, ("time-limit", "The keys did not arrive."))
    watchdog.start()
    typist.kernel.run()
    watchdog.cancel()
    typist.typing.join()
    return events


def end_of(events: list[AnyEvent]) -> tuple[str, int | None, str | None]:
    end = events[-1]
    assert isinstance(end, RunEnd)
    return end.reason, end.status, end.signal


@pytest.mark.parametrize("body", [BUSY, TRAPPING, PAUSE])
def test_control_c_runs_the_handler_of_a_program_that_does_not_read(body: str) -> None:
    assert end_of(run(CATCH + body, b"\x03")) == ("exit", 7, None)


def test_control_c_reaches_every_task_of_the_foreground() -> None:
    assert end_of(run(CATCH + TWO_TASKS, b"\x03")) == ("exit", 7, None)


def test_control_c_kills_a_program_without_a_handler() -> None:
    up = CATCH.partition("syscall")[2]
    assert end_of(run(up + BUSY, b"\x03")) == ("signal", None, "SIGINT")


def test_control_z_stops_a_busy_program() -> None:
    assert end_of(run(CATCH + BUSY, b"\x1a"))[0] == "deadlock"


def test_what_is_typed_ahead_is_echoed_at_once() -> None:
    events = run(CATCH + BUSY, b"x" * 100 + b"\x03")
    assert end_of(events) == ("exit", 7, None)
    assert b"x" * 100 in b"".join(event.data for event in events if isinstance(event, Output))
