"""The far end of the terminal: where output goes to and the keyboard's bytes come from."""

from __future__ import annotations

from typing import Protocol

from .wait import WaitQueue


class Console(Protocol):
    """What the runner provides to the kernel."""

    def write(self, stream: int, data: bytes) -> None:
        """Deliver output. `stream` is 0 for the terminal, 1 or 2 for a redirected standard stream."""

    def poll(self, seconds: float) -> bool:
        """Wait up to `seconds`; whether `read` would answer at once then, be it that the input has ended."""

    def read(self, size: int) -> bytes | None:
        """Wait for the keyboard: up to `size` bytes, `b""` at the end of the input, None when the run is to stop."""


class InputDevice(Protocol):
    """The near end of the keyboard: the terminal, or standard input where that is redirected."""

    readers: WaitQueue

    @property
    def ended(self) -> bool:
        """Whether its input is over."""

    @property
    def listens(self) -> bool:
        """Whether it takes in what is typed though nobody reads: a terminal does, as long as it has room."""

    def receive(self, data: bytes) -> None:
        """Take what the console read; `b""` is the end of the input."""
