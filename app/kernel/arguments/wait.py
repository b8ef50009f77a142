"""The status word that wait(2) stores."""

from __future__ import annotations

from app.kernel.abi.constants import Signo
from app.kernel.abi.ptrace_constants import PtraceEvent
from app.kernel.abi.text import flag_text, signal_name

from .integers import Address
from .structs import NumberOut

CONTINUED = 0xFFFF
_AT_CALL = Signo.SIGTRAP | 0x80
"""What a stop at a system call says with PTRACE_O_TRACESYSGOOD."""


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
        signo, event = word & 0x7F, ""
        if word == CONTINUED:
            told = "WIFCONTINUED(s)"
        elif signo == 0x7F:
            at_call = " | 0x80" if word >> 8 & 0xFF == _AT_CALL else ""
            stopped_by = word >> 8 & (0x7F if at_call else 0xFF)
            told = f"WIFSTOPPED(s) && WSTOPSIG(s) == {signal_name(stopped_by)}{at_call}"
            event = f"|{flag_text(word >> 16, PtraceEvent)}<<16" if word >> 16 else ""
        elif signo:
            told = f"WIFSIGNALED(s) && WTERMSIG(s) == {signal_name(signo)}" + (" && WCOREDUMP(s)" * bool(word & 0x80))
        else:
            told = f"WIFEXITED(s) && WEXITSTATUS(s) == {word >> 8 & 0xFF}"
        return f"[{{{told}}}{event}]"
