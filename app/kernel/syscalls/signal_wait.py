"""Waiting for signals."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.text import signal_name
from app.kernel.arguments import Int, Size, StructIn
from app.kernel.arguments.siginfo import SigInfoOut
from app.kernel.call import Call
from app.kernel.clock import SECOND
from app.kernel.errno import Errno, KernelError
from app.kernel.multiplex import KTIME_MAX
from app.kernel.signal import UNBLOCKABLE, SigInfo, SignalSet
from app.kernel.syscall import syscall
from app.kernel.syscalls.signal import check_size
from app.kernel.task import Task
from app.kernel.wait import Blocking, Interrupted, Restart, Sleep


class SignalResult(Int):
    """A signal number as a result: strace adds its name."""

    @classmethod
    def show(cls, value: int) -> str:
        """`10 (SIGUSR1)`."""
        return f"{int(value)} ({signal_name(int(value))})"


@syscall
def pause(call: Call) -> Blocking[Int]:
    """Sleep until a signal runs a handler or ends the process. It always fails.

    EINTR: a handler has run. See pause(2).
    """
    yield from _sleep_for_signals(call, "The task sleeps until a signal comes.")
    return Int(0)


@syscall
def rt_sigsuspend(call: Call, unewset: Annotated[StructIn, "sigset"], sigsetsize: Size) -> Blocking[Int]:
    """Block the signals in `unewset` instead of the present ones and sleep until a handler runs, in one step.

    Afterwards the old set is blocked again. It always fails. EINTR: a handler has run. EINVAL: `sigsetsize` is not 8.
    EFAULT: `unewset` is not readable. See sigsuspend(2).
    """
    check_size(call, sigsetsize)
    yield from suspend(call, SignalSet(unewset.read()["sig"] & ~UNBLOCKABLE))
    return Int(0)


def suspend(call: Call, new: SignalSet) -> Blocking[None]:
    """Sleep with the signals `new` blocked until a handler runs. Always ends by Interrupted."""
    task = call.task
    task.saved_blocked = task.blocked
    task.blocked = new
    call.service("signal", "mask", f"Signals blocked meanwhile: {new.text()}.")
    yield from _sleep_for_signals(call, "The task sleeps until a signal that is not blocked comes.")


def _sleep_for_signals(call: Call, sentence: str) -> Blocking[None]:
    """Sleep until a signal is to be acted on. Always ends by Interrupted."""
    while True:
        yield from call.sleep(Sleep("signal", sentence), Restart.NOHAND)


@syscall
def rt_sigtimedwait(
    call: Call,
    uthese: Annotated[StructIn, "sigset"],
    uinfo: SigInfoOut,
    uts: Annotated[StructIn, "timespec"],
    sigsetsize: Size,
) -> Blocking[SignalResult]:
    """Take a pending signal of the set `uthese`, or sleep until one comes; no handler runs. Returns its number.

    The program should block these signals. `uinfo` gets what is known about it, `uts` limits the sleep; both may be
    NULL. EINVAL: `sigsetsize` is not 8, or the time is malformed. EFAULT: a pointer is bad. EAGAIN: none came in time.
    EINTR: another signal was handled. See sigtimedwait(2).
    """
    check_size(call, sigsetsize)
    task, clock = call.task, call.kernel.clock
    these = uthese.read()["sig"] & ~UNBLOCKABLE
    others = SignalSet(~these & ((1 << 64) - 1))
    until = KTIME_MAX
    if not uts.is_null:
        fields = uts.read()
        if fields["tv_sec"] < 0 or not 0 <= fields["tv_nsec"] < SECOND:
            raise call.refuse(
                Errno.EINVAL,
                "uts",
                "range",
                str(uts.text()),
                "Seconds must not be negative, nanoseconds must be below 10^9.",
            )
        until = min(clock.now + fields["tv_sec"] * SECOND + fields["tv_nsec"], KTIME_MAX)
    info = take_pending(task, others)
    if info is None and until > clock.now:
        info = yield from _wait_for(call, these, others, None if until == KTIME_MAX else until)
    elif info is None:
        raise KernelError(Errno.EAGAIN, "None of the signals is pending, and the time is over", "signal")
    call.service("signal", "take", f"{signal_name(info.signo)} is taken from the pending signals; no handler runs.")
    if not uinfo.is_null:
        uinfo.write(info)
    return SignalResult(info.signo)


def take_pending(task: Task, blocked: SignalSet) -> SigInfo | None:
    """The next pending signal outside `blocked`, for the task or its process (Linux `dequeue_signal`)."""
    return task.pending.take(blocked) or task.process.pending.take(blocked)


def _wait_for(call: Call, these: int, others: SignalSet, until: int | None) -> Blocking[SigInfo]:
    """Sleep with `these` unblocked, so that one of them ends the sleep. Raises EAGAIN, EINTR."""
    task = call.task
    before = task.blocked
    task.waited_for = before
    task.blocked = SignalSet(before.bits & ~these)
    try:
        sentence = "None of the signals is pending, so the task sleeps until one comes."
        yield from call.sleep(Sleep("signal", sentence, until=until))
    except Interrupted:
        pass
    finally:
        task.blocked = before
        task.waited_for = SignalSet()
    info = take_pending(task, others)
    if info is not None:
        return info
    if until is not None and call.kernel.clock.now >= until:
        raise KernelError(Errno.EAGAIN, "None of the signals came in time", "signal")
    raise KernelError(Errno.EINTR, "Another signal ended the sleep", "signal")
