"""`trapgate run` at a terminal: the program's terminal does what the host's usually does."""

from __future__ import annotations

import os
import pty
import select
import shutil
import sys
import termios

import pytest

CAT = """
.intel_syntax noprefix
.globl _start
_start:
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + prompt]
    mov edx, 2
    syscall
again:
    xor eax, eax
    xor edi, edi
    lea rsi, [rip + buffer]
    mov edx, 100
    syscall
    test eax, eax
    jle ended
    mov edx, eax
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + buffer]
    syscall
    jmp again
ended:
    mov eax, 60
    mov edi, 5
    syscall
.data
prompt: .ascii "> "
.bss
buffer: .skip 100
"""
PATIENCE = 60


class Session:
    """The command on the slave of a pseudo-terminal, and a person at its master."""

    def __init__(self, *arguments: str) -> None:
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.execv(sys.executable, [sys.executable, "-m", "app", "run", "--timeout", "30", *arguments])
        self.shown = b""

    def expect(self, text: bytes) -> None:
        """Read until `text` has been shown."""
        while text not in self.shown:
            ready, _, _ = select.select([self.master], [], [], PATIENCE)
            assert ready, f"no {text!r} in {self.shown!r}"
            self.shown += os.read(self.master, 4096)
        self.shown = self.shown.partition(text)[2]

    def type(self, text: bytes) -> None:
        os.write(self.master, text)

    def end(self) -> int:
        """The exit status; whatever else is shown is read first."""
        try:
            while select.select([self.master], [], [], PATIENCE)[0]:
                self.shown += os.read(self.master, 4096)
        except OSError:
            pass
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)


@pytest.fixture
def cat(tmp_path):
    source = tmp_path / "cat.s"
    source.write_text(CAT)
    return str(source)


def test_the_program_is_echoed_to_once_and_gets_lines(cat):
    session = Session(cat)
    session.expect(b"> ")
    session.type(b"helo\x7flo\n")
    session.expect(b"helo\b \blo\r\nhello\r\n")
    session.type(b"\x04")
    assert session.end() == 5
    assert session.shown == b""


def test_control_c_is_a_signal_of_the_programs_terminal(cat):
    session = Session(cat)
    session.expect(b"> ")
    session.type(b"x\n")
    session.expect(b"x\r\nx\r\n")
    session.type(b"\x03")
    session.expect(b"^C")
    assert session.end() == 130


def test_the_terminal_gets_its_settings_back(cat):
    session = Session(cat)
    before = termios.tcgetattr(session.master)
    session.expect(b"> ")
    session.type(b"x\n")
    session.expect(b"x\r\nx\r\n")
    assert termios.tcgetattr(session.master) != before
    session.type(b"\x04")
    assert session.end() == 5
    assert termios.tcgetattr(session.master) == before


@pytest.mark.skipif(shutil.which("busybox") is None, reason="needs busybox-static")
def test_a_shell_with_job_control():
    session = Session(str(shutil.which("busybox")), "sh", "-i")
    session.expect(b"$ ")
    session.type(b"cat\n")
    session.expect(b"cat\r\n")
    session.type(b"typed\n")
    session.expect(b"typed\r\ntyped\r\n")
    session.type(b"\x1a")
    session.expect(b"Stopped")
    session.type(b"jobs; fg\n")
    session.expect(b"Stopped")
    session.expect(b"cat\r\n")
    session.type(b"\x03")
    session.expect(b"$ ")
    session.type(b"exit 7\n")
    assert session.end() == 7
