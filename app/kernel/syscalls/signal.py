"""Signals: say what to do with them, block them, return from their handlers."""

from __future__ import annotations

from typing import Annotated, Any

from app.kernel import signal_delivery, signal_frame
from app.kernel.abi.constants import AltstackFlag, SaFlag, SigHow, Signo
from app.kernel.abi.flags import all_bits
from app.kernel.abi.text import signal_name, signal_set_text
from app.kernel.arguments import Int, Long, SignalNumber, Size, StructIn, StructOut
from app.kernel.arguments.integers import signed
from app.kernel.call import Call
from app.kernel.errno import Errno, message
from app.kernel.sigmask import SIGSET_SIZE
from app.kernel.signal import LAST, SIG_DFL, SIG_IGN, UNBLOCKABLE, Disposition, SigInfo, SignalSet
from app.kernel.syscall import syscall
from app.kernel.task import AlternateStack
from app.trace.events import word

_WORD = (1 << 64) - 1
_KNOWN_FLAGS = all_bits(SaFlag) | 0x800
"""Flags that the kernel keeps; 0x800 is SA_EXPOSE_TAGBITS. Others are cleared, so that programs see what there is."""


@syscall
def rt_sigaction(
    call: Call,
    signum: SignalNumber,
    act: Annotated[StructIn, "sigaction"],
    oldact: Annotated[StructOut, "sigaction"],
    sigsetsize: Size,
) -> Int:
    """Say what is to happen when a signal arrives, and tell what was said before. Both pointers may be NULL.

    EINVAL: no such signal, `SIGKILL` or `SIGSTOP` with a new action, or `sigsetsize` is not 8. EFAULT: `act` is not
    readable or `oldact` not writable. See sigaction(2).
    """
    check_size(call, sigsetsize)
    new = None if act.is_null else act.read()
    old = change_disposition(call, signum, new)
    if not oldact.is_null:
        restorer = {"sa_restorer": old.restorer} if "sa_restorer" in oldact.layout.offsets else {}
        oldact.write(sa_handler=old.handler, sa_flags=old.flags, sa_mask=old.mask, **restorer)
    return Int(0)


def change_disposition(call: Call, signum: SignalNumber, new: dict[str, Any] | None) -> Disposition:
    """Make `new`, the fields of a struct sigaction, the disposition of a signal; returns the one before.

    Raises EINVAL.
    """
    if not 1 <= signum <= LAST:
        raise call.refuse(Errno.EINVAL, "signum", "signal", str(int(signum)), f"Signals are numbered 1 to {LAST}.")
    if new is not None and UNBLOCKABLE >> (signum - 1) & 1:
        raise call.refuse(
            Errno.EINVAL,
            "signum",
            "signal",
            str(signum.text()),
            "SIGKILL and SIGSTOP can't be caught or ignored.",
        )
    call.passed("signum", "signal", str(signum.text()), "It is a signal whose action may be asked or set.")
    sighand = call.task.sighand
    old = sighand.get(signum)
    if new is not None:
        flags = new["sa_flags"] & _KNOWN_FLAGS
        disposition = Disposition(new["sa_handler"], flags, new.get("sa_restorer", 0), new["sa_mask"] & ~UNBLOCKABLE)
        sighand.set(int(signum), disposition)
        _explain(call, signum, disposition.handler)
        if sighand.ignores(signum):
            call.task.process.pending.discard(signum)
            for task in call.task.process.tasks:
                task.pending.discard(signum)
    return old


@syscall
def rt_sigprocmask(
    call: Call,
    how: SigHow,
    set: Annotated[StructIn, "sigset"],
    oldset: Annotated[StructOut, "sigset"],
    sigsetsize: Size,
) -> Int:
    """Change which signals are blocked, and tell which were. Both pointers may be NULL.

    A blocked signal waits until it is unblocked; `SIGKILL` and `SIGSTOP` can't be blocked and are left out silently.
    EINVAL: unknown `how`, or `sigsetsize` is not 8. EFAULT: `set` is not readable or `oldset` not writable.
    See sigprocmask(2).
    """
    check_size(call, sigsetsize)
    old = call.task.blocked.bits
    if not set.is_null:
        change_mask(call, how, set.read()["sig"])
    if not oldset.is_null:
        oldset.write(sig=old)
    return Int(0)


def change_mask(call: Call, how: int, bits: int) -> None:
    """Block or unblock signals, as rt_sigprocmask(2) says. Raises EINVAL."""
    task = call.task
    old = task.blocked.bits
    bits &= ~UNBLOCKABLE
    if how == SigHow.SIG_BLOCK:
        task.blocked = SignalSet(old | bits)
    elif how == SigHow.SIG_UNBLOCK:
        task.blocked = SignalSet(old & ~bits)
    elif how == SigHow.SIG_SETMASK:
        task.blocked = SignalSet(bits)
    else:
        raise call.refuse(
            Errno.EINVAL, "how", "choice", str(int(how)), "It must be SIG_BLOCK, SIG_UNBLOCK or SIG_SETMASK."
        )
    call.service("signal", "mask", f"Signals now blocked: {task.blocked.text()}.")
    signal_delivery.retarget(task.process)


