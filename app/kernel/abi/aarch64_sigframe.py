"""The signal frame of AArch64: `struct rt_sigframe`, and above it a frame record for who follows the frame pointers.

From low to high addresses: `siginfo_t`, `ucontext_t` with the registers (`struct sigcontext`), and in its last field a
list of records: floating point registers, what the fault was, an end mark. The handler returns to the vDSO, which
calls rt_sigreturn(2). Source: arch/arm64/kernel/signal.c, arch/arm64/include/uapi/asm/sigcontext.h.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from app.cpu.exits import FaultExit

from .generic_structs import FRAME_HEAD
from .layout import Layout
from .signal_frame import FaultRecord, HandlerCall, SignalFrame, UserState

_REGISTERS = (*(f"x{number}" for number in range(31)), "sp", "pc", "cpsr")
_RECORDS_SIZE = 4096

FRAME = Layout(
    "rt_sigframe",
    [
        *FRAME_HEAD,
        ("fault_address", "Q"),
        *((name, "Q") for name in _REGISTERS),
        ("pad", "8s"),
        ("records", f"{_RECORDS_SIZE}s"),
    ],
)
"""4688 bytes. `reserved` also aligns the `struct sigcontext` behind it."""

_FRAME_RECORD = struct.Struct("<QQ")
_ALIGNMENT = 16
_HEAD = struct.Struct("<II")
_FPSIMD_MAGIC, _ESR_MAGIC, _EXTRA_MAGIC = 0x4650_8001, 0x4553_5201, 0x4558_5401
_FPSIMD_SIZE = 528
_VECTORS_SIZE = 512
_ESR_SIZE = 16
_END = bytes(_HEAD.size)

_CONDITION_FLAGS = 0xF000_0000
_RESERVED_FLAGS = 0xFFFF_FFFF_0C00_C000 | 0x0020_0000
_NOT_USER = 0x3DF
"""PSTATE bits that must be 0 in user mode: masks of interrupts, AArch32 and the exception level."""

_DATA_ABORT, _INSTRUCTION_ABORT, _PC_ALIGNMENT = 0x9200_0000, 0x8200_0000, 0x8A00_0000
"""ESR_ELx: exception class from a lower level, with the bit of 32-bit instructions (Arm ARM, D17.2.37)."""

_STORE = 1 << 6
_TRANSLATION_FAULT, _PERMISSION_FAULT, _ALIGNMENT_FAULT = 0x07, 0x0F, 0x21


class AArch64Frame:
    """See `FrameLayout`."""

    red_zone = 0
    needs_restorer = False
    always_siginfo = False
    clears_floating_point = False
    minimum = FRAME.size + _FRAME_RECORD.size + _ALIGNMENT

    def build(self, state: UserState, call: HandlerCall, top: int) -> SignalFrame:
        """The frame below address `top`."""
        record = (top - _FRAME_RECORD.size) & -_ALIGNMENT
        address = record - FRAME.size
        start, flags, size = state.altstack
        frame = FRAME.pack(
            info=call.siginfo,
            ss_sp=start,
            ss_flags=flags,
            ss_size=size,
            uc_sigmask=state.mask,
            fault_address=call.fault.address,
            records=self._records(state.floating_point, call.fault.error),
            **{name: state.registers[name] for name in _REGISTERS},
        )
        registers = {
            "pc": call.handler,
            "sp": address,
            "x0": call.signo,
            "x29": record,
            "x30": call.restorer,
        }
        if call.siginfo:
            registers |= {"x1": address, "x2": address + FRAME.offsets["uc_flags"]}
        caller = _FRAME_RECORD.pack(state.registers["x29"], state.registers["x30"])
        return SignalFrame(address, ((record, caller), (address, frame)), registers)

    @staticmethod
    def _records(floating_point: bytes, esr: int) -> bytes:
        vectors, control = floating_point[:_VECTORS_SIZE], floating_point[_VECTORS_SIZE : _VECTORS_SIZE + 8]
        records = _HEAD.pack(_FPSIMD_MAGIC, _FPSIMD_SIZE) + control + vectors
        if esr:
            records += _HEAD.pack(_ESR_MAGIC, _ESR_SIZE) + esr.to_bytes(8, "little")
        return records + _END

    def read(self, stack_pointer: int, copy_in: Callable[[int, int], bytes]) -> UserState | None:
        """What the frame says that rt_sigreturn(2) was called on; None when it makes no sense."""
        data = copy_in(stack_pointer, FRAME.size)
        if stack_pointer % _ALIGNMENT or len(data) < FRAME.size:
            return None
        fields = FRAME.unpack(data)
        registers = {name: fields[name] for name in _REGISTERS}
        registers["cpsr"] &= ~_RESERVED_FLAGS
        if registers["cpsr"] & _NOT_USER:
            return None
        floating_point = self._read_records(fields["records"])
        if floating_point is None:
            return None
        altstack = fields["ss_sp"], fields["ss_flags"], fields["ss_size"]
        return UserState(registers, floating_point, fields["uc_sigmask"], altstack)

    @staticmethod
    def _read_records(records: bytes) -> bytes | None:
        """The floating point registers among the records; None when these make no sense (`parse_user_sigframe`)."""
        found = None
        at = 0
        while at + _HEAD.size <= len(records):
            magic, size = _HEAD.unpack_from(records, at)
            if not magic and not size:
                return found
            if size < _HEAD.size or size % _ALIGNMENT or size > len(records) - at:
                return None
            if magic == _FPSIMD_MAGIC:
                if found is not None or size != _FPSIMD_SIZE:
                    return None
                control = records[at + 8 : at + 16]
                found = records[at + 16 : at + _FPSIMD_SIZE] + control
            elif magic not in (_ESR_MAGIC, _EXTRA_MAGIC):
                return None
            at += size
        return None

    def fault_record(self, fault: FaultExit, last: FaultRecord, address_limit: int) -> FaultRecord:
        """The syndrome (ESR_EL1) and the address of the fault; programs do not learn what the kernel has mapped."""
        if fault.vector == "pcalign":
            return FaultRecord(error=_PC_ALIGNMENT)
        if fault.address is None:
            return FaultRecord()
        error = _INSTRUCTION_ABORT if fault.access == "execute" else _DATA_ABORT
        if fault.access == "write":
            error |= _STORE
        if fault.access is None:
            error |= _ALIGNMENT_FAULT
        elif fault.present and fault.address < address_limit:
            error |= _PERMISSION_FAULT
        else:
            error |= _TRANSLATION_FAULT
        return FaultRecord(error=error, address=fault.address)
