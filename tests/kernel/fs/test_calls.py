"""File system calls where no real kernel is needed to know the answer: events, limits, blocking."""

from __future__ import annotations

from app.kernel.config import KernelConfig
from app.kernel.kernel import Kernel
from app.trace.events import AnyEvent, Block, Check, Fd, Input, Output, Return, RunEnd, RunStart, Service
from app.trace.recorder import Recorder
from tests.conformance.harness import AT_FDCWD, Buffer, FedConsole, Loaded, Result, call, compile_case

from .support import results, run_steps


def run_on_terminal(
    *steps: object, chunks: tuple[bytes, ...] = (), **settings: object
) -> tuple[list[AnyEvent], FedConsole]:
    """Run with the terminal as all three streams."""
    console = FedConsole(chunks)
    events: list[AnyEvent] = []
    Kernel(compile_case(steps), Recorder(events.extend), console, KernelConfig(**settings)).run()  # type: ignore[arg-type]
    return events, console


def test_the_notes_can_be_read_and_the_events_tell_the_story() -> None:
    outcome = run_steps(
        call("openat", AT_FDCWD, "notes.txt", 0),
        call("read", Result(0), Buffer("b", 8), 8, dump=[("b", 0, 8)]),
        call("close", Result(0)),
    )
    assert results(outcome) == ["3", "8", b"These no".hex(), "0"]
    opened, closed = [event for event in outcome.events if isinstance(event, Fd) and event.fd == 3]
    assert (opened.change, opened.kind, opened.path, opened.flags) == (
        "open",
        "file",
        "/home/user/notes.txt",
        "O_RDONLY",
    )
    assert closed.change == "close"
    traces = [event.strace for event in outcome.events if isinstance(event, Return)]
    assert 'openat(AT_FDCWD, "notes.txt", O_RDONLY) = 3' in traces
    sentences = [event.sentence for event in outcome.events if isinstance(event, Check | Service)]
    assert "Descriptor 3 is open: /home/user/notes.txt." in sentences


def test_the_run_starts_with_run_start_or_memory_and_announces_each_descriptor_once() -> None:
    outcome = run_steps(call("getpid"))
    start = next(index for index, event in enumerate(outcome.events) if isinstance(event, RunStart))
    announced = [(index, event.fd) for index, event in enumerate(outcome.events) if isinstance(event, Fd)]
    assert [number for index, number in announced if index < start] == []
    assert [number for _, number in announced][:3] == [0, 1, 2]


def test_the_three_streams_of_a_terminal_share_a_description() -> None:
    events, _ = run_on_terminal(call("getpid"))
    streams = [event for event in events if isinstance(event, Fd)][:3]
    assert len({event.description for event in streams}) == 1
    assert {(event.kind, event.path, event.flags) for event in streams} == {("tty", "/dev/pts/0", "O_RDWR")}


def test_reading_waits_for_the_keyboard() -> None:
    events, console = run_on_terminal(
        call("read", 0, Buffer("b", 8), 8, dump=[("b", 0, 8)]), chunks=(b"a", b"\x7fhi", b"\n")
    )
    assert sum(isinstance(event, Block) for event in events) == 3
    assert sum(isinstance(event, Input) for event in events) == 3
    assert bytes(console.shown[0]).startswith(b"a\x08 \x08hi\r\n3\r\n68690a")


def test_a_terminal_that_the_host_echoes_is_left_alone() -> None:
    events, console = run_on_terminal(call("read", 0, Buffer("b", 8), 8), chunks=(b"hi\n",), echo=False)
    assert bytes(console.shown[0]) == b"3\n"
    assert all(event.data == b"3\n" for event in events if isinstance(event, Output))


def test_the_end_of_the_keyboard_is_the_end_of_the_file() -> None:
    _, console = run_on_terminal(call("read", 0, Buffer("b", 8), 8), call("read", 0, Buffer("b"), 8))
    assert bytes(console.shown[0]) == b"0\r\n0\r\n"


def test_interrupt_ends_a_reader() -> None:
    events, _ = run_on_terminal(call("read", 0, Buffer("b", 8), 8), chunks=(b"abc\x03",))
    assert isinstance(events[-1], RunEnd)
    assert events[-1].signal == "SIGINT"


def test_a_pipe_that_nobody_can_fill_is_a_deadlock() -> None:
    events, _ = run_on_terminal(call("pipe", Buffer("p", 8)), call("read", Loaded("p"), Buffer("b", 8), 8))
    assert isinstance(events[-1], RunEnd)
    assert events[-1].reason == "deadlock"


def test_the_disk_is_finite_and_a_far_offset_costs_nothing() -> None:
    big = Buffer("big", 1 << 20)
    outcome = run_steps(
        call("creat", "f", 0o644),
        call("pwrite64", Result(0), b"x", 1, 1 << 40),
        *(call("write", Result(0), big, 1 << 20) for _ in range(33)),
        call("unlink", "f"),
        call("close", Result(0)),
        call("creat", "g", 0o644),
        call("write", Result(0), big, 1 << 20),
    )
    printed = results(outcome)
    assert printed[1] == "1"
    assert printed[2] == str(1 << 20)
    assert printed[34] == "-28"
    assert printed[-1] == str(1 << 20)


def test_without_a_terminal_dev_tty_has_no_driver() -> None:
    assert results(run_steps(call("open", "/dev/tty", 2), call("open", "/dev/pts/0", 2))) == ["-6", "-2"]


def test_the_superuser_may_almost_everything() -> None:
    steps = (
        call("open", "/etc/passwd", 2),
        call("creat", "/root/x", 0),
        call("open", "/root/x", 2),
        call("access", "/root/x", 1),
    )
    assert results(run_steps(*steps, root=True)) == ["3", "4", "5", "-13"]
    assert results(run_steps(*steps)) == ["-13", "-13", "-13", "-13"]
