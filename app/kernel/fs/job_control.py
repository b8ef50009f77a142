"""Job control: which session a terminal controls, and which of its process groups may use it (termios(3), setsid(2)).

A shell puts each pipeline into a process group of its own and names one of them the foreground. Only that one reads
from the terminal and gets the signals of its keys; the others are stopped when they try.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel import signal_delivery, stop
from app.kernel.abi.constants import IoctlRequest, Signo
from app.kernel.errno import Errno, KernelError
from app.kernel.signal import SIG_IGN, SigInfo
from app.kernel.wait import Interrupted, Restart

if TYPE_CHECKING:
    from app.kernel.arguments.ioctl import IoctlArgument
    from app.kernel.call import Call
    from app.kernel.kernel import Kernel
    from app.kernel.task import Process, Task

    from .tty import Terminal


def controls(terminal: Terminal, process: Process) -> bool:
    """Whether `terminal` is the controlling terminal of `process`."""
    return terminal.session == process.sid


def controlling_terminal(kernel: Kernel, process: Process) -> Terminal | None:
    """The terminal of the session of `process`."""
    return next((terminal for terminal in kernel.terminals.values() if controls(terminal, process)), None)


def need_foreground(call: Call, terminal: Terminal, signo: Signo) -> None:
    """Let only the foreground go on (Linux `tty_check_change`): others get `signo`, SIGTTIN or SIGTTOU, and stop.

    Raises Interrupted when the signal was sent, and EIO when stopping would be for ever: for a reader that blocks or
    ignores SIGTTIN, and for groups without a shell to continue them. A writer that ignores SIGTTOU goes on.
    """
    task, process = call.task, call.task.process
    if not controls(terminal, process) or process.pgid == terminal.foreground or not terminal.foreground:
        return
    if signo in task.blocked or task.sighand.get(signo).handler == SIG_IGN:
        if signo == Signo.SIGTTIN:
            raise KernelError(Errno.EIO, "Only the foreground process group reads from the terminal", "tty")
        return
    if stop.is_orphaned(call.kernel, process.pgid):
        raise KernelError(Errno.EIO, "Nobody is left who could continue this process group", "tty")
    call.service("tty", "background", f"Process group {process.pgid} is not in the foreground: it gets {signo.name}.")
    signal_delivery.send_to_group(call.kernel, process.pgid, SigInfo(signo, "SI_KERNEL"))
    raise Interrupted(Restart.SYS)


def acquire(task: Task, terminal: Terminal) -> None:
    """Let `terminal` control the session of `task`, whose process group becomes the foreground."""
    terminal.session = task.process.sid
    terminal.foreground = task.process.pgid


def opened(call: Call, terminal: Terminal) -> None:
    """A session leader without a terminal gets the one that it opens, unless another session has it or O_NOCTTY."""
    process = call.task.process
    if process.pid == process.sid and not terminal.session and controlling_terminal(call.kernel, process) is None:
        acquire(call.task, terminal)
        call.service("tty", "control", f"The terminal now controls session {process.sid}.")


def release(kernel: Kernel, process: Process) -> None:
    """The session leader `process` ends or gives its terminal up: the foreground is told by SIGHUP and SIGCONT."""
    terminal = controlling_terminal(kernel, process) if process.pid == process.sid else None
    if terminal is None:
        return
    foreground, terminal.session, terminal.foreground = terminal.foreground, 0, 0
    for signo in (Signo.SIGHUP, Signo.SIGCONT):
        signal_delivery.send_to_group(kernel, foreground, SigInfo(signo, "SI_KERNEL"))


def ioctl(call: Call, terminal: Terminal, request: int, argument: IoctlArgument, is_master: bool) -> bool:
    """Serve the requests about sessions and process groups (ioctl_tty(2)); False when it is none of them.

    The master of a pseudo-terminal may ask about a session that is not its own. Raises ENOTTY, EPERM, ESRCH, EINVAL,
    EFAULT, and what `need_foreground` does.
    """
    if request == IoctlRequest.TIOCGPGRP:
        _need_own(call, terminal, is_master)
        argument.write_int(terminal.foreground)
    elif request == IoctlRequest.TIOCGSID:
        _need_own(call, terminal, is_master)
        if not terminal.session:
            raise KernelError(Errno.ENOTTY, "The terminal controls no session", "tty")
        argument.write_int(terminal.session)
    elif request == IoctlRequest.TIOCSPGRP:
        _set_foreground(call, terminal, argument)
    elif request == IoctlRequest.TIOCSCTTY:
        _set_controlling(call, terminal)
    elif request == IoctlRequest.TIOCNOTTY:
        _need_own(call, terminal, is_master=False)
        release(call.kernel, call.task.process)
    else:
        return False
    return True


def _need_own(call: Call, terminal: Terminal, is_master: bool) -> None:
    if not is_master and not controls(terminal, call.task.process):
        raise KernelError(Errno.ENOTTY, "It is not the controlling terminal of this process", "tty")


def _set_foreground(call: Call, terminal: Terminal, argument: IoctlArgument) -> None:
    """TIOCSPGRP, as tcsetpgrp(3) makes it."""
    try:
        need_foreground(call, terminal, Signo.SIGTTOU)
    except KernelError:
        raise KernelError(Errno.ENOTTY, "This process group cannot use the terminal any more", "tty") from None
    pgid = argument.read_int()
    if pgid < 0:
        raise KernelError(Errno.EINVAL, "A process group id cannot be negative", "tty")
    _need_own(call, terminal, is_master=False)
    members = [process for process in call.kernel.processes.values() if process.pgid == pgid]
    if not members:
        raise KernelError(Errno.ESRCH, f"There is no process group {pgid}", "tty")
    if members[0].sid != call.task.process.sid:
        raise KernelError(Errno.EPERM, f"Process group {pgid} belongs to another session", "tty")
    terminal.foreground = pgid
    call.service("tty", "foreground", f"Process group {pgid} is now in the foreground.")


def _set_controlling(call: Call, terminal: Terminal) -> None:
    """TIOCSCTTY."""
    process = call.task.process
    is_leader = process.pid == process.sid
    if is_leader and controls(terminal, process):
        return
    if not is_leader or controlling_terminal(call.kernel, process) is not None:
        raise KernelError(Errno.EPERM, "Only a session leader without a terminal gets one", "tty")
    if terminal.session:
        raise KernelError(Errno.EPERM, "The terminal already controls another session", "tty")
    acquire(call.task, terminal)
    call.service("tty", "control", f"The terminal now controls session {process.sid}.")
