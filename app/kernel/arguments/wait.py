"""The status word that wait(2) stores."""

from __future__ import annotations

from app.kernel.abi.text import signal_name

from .integers import Address
from .structs import NumberOut

CONTINUED = 0xFFFF


class StatusOut(NumberOut):
    """Room for the status of a child, shown by what its macros say."""

    __slots__ = ()

    def write(self, value: int) -> None:
        """Store the word. Raises EFAULT unless all of it is writable."""
        self.detail = "int"
        super().write(value)

    def text(self) -> str | None:
        """`[{WIFEXITED(s) && WEXITSTATUS(s) == 0}]`; the address when nothing was stored."""
        word = self.value
        if word is None:
            return Address.show(self.address)
        signo = word & 0x7F
        if word == CONTINUED:
            told = "WIFCONTINUED(s)"
        elif signo == 0x7F:
            told = f"WIFSTOPPED(s) && WSTOPSIG(s) == {signal_name(word >> 8 & 0xFF)}"
        elif signo:
            told = f"WIFSIGNALED(s) && WTERMSIG(s) == {signal_name(signo)}" + (" && WCOREDUMP(s)" * bool(word & 0x80))
        else:
            told = f"WIFEXITED(s) && WEXITSTATUS(s) == {word >> 8 & 0xFF}"
        return f"[{{{told}}}]"
