"""Arguments of ptrace(2), of which the request says what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.kernel.abi.ptrace_constants import PtraceOption, PtraceRequest, RegisterSet
from app.kernel.abi.siginfo import SIGINFO_SIZE
from app.kernel.abi.text import flag_text, signal_name, signal_set_text
from app.kernel.signal import SigInfo

from .integers import Address, Int, Size, signed
from .siginfo import SigInfoIn
from .structs import StructByRequest

if TYPE_CHECKING:
    from app.kernel.call import Call

_R = PtraceRequest
_WITHOUT_REST = (_R.PTRACE_ATTACH, _R.PTRACE_INTERRUPT, _R.PTRACE_LISTEN, _R.PTRACE_KILL)
_WITHOUT_ADDRESS = (_R.PTRACE_GETREGS, _R.PTRACE_SETREGS, _R.PTRACE_GETFPREGS, _R.PTRACE_SETFPREGS)
_WITH_SIGNAL = (_R.PTRACE_CONT, _R.PTRACE_SYSCALL, _R.PTRACE_SINGLESTEP, _R.PTRACE_DETACH)
_POKES = (_R.PTRACE_POKETEXT, _R.PTRACE_POKEDATA, _R.PTRACE_POKEUSER)
_USER = (_R.PTRACE_PEEKUSER, _R.PTRACE_POKEUSER)
_REGISTER_SETS = (_R.PTRACE_GETREGSET, _R.PTRACE_SETREGSET)
_MASKS = (_R.PTRACE_GETSIGMASK, _R.PTRACE_SETSIGMASK)


class TracedPid(Int):
    """`pid`, which PTRACE_TRACEME does not have."""

    counts = True

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> TracedPid:
        """Look at the request, which comes before."""
        pid = cls(signed(raw, 32))
        pid.counts = call.arguments["request"] != _R.PTRACE_TRACEME
        return pid

    def text(self) -> str | None:
        """The number, or nothing."""
        return super().text() if self.counts else None


class TracedAddress(Size):
    """`addr`: an address of the tracee, a place in `struct user`, or a register set."""

    request = 0
    width = 8
    abi_names: tuple[str, ...] = ()

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> TracedAddress:
        """Look at the request, which comes before."""
        address = cls(raw)
        address.request = int(call.arguments["request"])
        address.width = call.abi.info.word_size
        address.abi_names = tuple(call.abi.structs["user_regs_struct"].offsets)
        return address

    def text(self) -> str | None:
        """`0x401000`, `8*ORIG_RAX`, `NT_PRSTATUS`, or nothing."""
        if self.request in (*_WITHOUT_REST, *_WITHOUT_ADDRESS, _R.PTRACE_TRACEME):
            return None
        if self.request in _REGISTER_SETS:
            return flag_text(self, RegisterSet)
        if self.request in _MASKS:
            return str(int(self))
        number, rest = divmod(self, self.width)
        if self.request in _USER and number < len(self.abi_names):
            return f"{self.width}*{self.abi_names[number].upper()}{f'+{rest}' if rest else ''}"
        return Address.show(self)


class TracedData(StructByRequest):
    """`data`: a value, a signal, options, or a pointer into the caller's memory. `value` is what was stored there."""

    __slots__ = ("info", "length", "value")

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.value: int | None = None
        self.info: SigInfo | None = None
        self.length: int | None = None

    def write_word(self, value: int, size: int | None = None) -> None:
        """Store a long, or `size` bytes. Raises EFAULT."""
        call = self.call
        size = size or call.abi.info.word_size
        value &= (1 << 8 * size) - 1
        if call.task.mm.copy_out(self.address, value.to_bytes(size, "little")) < size:
            raise self._missing("writable long")
        self.value = value
        call.passed(self.name, "memory", hex(self.address), "The long there is writable.")

    def write_info(self, info: SigInfo) -> None:
        """Store a `siginfo_t`. Raises EFAULT."""
        call = self.call
        if call.task.mm.copy_out(self.address, info.pack(call.abi.structs)) < SIGINFO_SIZE:
            raise self._missing("writable room for a siginfo_t")
        self.info = info

    def read_info(self) -> SigInfo:
        """A `siginfo_t` of the tracer's making. Raises EFAULT."""
        head = self.call.task.mm.copy_in(self.address, 4)
        signo = int.from_bytes(head, "little", signed=True)
        self.info = SigInfoIn(self.call, self.name, self.address, "").read(signo)
        return self.info

    def text(self) -> str | None:
        """As strace shows it for the request."""
        request = self.call.arguments["request"]
        value = self.address
        if request in _WITHOUT_REST or request == _R.PTRACE_TRACEME:
            return None
        if request in _WITH_SIGNAL:
            return signal_name(value) if value else "0"
        if request in (_R.PTRACE_SETOPTIONS, _R.PTRACE_SEIZE):
            return flag_text(value & 0xFFFF_FFFF, PtraceOption)
        if request in _POKES:
            return hex(value) if value else "0"
        if self.info is not None:
            return "{" + self.info.text(self.call.abi.structs) + "}"
        if self.length is not None and self._struct is not None:
            return f"{{iov_base={self._struct.text()}, iov_len={self.length}}}"
        if self.value is None:
            return self._struct.text() if self._struct is not None else super().text()
        if request in _MASKS:
            return signal_set_text(self.value)
        return f"[{self.value}]" if request == _R.PTRACE_GETEVENTMSG else f"[{Address.show(self.value)}]"

    def struct_at(self, address: int, layout: str, fields: dict[str, Any] | None) -> dict[str, Any]:
        """The struct at another address: filled with `fields`, or read. Raises EFAULT."""
        inner = StructByRequest(self.call, self.name, address, "")
        result = fields or {}
        if fields is None:
            result = inner.read_struct(layout)
        else:
            inner.write_struct(layout, **fields)
        self._struct = inner._struct
        return result
