"""The terminal's far end for `trapgate run`: the standard streams of the command itself, and the keys that signal."""

from __future__ import annotations

import os
import select
import signal
from types import FrameType

import click

_KEYS = {signal.SIGINT: b"\x03", signal.SIGTSTP: b"\x1a"}
"""What the host's terminal makes signals of, for the program's terminal to do the same: Ctrl-C and Ctrl-Z."""


class HostConsole:
    """Standard input, output and error of the command itself. Any thread may `poll`."""

    def __init__(self) -> None:
        # All that a sandbox would refuse happens here.
        self._signals, feed = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._inputs = [0, self._signals]
        signal.set_wakeup_fd(feed, warn_on_full_buffer=False)

    def take_keys(self) -> None:
        """From now on Ctrl-C and Ctrl-Z are keys for the program; Ctrl-\\ still ends the command.

        The signals arrive as bytes in a pipe, because the emulated CPU runs outside Python's reach.
        """
        for signo in _KEYS:
            signal.signal(signo, _nothing)

    def write(self, stream: int, data: bytes) -> None:
        """The terminal (0) is reached through standard output; 1 and 2 are the redirected streams."""
        write_all(stream or 1, data, "standard error" if stream == 2 else "standard output")

    def poll(self, seconds: float) -> bool:
        """Whether something was typed, or standard input has something or ends, within `seconds`."""
        return bool(self._ready(seconds * 1000))

    def read(self, size: int) -> bytes | None:
        """The keys that signal first, then what the shell gave as standard input."""
        if self._signals in self._ready(None):
            return b"".join(_KEYS[signal.Signals(signo)] for signo in os.read(self._signals, size))
        try:
            return os.read(0, size)
        except OSError as error:
            raise click.ClickException(f"cannot read standard input: {error.strerror}") from error

    def _ready(self, milliseconds: float | None) -> list[int]:
        # A poll object serves one thread at a time, so each call makes its own.
        poll = select.poll()
        for fd in self._inputs:
            poll.register(fd, select.POLLIN)
        return [fd for fd, _ in poll.poll(milliseconds)]


def write_all(fd: int, data: bytes, name: str) -> None:
    """Write all of `data` to what messages call `name`. Raises BrokenPipeError, else ClickException."""
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(fd, view) :]
    except BrokenPipeError:
        raise
    except OSError as error:
        raise click.ClickException(f"cannot write {name}: {error.strerror}") from error


def _nothing(signo: int, frame: FrameType | None) -> None:
    """The byte in the pipe says it all."""
