"""Arguments of clone(2), which strace prints with their names because every architecture orders them in another way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from app.cpu.mmu import PAGE_SIZE
from app.kernel.abi.text import flag_text, signal_name
from app.kernel.errno import Errno
from app.kernel.fork import CloneFlag

from .integers import Address, Integer
from .structs import StructIn

if TYPE_CHECKING:
    from app.kernel.call import Call

_EXIT_SIGNAL = 0xFF
CLONE_ARGS_SIZE_VER0 = 64


class CloneFlags(Integer):
    """The flags, with the exit signal in the low 8 bits. strace shows them behind the stack."""

    def text(self) -> str | None:
        """Nothing: see ChildStack."""
        return None

    def flags_text(self) -> str:
        """`flags=CLONE_VM|SIGCHLD`."""
        exit_signal = self & _EXIT_SIGNAL
        bits = self & ~_EXIT_SIGNAL
        parts = [flag_text(bits, CloneFlag)] if bits or not exit_signal else []
        return "flags=" + "|".join(parts + ([signal_name(exit_signal)] if exit_signal else []))


class ChildStack(Address):
    """Where the child's stack ends."""

    flags = CloneFlags(0)

    def text(self) -> str | None:
        """`child_stack=NULL, flags=SIGCHLD`."""
        return f"child_stack={self.show(self)}, {self.flags.flags_text()}"

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> Self:
        """Remember the flags, which come before."""
        address = super().fetch(call, name, raw, detail)
        address.flags = call.arguments["flags"]
        return address


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


class CloneArguments(StructIn):
    """`struct clone_args`, whose size the program says. `outcome` is what strace shows behind it."""

    outcome = ""

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> Self:
        """A pointer to the struct."""
        return super().fetch(call, name, raw, "clone_args")

    def read_sized(self, size: int) -> dict[str, Any]:
        """The fields; those beyond `size` are 0. Raises EINVAL, E2BIG, EFAULT."""
        call = self.call
        whole = self.layout.size
        if size > PAGE_SIZE:
            raise call.refuse(Errno.E2BIG, self.name, "size", str(size), "The struct is larger than a page.")
        if size < CLONE_ARGS_SIZE_VER0:
            raise call.refuse(
                Errno.EINVAL, self.name, "size", str(size), f"The struct has at least {CLONE_ARGS_SIZE_VER0} bytes."
            )
        data = call.task.mm.copy_in(self.address, size)
        if len(data) < size:
            raise self._missing(f"readable struct clone_args ({size} bytes)")
        if any(data[whole:]):
            raise call.refuse(
                Errno.E2BIG, self.name, "size", str(size), "It has fields that this kernel does not know."
            )
        self.fields = self.layout.unpack(data[:whole].ljust(whole, b"\0"))
        return self.fields

    def text(self) -> str | None:
        """`{flags=CLONE_VM|..., exit_signal=SIGCHLD, stack=NULL, stack_size=0}`."""
        fields = self.fields
        if fields is None:
            return Address.show(self.address)
        flags = fields["flags"]
        parts = [f"flags={flag_text(flags, CloneFlag)}"]
        for name, needed in _SHOWN:
            if flags & needed:
                parts.append(f"{name}={Address.show(fields[name])}")
        parts.append(f"exit_signal={signal_name(fields['exit_signal'])}")
        parts.append(f"stack={Address.show(fields['stack'])}")
        parts.append(f"stack_size={fields['stack_size']:#x}" if fields["stack_size"] else "stack_size=0")
        if flags & CloneFlag.CLONE_SETTLS:
            parts.append(f"tls={Address.show(fields['tls'])}")
        return "{" + ", ".join(parts) + "}" + self.outcome


_SHOWN = (
    ("pidfd", CloneFlag.CLONE_PIDFD),
    ("child_tid", CloneFlag.CLONE_CHILD_SETTID | CloneFlag.CLONE_CHILD_CLEARTID),
    ("parent_tid", CloneFlag.CLONE_PARENT_SETTID),
)