@syscall
def rt_sigpending(call: Call, set: Annotated[StructOut, "sigset"], sigsetsize: Size) -> Int:
    """Tell which blocked signals have arrived and wait.

    EINVAL: `sigsetsize` is more than 8. EFAULT: there is no room at `set`. See sigpending(2).
    """
    if sigsetsize > SIGSET_SIZE:
        check_size(call, sigsetsize)
    set.write(int(sigsetsize), sig=(call.task.pending.bits | call.task.process.pending.bits) & call.task.blocked.bits)
    return Int(0)


class RestoredRegister(Long):
    """What rt_sigreturn leaves in the return register: the program's own value, which strace takes for a result."""

    @classmethod
    def show(cls, value: int) -> str:
        """`0`, or `-1 EINTR (Interrupted system call)`."""
        try:
            errno = Errno(-signed(value, 64))
        except ValueError:
            return str(int(value))
        return f"-1 {errno.name} ({message(errno)})"


class _Frame:
    """The frame, which rt_sigreturn finds at the stack pointer; strace shows its mask."""

    def __init__(self, mask: int) -> None:
        self.mask = mask

    def text(self) -> str:
        """`{mask=[INT]}`."""
        return f"{{mask={signal_set_text(self.mask)}}}"


@syscall
def rt_sigreturn(call: Call) -> RestoredRegister:
    """Undo the call of a signal handler: registers, blocked signals and alternate stack become what the frame says.

    The C library makes this call when a handler returns. The frame is found at the stack pointer; one that
    makes no sense means `SIGSEGV`. Never fails. See sigreturn(2).
    """
    return restore_frame(call)


def restore_frame(call: Call, old: bool = False) -> RestoredRegister:
    """Do what rt_sigreturn(2) says, or with `old` sigreturn(2)."""
    task, abi = call.task, call.task.abi
    state = signal_frame.pop(call.kernel, task, old)
    if state is None:
        call.service("signal", "bad frame", "There is no signal frame at the stack pointer: SIGSEGV.")
        signal_delivery.force(call.kernel, task, SigInfo(Signo.SIGSEGV, "SI_KERNEL"))
        return RestoredRegister(0)
    call.arguments["frame"] = _Frame(state.mask)
    signal_delivery.retarget(task.process)
    call.service("signal", "restore", f"Registers and mask come from the frame; blocked now: {task.blocked.text()}.")
    call.saved = {source: word(call.kernel.cpu.get(name)) for name, source in abi.restores.items()}
    return RestoredRegister(signed(state.registers[abi.info.return_register], abi.bits) & _WORD)


@syscall
def sigaltstack(call: Call, ss: Annotated[StructIn, "stack"], old_ss: Annotated[StructOut, "stack"]) -> Int:
    """Say where handlers with `SA_ONSTACK` find their stack, and tell what was said before. Both may be NULL.

    `SS_DISABLE` takes it away. With `SS_AUTODISARM` it is taken away while a handler runs on it, so that the handler
    may be left by other ways. EFAULT: `ss` is not readable or `old_ss` not writable. EPERM: the caller runs on the
    alternate stack. EINVAL: unknown flags. ENOMEM: it is smaller than 2048 bytes. See sigaltstack(2).
    """
    task = call.task
    new = None if ss.is_null else ss.read()
    old = task.altstack
    pointer = call.kernel.cpu.get(task.abi.stack_register)
    if new is not None:
        start, flags, size = new["ss_sp"], new["ss_flags"], new["ss_size"]
        problem = signal_frame.change_altstack_problem(task, AlternateStack(start, size, flags), pointer)
        if problem is not None:
            errno, kind, sentence = _ALTSTACK_PROBLEMS[problem]
            raise call.refuse(errno, "ss", kind, str(ss.text()), sentence)
        call.passed("ss", "stack", str(ss.text()), "It can be an alternate stack.")
        signal_frame.set_altstack(task, start, flags, size)
    if not old_ss.is_null:
        in_use = int(AltstackFlag.SS_ONSTACK) if signal_frame.on_altstack_of(old, pointer) else 0
        flags = (in_use if old.size else int(AltstackFlag.SS_DISABLE)) | old.flags & AltstackFlag.SS_AUTODISARM
        old_ss.write(ss_sp=old.start, ss_flags=flags, ss_size=old.size)
    return Int(0)


_ALTSTACK_PROBLEMS = {
    "in use": (Errno.EPERM, "stack", "The caller runs on the alternate stack, so that cannot be changed."),
    "flags": (Errno.EINVAL, "flags", "The mode must be 0, SS_ONSTACK or SS_DISABLE."),
    "size": (Errno.ENOMEM, "size", "An alternate stack must have room for a frame (MINSIGSTKSZ)."),
}


def check_size(call: Call, sigsetsize: int) -> None:
    """Raise EINVAL unless the program and the kernel mean the same `sigset_t`."""
    if sigsetsize != SIGSET_SIZE:
        raise call.refuse(
            Errno.EINVAL, "sigsetsize", "size", str(int(sigsetsize)), f"A signal set has {SIGSET_SIZE} bytes here."
        )


def _explain(call: Call, signum: int, handler: int) -> None:
    name = signal_name(signum)
    words = {SIG_DFL: f"{name} gets its default action.", SIG_IGN: f"{name} will be ignored."}
    call.service("signal", "disposition", words.get(handler, f"{name} will be handled at {handler:#x}."))
