"""Arguments of clone(2), which strace prints with their names because every architecture orders them in another way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from app.kernel.abi.text import flag_text, signal_name
from app.kernel.fork import CloneFlag

from .integers import Address, Integer

if TYPE_CHECKING:
    from app.kernel.call import Call

_EXIT_SIGNAL = 0xFF


class CloneFlags(Integer):
    """The flags, with the exit signal in the low 8 bits."""

    def text(self) -> str | None:
        """`flags=CLONE_VM|SIGCHLD`."""
        exit_signal = self & _EXIT_SIGNAL
        bits = self & ~_EXIT_SIGNAL
        parts = [flag_text(bits, CloneFlag)] if bits or not exit_signal else []
        return "flags=" + "|".join(parts + ([signal_name(exit_signal)] if exit_signal else []))


class ChildStack(Address):
    """Where the child's stack ends."""

    def text(self) -> str | None:
        """`child_stack=NULL`."""
        return f"child_stack={self.show(self)}"


class _ByFlag(Address):
    """An address that counts, and is shown, only with one of some flags."""

    flags = 0
    label = ""
    counts = False

    def text(self) -> str | None:
        """The address with its name, or nothing."""
        return f"{self.label}={self.show(self)}" if self.counts else None

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> Self:
        """Look at the flags, which come before."""
        address = super().fetch(call, name, raw, detail)
        address.counts = bool(call.arguments["flags"] & cls.flags)
        return address


class ParentTid(_ByFlag):
    """Where the parent gets the child's tid."""

    flags = int(CloneFlag.CLONE_PARENT_SETTID | CloneFlag.CLONE_PIDFD)
    label = "parent_tid"


class ChildTid(_ByFlag):
    """Where the child gets its tid, and where it is cleared at its end."""

    flags = int(CloneFlag.CLONE_CHILD_SETTID | CloneFlag.CLONE_CHILD_CLEARTID)
    label = "child_tidptr"


class Tls(_ByFlag):
    """The child's thread pointer."""

    flags = int(CloneFlag.CLONE_SETTLS)
    label = "tls"
