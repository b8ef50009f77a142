"""The terminal compared with a real pseudo-terminal: the same program, the same typing, the same screen.

The program first reads descriptor 3, which on the real machine is a pipe that holds it back until everything has been
typed and echoed; here it is not open, and what is typed arrives when the program first waits for it.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import subprocess
import termios

import pytest

from app.kernel.config import KernelConfig
from app.kernel.kernel import Kernel
from app.toolchain.elf import write_elf
from app.toolchain.program import Program
from app.trace.events import AnyEvent, Input, Output, RunEnd
from app.trace.recorder import Recorder
from tests.conformance.harness import (
    UNMAPPED,
    Buffer,
    Call,
    Edge,
    FedConsole,
    call,
    compile_case,
    fresh_directory,
    why_not_native,
)

IUTF8 = 0o40000
PATIENCE_SECONDS = 5
ISIG, ICANON, ECHO, ECHOE, ECHOK, ECHONL, NOFLSH, ECHOCTL, ECHOKE, IEXTEN = (
    0o1, 0o2, 0o10, 0o20, 0o40, 0o100, 0o200, 0o1000, 0o4000, 0o100000
)  # fmt: skip
USUAL = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN
WAIT = call("read", 3, Buffer("go", 1), 1, show="none")
CHARACTERS = bytes.fromhex("03 1c 7f 15 04 00 01 00 11 13 1a 00 12 0f 17 16 00 00 00")


def settings(lflag: int = USUAL, iflag: int = 0o2400 | IUTF8, oflag: int = 5, characters: bytes = CHARACTERS) -> bytes:
    """A `struct termios`."""
    return struct.pack("<IIIIB", iflag, oflag, 0xBF, lflag, 0) + characters


def read_lines(count: int, size: int = 64) -> list[Call]:
    """Steps that read `count` times and show what came."""
    return [call("read", 0, Buffer(f"line{i}", size), size, dump=[(f"line{i}", 0, size)]) for i in range(count)]


def run_on_a_pty(program: Program, typed: bytes, echo: bytes, then: bytes, attributes: bytes) -> tuple[bytes, int]:
    """What a real terminal shows, and the exit status as subprocess has it. `echo` is what typing should show.

    `then` is typed when that has been seen, for what throws away output that is on its way.
    """
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TCSETS, attributes)
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("<HHHH", 24, 80, 0, 0))
    go, held = os.pipe()
    with fresh_directory() as home:
        executable = home / "case"
        executable.write_bytes(write_elf(program))
        executable.chmod(0o755)

        def become_session_leader() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            os.dup2(go, 3)
            os.set_inheritable(3, True)

        child = subprocess.Popen(
            [executable],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={},
            start_new_session=True,
            close_fds=False,
            preexec_fn=become_session_leader,  # noqa: PLW1509 - the tests have one thread
        )
        try:
            os.close(slave)
            os.write(master, typed)
            seen = read_until(master, len(echo))
            os.write(master, then)
            os.close(held)
            seen += read_until(master, None)
            status = child.wait(timeout=PATIENCE_SECONDS)
        finally:
            child.kill()
            child.wait()
            os.close(master)
            os.close(go)
    return seen, status


def read_until(master: int, size: int | None) -> bytes:
    """Read `size` bytes, or up to the hang-up of the other side."""
    seen = b""
    while size is None or len(seen) < size:
        if not select.select([master], [], [], PATIENCE_SECONDS)[0]:
            break
        try:
            seen += os.read(master, 65536)
        except OSError:
            break
    return seen


class OpenConsole(FedConsole):
    """A keyboard that stays there when all has been typed: who does not wait learns nothing of an end."""

    def poll(self, seconds: float) -> bool:
        """Whether something is still to be typed."""
        return bool(self._chunks)


def compare(*steps: Call, typed: bytes, then: bytes = b"", attributes: bytes | None = None) -> RunEnd:
    """Run on both terminals, set to `attributes`, and compare what they show and how the program ends."""
    reason = why_not_native()
    if reason:
        pytest.skip(reason)
    configure = [call("ioctl", 0, termios.TCSETS, attributes, show="none")] if attributes else []
    program = compile_case([*configure, WAIT, *steps])
    console = OpenConsole([typed, then])
    events: list[AnyEvent] = []
    Kernel(program, Recorder(events.extend), console, KernelConfig()).run()
    end = events[-1]
    assert isinstance(end, RunEnd)
    typing = next((index for index, event in enumerate(events) if isinstance(event, Input)), len(events) - 1)
    following = events[typing + 1 : typing + 2] if typed else []
    echo = b"".join(event.data for event in following if isinstance(event, Output))
    seen, status = run_on_a_pty(program, typed, echo, then, attributes or settings())
    assert bytes(console.shown.get(0, b"")) == seen
    if end.signal:
        assert status == -signal.Signals[end.signal]
    else:
        assert status == end.status
    return end


@pytest.mark.parametrize(
    "typed",
    [
        b"hello\n", b"hello\r", b"abc\x7f\x7fd\n", b"\x7f\x7f\n", b"abc\x15def\n", b"one two\x17three\n",
        b"one two  \x17\n",
        b"\x17\n", b"a\tb\tc\x7f\x7f\x7f\x7fz\n", b"\x01\x02\x7f\x7fx\n", b"\x01\x02\x15x\n",
        b"\xc3\xa4\xe2\x82\xac\x7f\x7fo\n",
        b"a\tb\x15c\n", b"tab\t\x7f\t\x7f\x7fx\n", b"\x16\x03\x16\x16\n", b"\x16\x7f\x7fx\n", b"again\x12more\n",
        b"\x11\x13\x11x\n",
        b"\x1b[A\x1bOP\n", b"\x00nul\n", b"\x80\xff\n", b"one_two-three\x17\n", b"\xc3\xa4\xc3\xb6\x17x\n",
        b"\x07bell\n",
    ],
)  # fmt: skip
def test_editing(typed: bytes) -> None:
    compare(*read_lines(1), typed=typed)


@pytest.mark.parametrize(
    ("typed", "size"),
    [
        (b"one\ntwo\nthree\n", 64), (b"one\ntwo\nthree\n", 2), (b"abc\x04def\n\x04", 64), (b"abc\x04\x04\n", 3),
        (b"\x04\x04\x04", 64),
        (b"abc\x04d\x04e\x04", 3), (b"ab\x04\x04\x04", 1), (b"\n\n\n", 64), (b"\n\n\n", 1), (b"abc\n\x04\n", 4),
    ],
)  # fmt: skip
def test_lines_and_ends_of_file(typed: bytes, size: int) -> None:
    compare(*read_lines(3, size), typed=typed)


@pytest.mark.parametrize("typed", [b"", b"abc"])
@pytest.mark.parametrize("key", [b"\x03", b"\x1c"])
def test_signals_kill(typed: bytes, key: bytes) -> None:
    assert compare(*read_lines(2), typed=typed, then=key).signal in ("SIGINT", "SIGQUIT")


@pytest.mark.parametrize(
    "lflag",
    [
        USUAL & ~ECHO, USUAL & ~ECHOE, USUAL & ~ECHOK, USUAL & ~ECHOKE, USUAL & ~ECHOKE & ~ECHOK, USUAL & ~ECHOCTL,
        USUAL & ~IEXTEN, USUAL & ~ISIG, USUAL & ~ECHO | ECHONL, USUAL & ~ECHOE & ~ECHOCTL,
    ],
)  # fmt: skip
def test_local_flags(lflag: int) -> None:
    typed = b"ab\x01\tc\x7f\x7f\x7fz\x17\x15one\x16\x7f" + (b"\x03" if not lflag & ISIG else b"") + b"two\n"
    compare(*read_lines(1), typed=typed, attributes=settings(lflag))


@pytest.mark.parametrize("iflag", [IUTF8, 0o100, 0o200, 0o400, 0o440, 0o2400])
def test_input_flags(iflag: int) -> None:
    typed = b"a\rb\xc3\xa4\x7f\x7fc\n\x11d\r\n\n\x04\x04"
    compare(*read_lines(2), typed=typed, attributes=settings(iflag=iflag))


@pytest.mark.parametrize("oflag", [0, 1, 5, 0o11, 0o21, 0o25, 0o41, 0o14005])
def test_output_flags(oflag: int) -> None:
    compare(
        call("ioctl", 0, 0x5402, settings(oflag=oflag)),
        call("write", 1, b"ab\tc\n\r\n\rx\by\n\tz\n", 17),
        call("ioctl", 0, 0x5402, settings()),
        typed=b"",
    )


@pytest.mark.parametrize(("least", "tenths"), [(1, 0), (3, 0), (5, 0), (10, 1), (2, 1)])
def test_without_lines(least: int, tenths: int) -> None:
    characters = bytearray(CHARACTERS)
    characters[5], characters[6] = tenths, least
    attributes = settings(ISIG | ECHO, characters=bytes(characters))
    compare(*read_lines(2, size=3), typed=b"ab\x7f\rcd", attributes=attributes)


def test_settings_and_size() -> None:
    compare(
        call("ioctl", 0, 0x5401, Buffer("t", 64), dump=[("t", 0, 36)]),
        call("ioctl", 0, 0x5413, Buffer("w", 8), dump=[("w", 0, 8)]),
        call("ioctl", 0, 0x5414, struct.pack("<HHHH", 50, 132, 7, 9)),
        call("ioctl", 1, 0x5413, Buffer("w"), dump=[("w", 0, 8)]),
        call("ioctl", 0, 0x5402, settings(USUAL & ~ECHO)),
        call("ioctl", 0, 0x5401, Buffer("t"), dump=[("t", 0, 36)]),
        *(
            call("ioctl", 0, request, UNMAPPED)
            for request in (0x5401, 0x5402, 0x5403, 0x5404, 0x5413, 0x5414, 0x540F, 0x541B)
        ),
        call("ioctl", 0, 0x5411, Buffer("n", 4), dump=[("n", 0, 4)]),
        call("ioctl", 0, 0x541B, Buffer("n", 4), dump=[("n", 0, 4)]),
        call("ioctl", 0, 0x99999999, Buffer("n")),
        call("ioctl", 0, 0x540B, 7),
        call("lseek", 0, 0, 0),
        call("pread64", 0, Buffer("n"), 1, 0),
        call("pwrite64", 0, b"x", 1, 0),
        call("getdents64", 0, Buffer("n"), 1),
        call("ftruncate", 1, 0),
        call("fstat", 0, Buffer("st", 144), dump=[("st", 48, 8)]),
        call("fcntl", 0, 1032),
        call("read", 0, UNMAPPED, 0),
        call("write", 1, UNMAPPED, 0),
        call("write", 1, UNMAPPED, 5),
        call("write", 1, Edge(3), 5),
        call("write", 1, b"caf\xc3\xa9\n", 6),
        typed=b"",
    )


def test_reading_into_bad_memory_loses_the_line() -> None:
    compare(
        call("read", 0, UNMAPPED, 5),
        call("read", 0, Edge(2), 10),
        *read_lines(1),
        typed=b"one\ntwo\nthree\nfour\n",
    )


def test_nonblocking_terminal() -> None:
    compare(call("fcntl", 0, 4, 0o4002), call("read", 0, Buffer("b", 8), 8), typed=b"")
