"""`siginfo_t *`: what a program is told, or tells, about a signal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.siginfo import KERNEL_SIGINFO_SIZE, SIGINFO_SIZE, code_name, is_known, siginfo_kind
from app.kernel.errno import Errno
from app.kernel.signal import SigInfo

from .memory import Pointer

if TYPE_CHECKING:
    from app.kernel.call import Call


class SigInfoPointer(Pointer):
    """A pointer to a `siginfo_t`; `info` is what was copied."""

    __slots__ = ("info",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.info: SigInfo | None = None

    def text(self) -> str | None:
        """The fields as strace prints them; the address when nothing was copied."""
        return super().text() if self.info is None else "{" + self.info.text(self.call.abi.structs) + "}"


class SigInfoIn(SigInfoPointer):
    """A `siginfo_t` of the program's making."""

    __slots__ = ()

    def signal_number(self) -> int:
        """Which signal the program says that it is about. Raises EFAULT."""
        data = self.call.task.mm.copy_in(self.address, 4)
        if len(data) < 4:
            raise self._missing(f"readable siginfo_t ({SIGINFO_SIZE} bytes)")
        return int.from_bytes(data, "little", signed=True)

    def read(self, signo: int) -> SigInfo:
        """What to send as signal `signo`. Raises EFAULT, and E2BIG for one with more in it than the kernel keeps."""
        call = self.call
        data = call.task.mm.copy_in(self.address, SIGINFO_SIZE)
        if len(data) < (KERNEL_SIGINFO_SIZE if call.abi.bits == 64 else SIGINFO_SIZE):
            raise self._missing(f"readable siginfo_t ({SIGINFO_SIZE} bytes)")
        code = int.from_bytes(data[8:12], "little", signed=True)
        # That of a 32-bit program is taken over field by field, so nothing of it gets lost unseen.
        if not is_known(signo, code) and call.abi.bits == 64:
            if len(data) < SIGINFO_SIZE:
                raise self._missing(f"readable siginfo_t ({SIGINFO_SIZE} bytes)")
            if any(data[KERNEL_SIGINFO_SIZE:]):
                sentence = "The kernel does not know this si_code, and would lose some of what is there."
                raise call.refuse(Errno.E2BIG, self.name, "size", hex(self.address), sentence)
        raw = signo.to_bytes(4, "little", signed=True) + data[4:KERNEL_SIGINFO_SIZE]
        layout = call.abi.structs[f"siginfo_{siginfo_kind(signo, code)}"]
        fields = layout.unpack(raw[: layout.size].ljust(layout.size, b"\0"))
        self.info = SigInfo(
            signo, code_name(signo, code), pid=fields.get("si_pid", 0), uid=fields.get("si_uid", 0), raw=raw
        )
        call.passed(self.name, "memory", hex(self.address), "The siginfo_t is in the program's memory and readable.")
        return self.info


class SigInfoOut(SigInfoPointer):
    """Room for a `siginfo_t`."""

    __slots__ = ()

    def write(self, info: SigInfo) -> None:
        """Fill it. Raises EFAULT unless all of it is writable."""
        call = self.call
        if call.task.mm.copy_out(self.address, info.pack(call.abi.structs)) < SIGINFO_SIZE:
            raise self._missing(f"writable room for a siginfo_t ({SIGINFO_SIZE} bytes)")
        self.info = info
        call.passed(self.name, "memory", hex(self.address), "The siginfo_t fits into writable memory.")
