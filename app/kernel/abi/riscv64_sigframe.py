"""The signal frame of RISC-V: `struct rt_sigframe`, which is `siginfo_t` and `ucontext_t`.

The handler returns to the vDSO, which calls rt_sigreturn(2). Source: arch/riscv/kernel/signal.c,
arch/riscv/include/uapi/asm/ptrace.h.
"""

from __future__ import annotations

from collections.abc import Callable

from app.cpu.exits import FaultExit

from .generic_structs import FRAME_HEAD
from .layout import Layout
from .riscv64_structs import REGISTERS
from .signal_frame import FaultRecord, HandlerCall, SignalFrame, UserState

_FLOATING_POINT_SIZE = 260
"""`struct __riscv_d_ext_state` without its padding: 32 registers of 8 bytes, and fcsr."""

FRAME = Layout(
    "rt_sigframe",
    [
        *FRAME_HEAD,
        *((name, "Q") for name in REGISTERS),
        ("floating_point", f"{_FLOATING_POINT_SIZE}s"),
        ("rest", "268s"),
    ],
)
"""1088 bytes. `rest` is what the largest floating point state would take, and the end mark of further state."""

_END_MARK = slice(252, 268)
"""In `rest`: a reserved word that must be 0, then magic number and size of the end of the list, 0 both."""

_ALIGNMENT = 16


class Riscv64Frame:
    """See `FrameLayout`."""

    red_zone = 0
    needs_restorer = False
    always_siginfo = True
    clears_floating_point = False
    minimum = FRAME.size + _ALIGNMENT

    def build(self, state: UserState, call: HandlerCall, top: int) -> SignalFrame:
        """The frame below address `top`."""
        address = (top - FRAME.size) & -_ALIGNMENT
        start, flags, size = state.altstack
        frame = FRAME.pack(
            info=call.siginfo,
            ss_sp=start,
            ss_flags=flags,
            ss_size=size,
            uc_sigmask=state.mask,
            floating_point=state.floating_point[:_FLOATING_POINT_SIZE],
            **{name: state.registers[name] for name in REGISTERS},
        )
        registers = {
            "pc": call.handler,
            "ra": call.restorer,
            "sp": address,
            "a0": call.signo,
            "a1": address,
            "a2": address + FRAME.offsets["uc_flags"],
        }
        return SignalFrame(address, ((address, frame),), registers)

    def read(self, stack_pointer: int, copy_in: Callable[[int, int], bytes]) -> UserState | None:
        """What the frame says that rt_sigreturn(2) was called on; None when it makes no sense."""
        data = copy_in(stack_pointer, FRAME.size)
        if len(data) < FRAME.size:
            return None
        fields = FRAME.unpack(data)
        if any(fields["rest"][_END_MARK]):
            return None
        registers = {name: fields[name] for name in REGISTERS}
        altstack = fields["ss_sp"], fields["ss_flags"], fields["ss_size"]
        return UserState(registers, fields["floating_point"], fields["uc_sigmask"], altstack)

    def fault_record(self, fault: FaultExit, last: FaultRecord, address_limit: int) -> FaultRecord:
        """Frames of RISC-V tell nothing of the fault beyond `siginfo_t`."""
        return last
