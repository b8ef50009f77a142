"""Real programs through the whole road: runner, sandboxed worker, toolchain, kernel, CPU."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import msgspec
import pytest

from app.runner.backend import LocalBackend
from app.runner.doctor import report
from app.runner.local import execute
from app.runner.messages import Built, CodeLine, Done, Keyboard, Rejected, RunSpec, Stop
from app.settings import Settings
from app.toolchain.program import SourceError
from app.trace.events import InputWait, RunEnd, RunStart
from tests.runner.support import becomes_true, completed, printed, spec, split

HELLO = """
.intel_syntax noprefix
.globl _start
_start:
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + text]
    mov edx, 3
    syscall
    {then}
.data
text: .ascii "hi\\n"
"""
EXIT = "mov eax, 60\n xor edi, edi\n syscall"

ECHO = """
.intel_syntax noprefix
_start:
    xor eax, eax
    xor edi, edi
    lea rsi, [rip + buffer]
    mov edx, 100
    syscall
    mov edx, eax
    mov eax, 1
    mov edi, 1
    syscall
    mov eax, 60
    mov edi, 7
    syscall
.bss
buffer: .zero 100
"""


def program(text: str | bytes, **changes: object) -> RunSpec:
    source = text if isinstance(text, bytes) else text.encode()
    return msgspec.structs.replace(spec("", cpu_seconds=1), source=source, language="auto", **changes)


@pytest.fixture(scope="module")
def real(request: pytest.FixtureRequest) -> Iterator[LocalBackend]:
    backend = LocalBackend(Settings(max_runs=4, warm_workers=1))
    yield backend
    backend.close()


@pytest.mark.usefixtures("sandbox_host")
class TestInTheSandbox:
    def test_hello_from_start_to_end(self, real):
        events, last = split(real.submit(program(HELLO.format(then=EXIT))).frames())
        assert last == Done()
        assert isinstance(events[0], RunStart)
        assert printed(events) == b"hi\r\n"
        assert (events[-1].reason, events[-1].status) == ("exit", 0)

    def test_a_program_that_reads_gets_what_is_typed(self, real):
        run = real.submit(program(ECHO))
        frames = run.frames()
        events = []
        while not any(isinstance(event, InputWait) for event in events):
            events += next(frames).events
        run.send(Keyboard(b"abc\n"))
        more, last = split(frames)
        assert last == Done()
        assert b"abc" in printed(more)
        assert more[-1].status == 7

    def test_a_check_tells_what_each_line_became(self, real):
        frames = list(real.submit(program(HELLO.format(then=EXIT), action="check")).frames())
        assert [type(frame) for frame in frames] == [Built]
        assert frames[0].language == "gas"
        lines = {line.line: line for line in frames[0].lines}
        assert lines[5] == CodeLine(5, 0x401000, 5, b"\xb8\x01\0\0\0")
        assert lines[14].data == b"hi\n"

    def test_a_check_finds_mistakes(self, real):
        frames = list(real.submit(program("mvo eax, 1", action="check")).frames())
        assert [type(frame) for frame in frames] == [Rejected]

    def test_a_check_runs_nothing(self, real):
        frames = list(real.submit(program("again: jmp again", action="check")).frames())
        assert [type(frame) for frame in frames] == [Built]

    def test_stop_while_it_reads(self, real):
        run = real.submit(program(ECHO))
        frames = run.frames()
        next(frames)
        run.send(Stop())
        events, last = split(frames)
        assert last == Done()
        assert events[-1].reason == "stopped"

    @pytest.mark.parametrize("loop", ["again: jmp again", "again: mov eax, 39\n syscall\n jmp again"])
    def test_an_endless_loop_keeps_its_output(self, real, loop):
        run = real.submit(program(HELLO.format(then=loop)))
        output, end = completed(run)
        assert output == b"hi\r\n"
        assert end.reason in ("time-limit", "event-limit")

    def test_a_privileged_instruction_is_a_segmentation_fault(self, real):
        output, end = completed(real.submit(program(HELLO.format(then="hlt"))))
        assert output == b"hi\r\n"
        assert (end.reason, end.signal) == ("signal", "SIGSEGV")

    @pytest.mark.parametrize(
        ("source", "complaint"),
        [
            (",\n", ""),
            ('.incbin "/etc/passwd"\n', "incbin"),
            ("_start: frobnicate rax\n", "frobnicate"),
            (b"_start: nop\n \xff\n", "0xff is not UTF-8"),
            (b"MZ\0\0\0", ""),
            (b"\x7fELF", "too short for an ELF header"),
            ("nop\n" * 20000, "at most 65536"),
            (".rept 100000000\n nop\n.endr\n", ""),
        ],
    )
    def test_bad_sources_are_mistakes(self, real, source, complaint):
        events, last = split(real.submit(program(source)).frames())
        assert events == []
        assert isinstance(last, Rejected), last
        assert complaint in last.mistakes[0].message

    def test_a_language_trapgate_does_not_have(self, real):
        _, last = split(real.submit(program("print(1)", filename="main.py")).frames())
        assert isinstance(last, Rejected)
        assert "main.py is neither assembly" in last.mistakes[0].message

    def test_other_runs_go_on_beside_one_that_waits(self, real):
        waiting = real.submit(program(ECHO))
        frames = waiting.frames()
        next(frames)
        completed(real.submit(program(HELLO.format(then=EXIT))))
        waiting.cancel()
        assert becomes_true(lambda: real.status()["runs"] == 0)

    def test_the_same_program_makes_the_same_events(self, real):
        first, second = (split(real.submit(program(HELLO.format(then=EXIT))).frames())[0] for _ in range(2))
        assert first == second


@dataclasses.dataclass
class Recorded:
    """A console that keeps output and has a fixed input."""

    typed: bytes = b""
    output: bytes = b""

    def write(self, stream: int, data: bytes) -> None:
        self.output += data

    def poll(self, seconds: float) -> bool:
        return True

    def read(self, size: int) -> bytes | None:
        data, self.typed = self.typed[:size], self.typed[size:]
        return data


def test_a_local_run_writes_to_the_console():
    console = Recorded()
    events = []
    end = execute(program(HELLO.format(then=EXIT)), console=console, sink=events.extend)
    assert console.output == b"hi\r\n"
    assert isinstance(end, RunEnd)
    assert events[-1] is end


def test_a_local_run_reads_from_the_console():
    console = Recorded(typed=b"typed\n")
    end = execute(program(ECHO, echo=False), console=console, sink=lambda events: None)
    assert console.output == b"typed\n"
    assert end.exit_code == 7


def test_a_local_run_stops_at_its_cpu_limit():
    spec = program(HELLO.format(then="again: jmp again"))
    end = execute(spec, console=Recorded(), sink=lambda events: None)
    assert (end.reason, end.exit_code) == ("time-limit", 124)


def test_mistakes_of_a_local_run_are_raised():
    with pytest.raises(SourceError, match="frobnicate"):
        execute(program("frobnicate\n"), console=Recorded(), sink=lambda events: None)


def test_the_doctor_finds_the_engines():
    findings = {finding.name: finding for finding in report()}
    assert findings["unicorn"].ok, findings["unicorn"].detail
    assert findings["keystone-engine"].ok, findings["keystone-engine"].detail
    assert findings["Python"].ok
    assert "web page" in findings
    assert any(name.startswith("sandbox: ") for name in findings)
