"""The signal frame of x86-64: `struct rt_sigframe` and the floating point state above it.

From high to low addresses: the XSAVE image (aligned to 64 bytes), then return address, `ucontext_t` with the registers
(`struct sigcontext`), and `siginfo_t`; the handler starts with the stack pointer at the return address, as if it had
been called. Source: arch/x86/kernel/signal_64.c, arch/x86/include/uapi/asm/sigcontext.h.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from app.cpu.exits import FaultExit

from .layout import Layout
from .siginfo import SIGINFO_SIZE
from .signal_frame import FaultRecord, HandlerCall, SignalFrame, UserState

_UC_FLAGS = 0x7
"""UC_FP_XSTATE, UC_SIGCONTEXT_SS, UC_STRICT_RESTORE_SS."""

_REGISTERS = (
    *("r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"),
    *("rdi", "rsi", "rbp", "rbx", "rdx", "rax", "rcx", "rsp", "rip", "rflags"),
)

FRAME = Layout(
    "rt_sigframe",
    [
        ("pretcode", "Q"),
        ("uc_flags", "Q"),
        ("uc_link", "Q"),
        ("ss_sp", "Q"),
        ("ss_flags", "I"),
        ("ss_size", "Q"),
        *((name, "Q") for name in _REGISTERS),
        *((name, "H") for name in ("cs", "gs", "fs", "ss")),
        *((name, "Q") for name in ("err", "trapno", "oldmask", "cr2", "fpstate")),
        ("reserved", "64s"),
        ("uc_sigmask", "Q"),
        ("info", f"{SIGINFO_SIZE}s"),
    ],
)

_USER_CS = 0x33
_USER_SS = 0x2B
_DIRECTION, _TRAP, _RESUME = 0x400, 0x100, 0x10000
_FIXED_FLAGS = 0x202
"""The interrupt flag and the bit that is always set: no frame changes them."""

_RESTORED_FLAGS = 0x50DD5
"""What a frame may set: AC, RF, OF, DF, TF, SF, ZF, AF, PF, CF."""

_FXSAVE_SIZE = 512
_MXCSR_OFFSET = 24
_MXCSR_BITS = 0xFFFF
_SOFTWARE_OFFSET = 464
_XSTATE = struct.Struct("<IIQI")
_X87, _SSE = 1, 2
_XSTATE_SIZE = _FXSAVE_SIZE + 64
_MAGIC1 = 0x46505853
_MAGIC2 = 0x46505845
STATE_SIZE = _XSTATE_SIZE + 4
STATE_ALIGNMENT = 64
FRAME_ALIGNMENT = 16

_SOFTWARE = _XSTATE.pack(_MAGIC1, STATE_SIZE, _X87 | _SSE, _XSTATE_SIZE).ljust(_FXSAVE_SIZE - _SOFTWARE_OFFSET, b"\0")
_XSTATE_HEADER = (_X87 | _SSE).to_bytes(8, "little").ljust(64, b"\0")
_X87_CLEAR = bytes.fromhex("7f03").ljust(24, b"\0")
_SSE_CLEAR_MXCSR = 0x1F80.to_bytes(4, "little")

_VECTORS = {
    "#DE": 0,
    "#DB": 1,
    "#BP": 3,
    "#OF": 4,
    "#BR": 5,
    "#UD": 6,
    "#NM": 7,
    "#TS": 10,
    "#NP": 11,
    "#SS": 12,
    "#GP": 13,
    "#PF": 14,
    "#MF": 16,
    "#AC": 17,
    "#XM": 19,
}
_PRESENT, _WRITE, _USER, _FETCH = 1, 2, 4, 16


class X8664Frame:
    """See `FrameLayout`."""

    red_zone = 128
    needs_restorer = True
    always_siginfo = False
    clears_floating_point = True
    minimum = -(-(FRAME.size + FRAME_ALIGNMENT - 1 + STATE_SIZE + STATE_ALIGNMENT - 1) // 16) * 16

    def build(self, state: UserState, call: HandlerCall, top: int) -> SignalFrame:
        """The frame below address `top`."""
        extended = (top - STATE_SIZE) & -STATE_ALIGNMENT
        address = ((extended - FRAME.size) & -FRAME_ALIGNMENT) - 8
        start, flags, size = state.altstack
        fault = call.fault
        frame = FRAME.pack(
            pretcode=call.restorer,
            uc_flags=_UC_FLAGS,
            ss_sp=start,
            ss_flags=flags,
            ss_size=size,
            **{name: state.registers[name] for name in _REGISTERS},
            cs=_USER_CS,
            ss=_USER_SS,
            err=fault.error,
            trapno=fault.number,
            oldmask=state.mask,
            cr2=fault.address,
            fpstate=extended & _WORD,
            uc_sigmask=state.mask,
            info=call.siginfo,
        )
        if not call.siginfo:
            frame = frame[: FRAME.offsets["info"]]
        return SignalFrame(
            address,
            ((extended, state_image(state.floating_point)), (address, frame)),
            {
                "rip": call.handler,
                "rsp": address,
                "rdi": call.signo,
                "rsi": address + FRAME.offsets["info"],
                "rdx": address + FRAME.offsets["uc_flags"],
                "rax": 0,
                "rflags": state.registers["rflags"] & ~(_DIRECTION | _TRAP | _RESUME),
            },
        )

    def read(self, stack_pointer: int, copy_in: Callable[[int, int], bytes]) -> UserState | None:
        """What the frame says that rt_sigreturn(2) was called on; None when it makes no sense."""
        data = copy_in(stack_pointer - 8, FRAME.size - SIGINFO_SIZE)
        if len(data) < FRAME.size - SIGINFO_SIZE:
            return None
        fields = FRAME.unpack(data + bytes(SIGINFO_SIZE))
        if fields["cs"] | 3 != _USER_CS or fields["ss"] | 3 != _USER_SS:
            return None
        registers = {name: fields[name] for name in _REGISTERS}
        registers["rflags"] = registers["rflags"] & _RESTORED_FLAGS | _FIXED_FLAGS
        floating_point = read_floating_point(fields["fpstate"], copy_in)
        if floating_point is None:
            return None
        altstack = fields["ss_sp"], fields["ss_flags"], fields["ss_size"]
        return UserState(registers, floating_point, fields["uc_sigmask"], altstack)

    def fault_record(self, fault: FaultExit, last: FaultRecord, address_limit: int) -> FaultRecord:
        """Trap number, page fault error code and CR2."""
        return x86_fault_record(fault, last, address_limit)


def state_image(floating_point: bytes) -> bytes:
    """The XSAVE image of an FXSAVE one, with the marks by which programs know how long it is."""
    return floating_point[:_SOFTWARE_OFFSET] + _SOFTWARE + _XSTATE_HEADER + _MAGIC2.to_bytes(4, "little")


def read_floating_point(address: int, copy_in: Callable[[int, int], bytes]) -> bytes | None:
    """The FXSAVE image at `address`; empty for no state at all (it is cleared), None when it makes no sense.

    Parts that the XSAVE header leaves out are cleared. Without the magic numbers there is no such header.
    """
    if address == 0:
        return b""
    image = copy_in(address, _FXSAVE_SIZE)
    if len(image) < _FXSAVE_SIZE or address % STATE_ALIGNMENT:
        return None
    magic, extended_size, _, size = _XSTATE.unpack_from(image, _SOFTWARE_OFFSET)
    if magic == _MAGIC1 and _XSTATE_SIZE <= size <= extended_size:
        rest = copy_in(address + _FXSAVE_SIZE, 64)
        end = copy_in(address + size, 4)
        if len(rest) < 64 or len(end) < 4:
            return None
        if end == _MAGIC2.to_bytes(4, "little"):
            present = int.from_bytes(rest[:8], "little")
            if any(rest[8:24]):
                return None
            if not present & _X87:
                image = _X87_CLEAR + image[24:32] + bytes(128) + image[160:]
            if not present & _SSE:
                image = image[:160] + bytes(256) + image[416:]
                image = image[:_MXCSR_OFFSET] + _SSE_CLEAR_MXCSR + image[_MXCSR_OFFSET + 4 :]
    if int.from_bytes(image[_MXCSR_OFFSET : _MXCSR_OFFSET + 4], "little") & ~_MXCSR_BITS:
        return None
    return image


def x86_fault_record(fault: FaultExit, last: FaultRecord, address_limit: int) -> FaultRecord:
    """Trap number, page fault error code and CR2; programs do not learn what the kernel has mapped."""
    number = _VECTORS.get(fault.vector, 0)
    if fault.vector != "#PF" or fault.address is None:
        return FaultRecord(number, 0, last.address)
    error = _USER
    if fault.present or fault.address >= address_limit:
        error |= _PRESENT
    if fault.access == "write":
        error |= _WRITE
    elif fault.access == "execute":
        error |= _FETCH
    return FaultRecord(number, error, fault.address)


_WORD = (1 << 64) - 1
