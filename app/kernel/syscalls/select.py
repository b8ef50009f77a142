"""Waiting for one of many files: select (select(2)), whose descriptors are bits."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.text import count_of
from app.kernel.arguments import Int
from app.kernel.arguments.poll import MAX_SELECT, FdSet, Polled, SigsetPack, Timeout
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.multiplex import Deadline, wait_for_files
from app.kernel.poll import PollEvent
from app.kernel.sigmask import restored_sigmask, set_user_sigmask
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking, Restart

_ENDED = PollEvent.POLLHUP | PollEvent.POLLERR | PollEvent.POLLNVAL
_READ = int(PollEvent.POLLIN | PollEvent.POLLRDNORM | PollEvent.POLLRDBAND | _ENDED)
_WRITE = int(PollEvent.POLLOUT | PollEvent.POLLWRNORM | PollEvent.POLLWRBAND | PollEvent.POLLERR | PollEvent.POLLNVAL)
_EXCEPT = int(PollEvent.POLLPRI | PollEvent.POLLNVAL)
_NOT_OPEN = int(PollEvent.POLLNVAL)


@syscall
def select(
    call: Call,
    nfds: Int,
    readfds: Annotated[FdSet, "nfds"],
    writefds: Annotated[FdSet, "nfds"],
    exceptfds: Annotated[FdSet, "nfds"],
    timeout: Annotated[Timeout, "timeval"],
) -> Blocking[Polled]:
    """Sleep until a descriptor in one of the sets, below `nfds`, is ready to read or write or has urgent data.

    The sets then hold those that are ready, and `timeout` (NULL: for ever) the time that was left. Returns how many
    bits are set. EFAULT: a pointer is bad. EINVAL: `nfds` or the time is negative. EBADF: a set names a descriptor that
    is not open. EINTR: a signal handler ran, whatever SA_RESTART says. See select(2).
    """
    deadline = Deadline.of(call, timeout)
    return (yield from _select(call, nfds, (readfds, writefds, exceptfds), deadline, timeout))


@syscall
def pselect6(
    call: Call,
    nfds: Int,
    readfds: Annotated[FdSet, "nfds"],
    writefds: Annotated[FdSet, "nfds"],
    exceptfds: Annotated[FdSet, "nfds"],
    timeout: Annotated[Timeout, "timespec"],
    sigmask: SigsetPack,
) -> Blocking[Polled]:
    """Like select, with the time as a timespec, and with `sigmask` as the signal mask while it waits.

    `sigmask` points to a pointer to the set and its size, because a call has only six arguments. EINVAL: the size is
    not 8. And the errors of select. See select(2).
    """
    sigmask.read()
    deadline = Deadline.of(call, timeout)
    set_user_sigmask(call, sigmask.mask, sigmask.size)
    with restored_sigmask(call):
        return (yield from _select(call, nfds, (readfds, writefds, exceptfds), deadline, timeout))


def _select(
    call: Call, nfds: int, sets: tuple[FdSet, FdSet, FdSet], deadline: Deadline, timeout: Timeout
) -> Blocking[Polled]:
    """Linux `core_sys_select`; the time left is stored however it ends. Raises EINVAL, EFAULT, EBADF."""
    try:
        result = yield from _wait(call, nfds, sets, deadline)
    finally:
        deadline.tell_left(call, timeout)
    if result and timeout.left:
        result.told += f", left {timeout.left}"
    return result


def _wait(call: Call, nfds: int, sets: tuple[FdSet, FdSet, FdSet], deadline: Deadline) -> Blocking[Polled]:
    if nfds < 0:
        raise call.refuse(Errno.EINVAL, "nfds", "range", str(int(nfds)), "A number of descriptors cannot be negative.")
    wanted = [fd_set.read() & ((1 << MAX_SELECT) - 1) for fd_set in sets]
    everything = wanted[0] | wanted[1] | wanted[2]
    numbers = [number for number in range(everything.bit_length()) if everything >> number & 1]
    files = call.task.files
    for number in numbers:
        if files.get(number) is None:
            raise call.refuse(Errno.EBADF, "nfds", "open", str(number), f"No file is open as descriptor {number}.")
    call.passed("nfds", "open", str(int(nfds)), f"Asked about: {count_of(len(numbers), 'descriptor')}, all open.")
    ready = [0, 0, 0]

    def look() -> int:
        ready[:] = 0, 0, 0
        for number in numbers:
            file = files.get(number)
            events = _NOT_OPEN if file is None or file.path_only else file.poll()
            for index, mask in enumerate((_READ, _WRITE, _EXCEPT)):
                ready[index] |= (wanted[index] >> number & 1 and bool(events & mask)) << number
        return sum(bits.bit_count() for bits in ready)

    open_files = [file for number in numbers if (file := files.get(number)) is not None]
    names = ", ".join(map(str, numbers[:8])) or "none"
    count = yield from wait_for_files(call, open_files, look, deadline, Restart.NOHAND, names)
    told = []
    for fd_set, bits, name in zip(sets, ready, ("in", "out", "except"), strict=True):
        fd_set.write(bits)
        if bits:
            told.append(f"{name} {FdSet.show_bits(bits)}")
            call.service("vfs", "ready", f"Descriptors that are ready in {fd_set.name}: {FdSet.show_bits(bits)}.")
    return Polled.of(count, ", ".join(told) if count else "Timeout")
