"""What typing does, apart from what a real terminal shows (tests/conformance/test_terminal.py)."""

from __future__ import annotations

from app.kernel.abi.constants import Signo
from app.kernel.fs.line_discipline import MAX_INPUT, LineDiscipline
from app.kernel.fs.termios import LocalFlag, Termios


class Typist:
    """A line discipline with ears."""

    def __init__(self, termios: Termios | None = None) -> None:
        self.echo = bytearray()
        self.signals: list[Signo] = []
        self.discipline = LineDiscipline(termios or Termios(), self.echo.extend, self.signals.append)


def test_a_line_can_be_read_only_when_it_is_complete() -> None:
    typist = Typist()
    typist.discipline.receive(b"hel")
    assert not typist.discipline.has_input(10)
    typist.discipline.receive(b"lo\r")
    assert typist.discipline.has_input(10)
    assert typist.discipline.take(10) == b"hello\n"
    assert typist.echo == b"hello\r\n"


def test_interrupt_throws_the_line_away() -> None:
    typist = Typist()
    typist.discipline.receive(b"rm -rf\x03ls\n")
    assert typist.signals == [Signo.SIGINT]
    assert typist.discipline.take(10) == b"ls\n"
    assert b"^C" in typist.echo


def test_noflsh_keeps_the_line() -> None:
    typist = Typist(Termios(lflag=Termios().lflag | LocalFlag.NOFLSH))
    typist.discipline.receive(b"ab\x1ccd\n")
    assert typist.signals == [Signo.SIGQUIT]
    assert typist.discipline.take(10) == b"abcd\n"


def test_end_of_input_gives_the_unfinished_line_then_end_of_file() -> None:
    typist = Typist()
    typist.discipline.receive(b"last")
    typist.discipline.end()
    assert typist.discipline.take(10) == b"last"
    assert typist.discipline.has_input(10)
    assert typist.discipline.take(10) == b""


def test_a_line_has_a_limit_but_can_always_be_ended() -> None:
    typist = Typist()
    typist.discipline.receive(b"x" * (MAX_INPUT + 500) + b"\n")
    assert typist.discipline.take(10000) == b"x" * MAX_INPUT + b"\n"


def test_changing_modes_keeps_what_was_typed() -> None:
    typist = Typist()
    typist.discipline.receive(b"one\ntw")
    typist.discipline.configure(Termios(lflag=0))
    assert typist.discipline.available == 6
    assert typist.discipline.take(4) == b"one\n"
    typist.discipline.configure(Termios())
    assert typist.discipline.take(10) == b"tw"
