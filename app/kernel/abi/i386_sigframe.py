"""The signal frames of i386: `struct sigframe`, `struct rt_sigframe`, and the floating point state above them.

A handler with SA_SIGINFO gets the second one. Above the frame lies `struct _fpstate_32`: what FSAVE stores, and behind
it, aligned to 64 bytes, the XSAVE image. Source: arch/x86/kernel/signal_32.c, arch/x86/include/uapi/asm/sigcontext.h.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from app.cpu.exits import FaultExit

from .layout import Layout
from .siginfo import SIGINFO_SIZE
from .signal_frame import FaultRecord, HandlerCall, SignalFrame, UserState
from .x86_64_sigframe import (
    FRAME_ALIGNMENT,
    STATE_ALIGNMENT,
    STATE_SIZE,
    read_floating_point,
    state_image,
    x86_fault_record,
)

_SEGMENTS = ("gs", "fs", "es", "ds")
_REGISTERS = ("edi", "esi", "ebp", "esp", "ebx", "edx", "ecx", "eax")

_CONTEXT = [
    *((name + half, "H") for name in _SEGMENTS for half in ("", "h")),
    *((name, "I") for name in _REGISTERS),
    *((name, "I") for name in ("trapno", "err", "eip")),
    *(("cs", "H"), ("csh", "H"), ("eflags", "I"), ("esp_at_signal", "I"), ("ss", "H"), ("ssh", "H")),
    *((name, "I") for name in ("fpstate", "oldmask", "cr2")),
]
"""`struct sigcontext_32`, 88 bytes."""

_FPSTATE_SIZE = 624
FRAME = Layout(
    "sigframe",
    [
        ("pretcode", "I"),
        ("sig", "i"),
        *_CONTEXT,
        ("fpstate_unused", f"{_FPSTATE_SIZE}s"),
        ("extramask", "I"),
        ("retcode", "8s"),
    ],
)
RT_FRAME = Layout(
    "rt_sigframe",
    [
        ("pretcode", "I"),
        ("sig", "i"),
        ("pinfo", "I"),
        ("puc", "I"),
        ("info", f"{SIGINFO_SIZE}s"),
        ("uc_flags", "I"),
        ("uc_link", "I"),
        ("ss_sp", "I"),
        ("ss_flags", "I"),
        ("ss_size", "I"),
        *_CONTEXT,
        ("uc_sigmask", "Q"),
        ("retcode", "8s"),
    ],
    align64=4,
)

SIGRETURN_CODE = bytes.fromhex("58b877000000cd80")
"""`pop eax; mov eax, 119; int 0x80`"""

RT_SIGRETURN_CODE = bytes.fromhex("b8ad000000cd8000")
"""`mov eax, 173; int 0x80`"""

_UC_FP_XSTATE = 1
_FLAT = {"cs": 0x23, "ss": 0x2B, "ds": 0x2B, "es": 0x2B}
_DIRECTION, _TRAP, _RESUME = 0x400, 0x100, 0x10000
_FIXED_FLAGS = 0x202
_RESTORED_FLAGS = 0x50DD5
_WORD = (1 << 32) - 1

_FSAVE = struct.Struct("<7I80sHH")
"""What FSAVE stores, then the status word again, and a mark that more follows."""

_MAGIC = 0
"""X86_FXSR_MAGIC: an FXSAVE image follows."""


class I386Frame:
    """See `FrameLayout`. `sigreturn` and `rt_sigreturn` are where handlers without SA_RESTORER return to."""

    red_zone = 0
    needs_restorer = False
    always_siginfo = False
    clears_floating_point = True
    minimum = -(-(FRAME.size + FRAME_ALIGNMENT - 1 + _FSAVE.size + STATE_SIZE + STATE_ALIGNMENT - 1) // 16) * 16

    def __init__(self, sigreturn: int, rt_sigreturn: int) -> None:
        self._sigreturn = sigreturn
        self._rt_sigreturn = rt_sigreturn

    def build(self, state: UserState, call: HandlerCall, top: int) -> SignalFrame:
        """The frame below address `top`."""
        extended = (top - STATE_SIZE) & -STATE_ALIGNMENT
        fpstate = extended - _FSAVE.size
        rt = bool(call.siginfo)
        layout = RT_FRAME if rt else FRAME
        address = ((fpstate - layout.size + 4) & -FRAME_ALIGNMENT) - 4
        context = {
            **{name: state.registers[name] for name in (*_REGISTERS, "eip", "eflags")},
            **_FLAT,
            "esp_at_signal": state.registers["esp"],
            "trapno": call.fault.number,
            "err": call.fault.error,
            "cr2": call.fault.address & _WORD,
            "fpstate": fpstate & _WORD,
            "oldmask": state.mask & _WORD,
        }
        info, uc = address + RT_FRAME.offsets["info"], address + RT_FRAME.offsets["uc_flags"]
        default = self._rt_sigreturn if rt else self._sigreturn
        returns = call.restorer or default
        if rt:
            start, flags, size = state.altstack
            data = RT_FRAME.pack(
                pretcode=returns,
                sig=call.signo,
                pinfo=info & _WORD,
                puc=uc & _WORD,
                info=call.siginfo,
                uc_flags=_UC_FP_XSTATE,
                ss_sp=start,
                ss_flags=flags,
                ss_size=size,
                uc_sigmask=state.mask,
                retcode=RT_SIGRETURN_CODE,
                **context,
            )
        else:
            data = FRAME.pack(
                pretcode=returns, sig=call.signo, extramask=state.mask >> 32, retcode=SIGRETURN_CODE, **context
            )
        return SignalFrame(
            address,
            ((extended, state_image(state.floating_point)), (fpstate, _fsave(state)), (address, data)),
            {
                "eip": call.handler,
                "esp": address,
                "eax": call.signo,
                "edx": info if rt else 0,
                "ecx": uc if rt else 0,
                "eflags": state.registers["eflags"] & ~(_DIRECTION | _TRAP | _RESUME),
            },
        )

    def read(self, stack_pointer: int, copy_in: Callable[[int, int], bytes]) -> UserState | None:
        """What the frame says that rt_sigreturn(2) was called on; None when it makes no sense."""
        return self._read(stack_pointer, copy_in, old=False)

    def read_old(self, stack_pointer: int, copy_in: Callable[[int, int], bytes]) -> UserState | None:
        """The same of sigreturn(2)."""
        return self._read(stack_pointer, copy_in, old=True)

    @staticmethod
    def _read(stack_pointer: int, copy_in: Callable[[int, int], bytes], old: bool) -> UserState | None:
        # What is at its start has been popped by then: the return address, and before sigreturn the signal's number.
        layout = FRAME if old else RT_FRAME
        address = stack_pointer - (8 if old else 4)
        data = copy_in(address, layout.size)
        if len(data) < layout.size:
            return None
        fields = layout.unpack(data)
        if fields["cs"] | 3 != _FLAT["cs"] or fields["ss"] | 3 != _FLAT["ss"]:
            return None
        registers = {name: fields[name] for name in (*_REGISTERS, "eip", "eflags")}
        registers["eflags"] = registers["eflags"] & _RESTORED_FLAGS | _FIXED_FLAGS
        fpstate = fields["fpstate"]
        floating_point: bytes | None = b""
        if fpstate:
            floating_point = read_floating_point(fpstate + _FSAVE.size, copy_in)
        if floating_point is None:
            return None
        if old:
            mask = fields["oldmask"] | fields["extramask"] << 32
            return UserState(registers, floating_point, mask, (0, 0, 0), has_altstack=False)
        altstack = fields["ss_sp"], fields["ss_flags"], fields["ss_size"]
        return UserState(registers, floating_point, fields["uc_sigmask"], altstack)

    def fault_record(self, fault: FaultExit, last: FaultRecord, address_limit: int) -> FaultRecord:
        """Trap number, page fault error code and CR2, as on x86-64."""
        return x86_fault_record(fault, last, address_limit)


def _fsave(state: UserState) -> bytes:
    """The legacy image, made of the FXSAVE one (Linux `convert_from_fxsr`)."""
    image = state.floating_point
    control, status, tags, opcode, ip, code, data, data_segment = struct.unpack_from("<HHBxHIH2xIH2x", image)
    top = status >> 11 & 7
    registers = [image[32 + 16 * index : 42 + 16 * index] for index in range(8)]
    tag_word = 0
    for number in range(8):
        if tags >> number & 1:
            tag_word |= _tag(registers[(number - top) & 7]) << 2 * number
        else:
            tag_word |= 3 << 2 * number
    high = 0xFFFF_0000
    return _FSAVE.pack(
        control | high,
        status | high,
        tag_word | high,
        ip,
        code | opcode << 16,
        data,
        data_segment | high,
        b"".join(registers),
        status,
        _MAGIC,
    )


def _tag(register: bytes) -> int:
    """0 for an ordinary number, 1 for zero, 2 for a special one."""
    exponent = int.from_bytes(register[8:], "little") & 0x7FFF
    mantissa = int.from_bytes(register[:8], "little")
    if exponent == 0x7FFF:
        return 2
    if not exponent:
        return 2 if mantissa else 1
    return 0 if mantissa >> 63 else 2
