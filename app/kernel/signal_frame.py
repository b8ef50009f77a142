"""Signal frames: what a handler finds on its stack, and how rt_sigreturn(2) undoes it (sigreturn(2))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from .abi.constants import AltstackFlag, SaFlag
from .abi.signal_frame import HandlerCall, TwoFramesLayout, UserState
from .signal import UNBLOCKABLE, Disposition, SigInfo, SignalSet
from .task import DISABLED_STACK, AlternateStack

if TYPE_CHECKING:
    from .kernel import Kernel
    from .task import Task

_MODES = (0, AltstackFlag.SS_ONSTACK, AltstackFlag.SS_DISABLE)


class Pushed(Struct, frozen=True):
    """A frame that was stored: where, and whether on the alternate stack."""

    address: int
    on_altstack: bool


def on_altstack(task: Task, pointer: int) -> bool:
    """Whether a stack pointer means the alternate stack. One with SS_AUTODISARM never is in use."""
    return on_altstack_of(task.altstack, pointer)


def on_altstack_of(stack: AlternateStack, pointer: int) -> bool:
    """The same for an alternate stack that may not be the present one."""
    return not stack.flags & AltstackFlag.SS_AUTODISARM and _inside(stack, pointer)


def _inside(stack: AlternateStack, pointer: int) -> bool:
    return stack.start < pointer <= stack.start + stack.size


def push(kernel: Kernel, task: Task, info: SigInfo, disposition: Disposition, mask: int) -> Pushed | None:
    """Store a frame and set the registers for the handler; None when the stack has no room for it.

    `mask` is what rt_sigreturn is to block again.
    """
    cpu, abi = kernel.cpu, task.abi
    layout = abi.signal_frame
    flags = disposition.flags
    if layout.needs_restorer and not flags & SaFlag.SA_RESTORER:
        return None
    pointer = cpu.get(abi.stack_register)
    nested = on_altstack(task, pointer)
    top = pointer - layout.red_zone
    altstack = task.altstack
    entering = bool(flags & SaFlag.SA_ONSTACK and altstack.size and not on_altstack(task, top))
    if entering:
        top = altstack.start + altstack.size
    state = UserState(cpu.registers(), cpu.floating_point, mask, (altstack.start, altstack.flags, altstack.size))
    siginfo = info.pack(abi.structs) if flags & SaFlag.SA_SIGINFO or layout.always_siginfo else b""
    restorer = disposition.restorer if flags & SaFlag.SA_RESTORER else 0
    if not flags & SaFlag.SA_RESTORER and abi.vdso is not None:
        restorer = task.mm.vdso + abi.vdso.sigreturn
    call = HandlerCall(disposition.handler, info.signo, restorer, siginfo, task.fault)
    frame = layout.build(state, call, top)
    if (nested or entering) and not _inside(altstack, frame.address):
        return None
    for address, data in frame.parts:
        if address < 0 or task.mm.copy_out(address, data) < len(data):
            return None
    for name, value in frame.registers.items():
        cpu.set(name, value)
    if layout.clears_floating_point:
        cpu.floating_point = cpu.initial_floating_point
    if altstack.flags & AltstackFlag.SS_AUTODISARM:
        task.altstack = DISABLED_STACK
    task.restored = {name: hex(value & 0xFFFF_FFFF_FFFF_FFFF) for name, value in frame.registers.items()}
    return Pushed(frame.address, nested or entering)


def pop(kernel: Kernel, task: Task, old: bool = False) -> UserState | None:
    """Restore what the frame at the stack pointer says; None when it makes no sense, and nothing is restored then.

    `old` is for the frames of handlers without SA_SIGINFO, where these are of another kind.
    """
    cpu, abi = kernel.cpu, task.abi
    layout = abi.signal_frame
    read = layout.read_old if old and isinstance(layout, TwoFramesLayout) else layout.read
    state = read(cpu.get(abi.stack_register), task.mm.copy_in)
    if state is None:
        return None
    for name, value in state.registers.items():
        cpu.set(name, value)
    cpu.floating_point = state.floating_point or cpu.initial_floating_point
    task.blocked = SignalSet(state.mask & ~UNBLOCKABLE)
    task.restart_block = None
    if not state.has_altstack:
        return state
    start, flags, size = state.altstack
    if change_altstack_problem(task, AlternateStack(start, size, flags), state.registers[abi.stack_register]) is None:
        set_altstack(task, start, flags, size)
    return state


def change_altstack_problem(task: Task, new: AlternateStack, pointer: int) -> str | None:
    """Why the alternate stack can't become `new`: `in use`, `flags`, `size`; None when it can, or is that already."""
    if on_altstack(task, pointer):
        return "in use"
    mode = new.flags & ~AltstackFlag.SS_AUTODISARM & 0xFFFF_FFFF
    if mode not in _MODES:
        return "flags"
    if new == task.altstack or mode == AltstackFlag.SS_DISABLE:
        return None
    return "size" if new.size < task.abi.minimum_stack else None


def set_altstack(task: Task, start: int, flags: int, size: int) -> None:
    """Make it the alternate stack; with SS_DISABLE there is none."""
    flags &= 0xFFFF_FFFF
    disabled = flags & AltstackFlag.SS_DISABLE
    task.altstack = AlternateStack(0 if disabled else start, 0 if disabled else size, flags)
