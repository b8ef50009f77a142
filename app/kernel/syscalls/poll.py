"""Waiting for one of many files: poll (poll(2))."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.text import flag_text
from app.kernel.arguments import Size, StructIn, Unsigned
from app.kernel.arguments.poll import Millis, Polled, PollFd, PollFds, Timeout, milliseconds
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.multiplex import Deadline, wait_for_files
from app.kernel.poll import PollEvent
from app.kernel.resource import Resource
from app.kernel.sigmask import restored_sigmask, set_user_sigmask
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking, Interrupted, Restart

_ALWAYS_TOLD = int(PollEvent.POLLERR | PollEvent.POLLHUP)


@syscall
def poll(call: Call, fds: Annotated[PollFds, "nfds"], nfds: Unsigned, timeout: Millis) -> Blocking[Polled]:
    """Sleep until one of the files in `fds` is ready for what its `events` ask, for `timeout` ms at the longest.

    A negative `timeout` waits for ever, 0 not at all. `revents` of each entry says what was found: POLLERR and POLLHUP
    without being asked for, and POLLNVAL for a descriptor that is not open. Entries with a negative `fd` are skipped.
    Returns how many entries have `revents`. EINVAL: more entries than RLIMIT_NOFILE. EFAULT: `fds` is not memory of the
    program. EINTR: a signal handler ran, whatever SA_RESTART says. See poll(2).
    """
    deadline = Deadline.after(call, milliseconds(timeout))
    return (yield from _poll_or_restart(call, fds, nfds, deadline))


@syscall
def ppoll(
    call: Call,
    fds: Annotated[PollFds, "nfds"],
    nfds: Unsigned,
    tmo_p: Annotated[Timeout, "timespec"],
    sigmask: Annotated[StructIn, "sigset"],
    sigsetsize: Size,
) -> Blocking[Polled]:
    """Like poll, with the time as a timespec (NULL: for ever), and with `sigmask` as the signal mask while it waits.

    `tmo_p` gets the time that was left. EFAULT: a pointer is bad. EINVAL: the time is malformed, `sigsetsize` is not 8,
    or there are more entries than RLIMIT_NOFILE. EINTR: a signal handler ran. See poll(2).
    """
    deadline = Deadline.of(call, tmo_p)
    set_user_sigmask(call, sigmask, sigsetsize)
    try:
        with restored_sigmask(call):
            result = yield from _poll(call, fds, nfds, deadline, Restart.NOHAND)
    finally:
        deadline.tell_left(call, tmo_p)
    if result and tmo_p.left:
        result.told += f", left {tmo_p.left}"
    return result


def _poll_or_restart(call: Call, fds: PollFds, nfds: int, deadline: Deadline) -> Blocking[Polled]:
    """Poll; after a signal without a handler it goes on with the same deadline (restart_syscall(2))."""
    try:
        return (yield from _poll(call, fds, nfds, deadline, Restart.BLOCK))
    except Interrupted:
        address = fds.address

        def restart(again: Call) -> Blocking[Polled]:
            return _poll_or_restart(again, PollFds(again, "fds", address, "nfds"), nfds, deadline)

        call.task.restart_block = restart
        raise


def _poll(call: Call, fds: PollFds, nfds: int, deadline: Deadline, restart: Restart) -> Blocking[Polled]:
    """Linux `do_sys_poll`. Raises EINVAL, EFAULT."""
    limit, _ = call.task.process.rlimits[Resource.RLIMIT_NOFILE]
    if nfds > limit:
        raise call.refuse(Errno.EINVAL, "nfds", "range", str(int(nfds)), f"A process has at most {limit} descriptors.")
    entries = fds.read(nfds)
    files = [call.task.files.get(entry.fd) for entry in entries]

    def look() -> int:
        return sum(_look_at(call, entry) for entry in entries)

    names = ", ".join(str(entry.fd) for entry in entries[:8] if entry.fd >= 0) or "none"
    try:
        count = yield from wait_for_files(call, [file for file in files if file], look, deadline, restart, names)
    except Interrupted:
        fds.write()
        raise
    for entry in entries:
        if entry.revents:
            call.service("vfs", "ready", f"Descriptor {entry.fd} is ready: {flag_text(entry.revents, PollEvent)}.")
    fds.write()
    return Polled.of(count, fds.found() if count else "Timeout")


def _look_at(call: Call, entry: PollFd) -> bool:
    """Fill in `revents`; whether there is something to tell (Linux `do_pollfd`)."""
    if entry.fd < 0:
        entry.revents = 0
        return False
    file = call.task.files.get(entry.fd)
    if file is None or file.path_only:
        entry.revents = int(PollEvent.POLLNVAL)
    else:
        entry.revents = file.poll() & (entry.events | _ALWAYS_TOLD)
    return bool(entry.revents)
