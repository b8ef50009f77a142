"""Signal calls from before real-time signals: sets of 32 signals, and frames without siginfo_t."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.constants import SaFlag, SigHow
from app.kernel.arguments import Address, Int, SignalNumber, StructIn, StructOut, Unsigned
from app.kernel.arguments.integers import signed
from app.kernel.call import Call
from app.kernel.signal import UNBLOCKABLE, SignalSet
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking

from .signal import RestoredRegister, change_disposition, change_mask, restore_frame
from .signal_wait import suspend

_LOW = 0xFFFF_FFFF


@syscall
def signal(call: Call, signum: SignalNumber, handler: Address) -> Address:
    """Say what is to happen when a signal arrives; returns the handler from before.

    The handler is called once: then the default action is back. EINVAL: no such signal, or one that can't be caught.
    See signal(2).
    """
    flags = int(SaFlag.SA_RESETHAND | SaFlag.SA_NODEFER)
    new = {"sa_handler": int(handler), "sa_flags": flags, "sa_restorer": 0, "sa_mask": 0}
    return Address(change_disposition(call, signum, new).handler)


@syscall
def sigaction(
    call: Call,
    signum: SignalNumber,
    act: Annotated[StructIn, "sigaction"],
    oldact: Annotated[StructOut, "sigaction"],
) -> Int:
    """Like rt_sigaction, with the older struct, whose `sa_mask` has only the first 32 signals.

    EINVAL: no such signal, or one that can't be caught. EFAULT: a pointer is bad. See sigaction(2).
    """
    new = None if act.is_null else act.read()
    old = change_disposition(call, signum, new)
    if not oldact.is_null:
        oldact.write(sa_handler=old.handler, sa_flags=old.flags, sa_restorer=old.restorer, sa_mask=old.mask)
    return Int(0)


@syscall
def sigprocmask(
    call: Call, how: SigHow, set: Annotated[StructIn, "sigset"], oldset: Annotated[StructOut, "sigset"]
) -> Int:
    """Like rt_sigprocmask, of the first 32 signals. The others stay blocked or not as they are.

    EINVAL: unknown `how`. EFAULT: a pointer is bad. See sigprocmask(2).
    """
    old = call.task.blocked.bits
    if not set.is_null:
        bits = set.read()["sig"]
        if how == SigHow.SIG_SETMASK:
            bits |= old & ~_LOW
        change_mask(call, how, bits)
    if not oldset.is_null:
        oldset.write(sig=old)
    return Int(0)


@syscall
def sigpending(call: Call, set: Annotated[StructOut, "sigset"]) -> Int:
    """Tell which of the first 32 signals are blocked, have arrived and wait. EFAULT: no room. See sigpending(2)."""
    set.write(sig=(call.task.pending.bits | call.task.process.pending.bits) & call.task.blocked.bits)
    return Int(0)


@syscall
def sigsuspend(call: Call, unused1: Int, unused2: Int, mask: Address) -> Blocking[Int]:
    """Block the signals in `mask`, which is the set itself, and sleep until a handler runs, in one step.

    Afterwards the old set is blocked again. It always fails. EINTR: a handler has run. See sigsuspend(2).
    """
    yield from suspend(call, SignalSet(int(mask) & ~UNBLOCKABLE))
    return Int(0)


@syscall
def sgetmask(call: Call) -> Unsigned:
    """Tell which of the first 32 signals are blocked. Never fails. See sgetmask(2)."""
    return Unsigned(call.task.blocked.bits & _LOW)


@syscall
def ssetmask(call: Call, newmask: Address) -> Unsigned:
    """Block these of the first 32 signals and no other of them; returns those from before. Never fails. See
    sgetmask(2).
    """
    old = call.task.blocked.bits & _LOW
    # The kernel takes it for an int: with the top bit come all signals above 32.
    change_mask(call, SigHow.SIG_SETMASK, signed(newmask, 32) & (1 << 64) - 1)
    return Unsigned(old)


@syscall
def sigreturn(call: Call) -> RestoredRegister:
    """Undo the call of a signal handler that did not ask for a `siginfo_t`, as rt_sigreturn does for the others.

    The frame is found at the stack pointer; one that makes no sense means `SIGSEGV`. Never fails. See sigreturn(2).
    """
    return restore_frame(call, old=True)
