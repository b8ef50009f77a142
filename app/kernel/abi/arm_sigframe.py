"""The signal frames of ARM: `struct sigframe`, and `struct rt_sigframe`, which has a `siginfo_t` before it.

Source: arch/arm/kernel/signal.c, arch/arm/include/asm/ucontext.h, arch/arm/include/uapi/asm/sigcontext.h.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from app.cpu.exits import FaultExit

from .layout import Layout
from .siginfo import SIGINFO_SIZE
from .signal_frame import FaultRecord, HandlerCall, SignalFrame, UserState

_REGISTERS = (*(f"r{number}" for number in range(11)), "fp", "ip", "sp", "lr", "pc", "cpsr")
_NAMES = {"fp": "r11", "ip": "r12"}
"""What the CPU calls the registers that have a name of their own in the frame."""

FRAME = Layout(
    "sigframe",
    [
        *((name, "I") for name in ("uc_flags", "uc_link", "ss_sp", "ss_flags", "ss_size")),
        *((name, "I") for name in ("trap_no", "error_code", "oldmask")),
        *((name, "I") for name in _REGISTERS),
        ("fault_address", "I"),
        ("uc_sigmask", "Q"),
        ("unused", "120s"),
        ("uc_regspace", "512s"),
        ("retcode", "16s"),
    ],
)
"""`struct sigframe`, 760 bytes: `struct ucontext` and the code to return by."""

_OLD_FLAGS = 0x5AC3_C35A
"""`uc_flags` of a frame without SA_SIGINFO, which no older kernel had at this place."""

_VFP = struct.Struct("<II256sI4x3I4x")
"""`struct vfp_sigframe`, 288 bytes: magic, size, d0 to d31, FPSCR; FPEXC, FPINST and FPINST2."""

_VFP_MAGIC = 0x5646_5001
_FPEXC_ENABLED = 0x4000_0000
_THUMB, _USER_MODE = 0x20, 0x10
_BIG_ENDIAN, _IT = 0x200, 0x0600_FC00
_FLAGS = 0xF80F_0000
_FORBIDDEN = 0x1CF
"""Mode bits other than user mode's, and those that mask interrupts and aborts."""

_SIGRETURN, _RT_SIGRETURN = 119, 173
_PAGE_FAULT, _UNDEFINED = 14, 6
_TRANSLATION, _PERMISSION, _WRITE, _FETCH = 0x7, 0xF, 0x800, 0x8000_0000


def return_code(number: int) -> bytes:
    """`mov r7, #number; svc #number`, for ARM state and then for Thumb state."""
    arm = struct.pack("<II", 0xE3A0_7000 | number, 0xEF90_0000 | number)
    thumb = struct.pack("<HH", 0x2700 | number, 0xDF00)
    return arm + thumb


SIGRETURN_CODES = return_code(_SIGRETURN) + return_code(_RT_SIGRETURN)
"""What handlers without SA_RESTORER return to: for each call 8 bytes in ARM state and 4 in Thumb state."""


class ArmFrame:
    """See `FrameLayout`. `codes` is where the kernel keeps `SIGRETURN_CODES` for the program."""

    red_zone = 0
    needs_restorer = False
    always_siginfo = False
    clears_floating_point = False
    minimum = -(-(SIGINFO_SIZE + FRAME.size + 7) // 16) * 16

    def __init__(self, codes: int) -> None:
        self._codes = codes

    def build(self, state: UserState, call: HandlerCall, top: int) -> SignalFrame:
        """The frame below address `top`."""
        rt = bool(call.siginfo)
        before = SIGINFO_SIZE if rt else 0
        address = (top - before - FRAME.size) & -8
        thumb = call.handler & 1
        code = self._codes + 12 * rt + 8 * thumb
        returns = call.restorer or code + thumb
        start, flags, size = state.altstack if rt else (0, 0, 0)
        frame = FRAME.pack(
            uc_flags=0 if rt else _OLD_FLAGS,
            ss_sp=start,
            ss_flags=flags,
            ss_size=size,
            trap_no=call.fault.number,
            error_code=call.fault.error,
            fault_address=call.fault.address & _WORD,
            oldmask=state.mask & _WORD,
            **{name: state.registers[_NAMES.get(name, name)] for name in _REGISTERS},
            uc_sigmask=state.mask,
            uc_regspace=_vfp(state.floating_point),
            retcode=return_code(_RT_SIGRETURN if rt else _SIGRETURN),
        )
        cpsr = state.registers["cpsr"] & ~(_BIG_ENDIAN | _THUMB | _IT)
        registers = {
            "cpsr": cpsr | (_THUMB if thumb else 0),
            "pc": call.handler,
            "sp": address,
            "lr": returns,
            "r0": call.signo,
        }
        if rt:
            registers |= {"r1": address, "r2": address + SIGINFO_SIZE}
        return SignalFrame(address, ((address, call.siginfo + frame),), registers)

    def read(self, stack_pointer: int, copy_in: Callable[[int, int], bytes]) -> UserState | None:
        """What the frame says that rt_sigreturn(2) was called on; None when it makes no sense."""
        return self._read(stack_pointer, copy_in, old=False)

    def read_old(self, stack_pointer: int, copy_in: Callable[[int, int], bytes]) -> UserState | None:
        """The same of sigreturn(2)."""
        return self._read(stack_pointer, copy_in, old=True)

    @staticmethod
    def _read(stack_pointer: int, copy_in: Callable[[int, int], bytes], old: bool) -> UserState | None:
        if stack_pointer % 8:
            return None
        data = copy_in(stack_pointer + (0 if old else SIGINFO_SIZE), FRAME.size)
        if len(data) < FRAME.size:
            return None
        fields = FRAME.unpack(data)
        registers = {_NAMES.get(name, name): fields[name] for name in _REGISTERS}
        if registers["cpsr"] & _FORBIDDEN:
            return None
        registers["cpsr"] |= _USER_MODE
        registers["pc"] = registers["pc"] & ~1 | (1 if registers["cpsr"] & _THUMB else 0)
        magic, size, numbers, fpscr, *_ = _VFP.unpack_from(fields["uc_regspace"])
        if magic != _VFP_MAGIC or size != _VFP.size:
            return None
        floating_point = numbers + fpscr.to_bytes(4, "little")
        altstack = fields["ss_sp"], fields["ss_flags"], fields["ss_size"]
        return UserState(registers, floating_point, fields["uc_sigmask"], altstack, has_altstack=not old)

    def fault_record(self, fault: FaultExit, last: FaultRecord, address_limit: int) -> FaultRecord:
        """Trap number, fault status register and fault address."""
        if fault.address is None:
            return FaultRecord(_UNDEFINED, 0, last.address)
        error = _PERMISSION if fault.present else _TRANSLATION
        if fault.access == "write":
            error |= _WRITE
        elif fault.access == "execute":
            error |= _FETCH
        return FaultRecord(_PAGE_FAULT, error, fault.address)


def _vfp(image: bytes) -> bytes:
    """The floating point registers in the auxiliary frame."""
    fpscr = int.from_bytes(image[256:260], "little")
    return _VFP.pack(_VFP_MAGIC, _VFP.size, image[:256], fpscr, _FPEXC_ENABLED, 0, 0)


_WORD = (1 << 32) - 1
