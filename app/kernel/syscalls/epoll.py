"""Waiting for one of many files: epoll (epoll(7)), which remembers what to wait for."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.constants import OpenFlag
from app.kernel.abi.text import count_of, flag_text
from app.kernel.abi.time_constants import EpollEvent, EpollFlag, EpollOperation
from app.kernel.arguments import Fd, Int, Size, StructIn
from app.kernel.arguments.epoll import EpollEventIn, EpollEvents
from app.kernel.arguments.poll import Millis, Timeout, milliseconds
from app.kernel.call import Call
from app.kernel.errno import Errno, KernelError
from app.kernel.fs import anonymous
from app.kernel.fs.eventpoll import EXCLUSIVE, EventPoll
from app.kernel.multiplex import Deadline
from app.kernel.sigmask import restored_sigmask, set_user_sigmask
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking, Sleep

MAX_EVENTS = 0x7FFF_FFFF // 12

_ALWAYS_TOLD = int(EpollEvent.EPOLLERR | EpollEvent.EPOLLHUP)
_WITH_EXCLUSIVE = _ALWAYS_TOLD | int(
    EpollEvent.EPOLLIN | EpollEvent.EPOLLOUT | EpollEvent.EPOLLWAKEUP | EpollEvent.EPOLLET | EpollEvent.EPOLLEXCLUSIVE
)


@syscall
def epoll_create(call: Call, size: Int) -> Fd:
    """Make an epoll instance and return a descriptor of it. `size` was a hint once; now it only must be positive.

    EINVAL: it is not. EMFILE: too many descriptors. See epoll_create(2).
    """
    if size <= 0:
        raise call.refuse(Errno.EINVAL, "size", "range", str(int(size)), "The size must be positive.")
    return _create(call, 0)


@syscall
def epoll_create1(call: Call, flags: EpollFlag) -> Fd:
    """Make an epoll instance and return a descriptor of it, closed by execve with EPOLL_CLOEXEC.

    EINVAL: another flag. EMFILE: too many descriptors. See epoll_create(2).
    """
    if flags & ~int(EpollFlag.EPOLL_CLOEXEC):
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "The only flag is EPOLL_CLOEXEC.")
    return _create(call, flags)


def _create(call: Call, flags: int) -> Fd:
    files = call.task.files
    files.lowest_free()
    number = anonymous.install(call, EventPoll(call.task.fs.superblock), bool(flags & OpenFlag.O_CLOEXEC))
    call.service("vfs", "create", f"Descriptor {number} is a new epoll instance; it watches nothing yet.")
    return Fd(call, "", number)


@syscall
def epoll_ctl(call: Call, epfd: Fd, op: EpollOperation, fd: Fd, event: EpollEventIn) -> Int:
    """Register the descriptor `fd` at the epoll instance `epfd` (EPOLL_CTL_ADD), change what is wanted of it
    (EPOLL_CTL_MOD), or forget it (EPOLL_CTL_DEL).

    `event` says which events are wanted, and what to hand back with them. Wake-ups of the file put it on the ready
    list: with EPOLLET that is told once for each, without it as long as it is true, with EPOLLONESHOT once until
    EPOLL_CTL_MOD; with EPOLLEXCLUSIVE only one instance of several is woken. EPOLLWAKEUP does nothing: the machine
    never suspends.

    EFAULT: `event` is not readable. EBADF: a descriptor is not open. EPERM: `fd` is a file that is always ready, such
    as a regular one. EINVAL: `epfd` is no epoll instance or `fd` itself, no such `op`, or EPOLLEXCLUSIVE where it may
    not be. EEXIST, ENOENT: it is registered already, or is not. ENOSPC: too many are registered. ELOOP: instances would
    watch one another in a circle or more than 4 deep. See epoll_ctl(2).
    """
    wanted = event.read() if op != EpollOperation.EPOLL_CTL_DEL else {"events": 0, "data": 0}
    epoll, file = epfd.file, fd.file
    if not file.pollable:
        raise call.refuse(Errno.EPERM, "fd", "pollable", str(fd.number), f"{file.path} is always ready: {file.what}.")
    if file is epoll or not isinstance(epoll, EventPoll):
        raise call.refuse(Errno.EINVAL, "epfd", "epoll", str(epfd.number), "It must be an epoll instance, not `fd`.")
    call.passed("epfd", "epoll", str(epfd.number), "It is an epoll instance.")
    events, data = wanted["events"], wanted["data"]
    if events & EXCLUSIVE:
        _check_exclusive(call, op, isinstance(file, EventPoll), events)
    item = epoll.find(fd.number, file)
    shown = flag_text(events, EpollEvent)
    if op == EpollOperation.EPOLL_CTL_ADD:
        if isinstance(file, EventPoll):
            epoll.check_depth(file)
        if item is not None:
            raise call.refuse(Errno.EEXIST, "fd", "registered", str(fd.number), "It is registered already.")
        epoll.insert(fd.number, file, events | _ALWAYS_TOLD, data)
        call.service("vfs", "register", f"The instance watches descriptor {fd.number} ({file.path}) for {shown}.")
    elif op in (EpollOperation.EPOLL_CTL_DEL, EpollOperation.EPOLL_CTL_MOD):
        if item is None:
            raise call.refuse(Errno.ENOENT, "fd", "registered", str(fd.number), "It is not registered.")
        if op == EpollOperation.EPOLL_CTL_DEL:
            item.remove()
            call.service("vfs", "forget", f"The instance no longer watches descriptor {fd.number}.")
        elif item.events & EXCLUSIVE:
            raise call.refuse(Errno.EINVAL, "op", "choice", "EPOLL_CTL_MOD", "EPOLLEXCLUSIVE can't be changed later.")
        else:
            epoll.modify(item, events | _ALWAYS_TOLD, data)
            call.service("vfs", "change", f"The instance now watches descriptor {fd.number} for {shown}.")
    else:
        raise call.refuse(Errno.EINVAL, "op", "choice", str(int(op)), "There are three operations: ADD, DEL and MOD.")
    return Int(0)


def _check_exclusive(call: Call, op: int, is_epoll: bool, events: int) -> None:
    """EPOLLEXCLUSIVE is for adding ordinary files, and goes with few other bits. Raises EINVAL."""
    adds_too_much = op == EpollOperation.EPOLL_CTL_ADD and (is_epoll or events & ~_WITH_EXCLUSIVE)
    if op == EpollOperation.EPOLL_CTL_MOD or adds_too_much:
        shown = flag_text(events, EpollEvent)
        raise call.refuse(Errno.EINVAL, "event", "flags", shown, "EPOLLEXCLUSIVE may not be used like this.")


@syscall
def epoll_wait(call: Call, epfd: Fd, events: EpollEvents, maxevents: Int, timeout: Millis) -> Blocking[Int]:
    """Sleep until a registered file is ready, for `timeout` ms at the longest, and tell up to `maxevents` events.

    A negative `timeout` waits for ever, 0 not at all. Returns how many events were stored. EBADF: `epfd` is not open.
    EINVAL: it is no epoll instance, or `maxevents` is not positive. EFAULT: `events` is not writable memory. EINTR: a
    signal arrived, whatever SA_RESTART says. See epoll_wait(2).
    """
    deadline = Deadline.after(call, milliseconds(timeout))
    return (yield from _wait(call, epfd, events, maxevents, deadline))


@syscall
def epoll_pwait(
    call: Call,
    epfd: Fd,
    events: EpollEvents,
    maxevents: Int,
    timeout: Millis,
    sigmask: Annotated[StructIn, "sigset"],
    sigsetsize: Size,
) -> Blocking[Int]:
    """Like epoll_wait, with `sigmask` as the signal mask while it waits.

    EFAULT: `sigmask` is not readable. EINVAL: `sigsetsize` is not 8. And the errors of epoll_wait. See epoll_wait(2).
    """
    deadline = Deadline.after(call, milliseconds(timeout))
    set_user_sigmask(call, sigmask, sigsetsize)
    with restored_sigmask(call):
        return (yield from _wait(call, epfd, events, maxevents, deadline))


@syscall
def epoll_pwait2(
    call: Call,
    epfd: Fd,
    events: EpollEvents,
    maxevents: Int,
    timeout: Annotated[Timeout, "timespec"],
    sigmask: Annotated[StructIn, "sigset"],
    sigsetsize: Size,
) -> Blocking[Int]:
    """Like epoll_pwait, with the time as a timespec; NULL waits for ever.

    EFAULT: `timeout` is not readable. EINVAL: it is malformed. And the errors of epoll_pwait. See epoll_wait(2).
    """
    deadline = Deadline.of(call, timeout)
    set_user_sigmask(call, sigmask, sigsetsize)
    with restored_sigmask(call):
        return (yield from _wait(call, epfd, events, maxevents, deadline))


def _wait(call: Call, epfd: Fd, events: EpollEvents, most: int, deadline: Deadline) -> Blocking[Int]:
    """Linux `do_epoll_wait`. Raises EBADF, EINVAL, EFAULT, EINTR."""
    epoll = epfd.file
    if not 0 < most <= MAX_EVENTS:
        raise call.refuse(
            Errno.EINVAL,
            "maxevents",
            "range",
            str(int(most)),
            f"It must be from 1 to {MAX_EVENTS}.",
        )
    events.need_room(most)
    if not isinstance(epoll, EventPoll):
        raise call.refuse(Errno.EINVAL, "epfd", "epoll", str(epfd.number), f"{epoll.path} is no epoll instance.")
    call.passed(
        "epfd", "epoll", str(epfd.number), f"It is an epoll instance with {count_of(len(epoll.items), 'file')}."
    )
    call.kernel.poll_keyboard_for((epoll.waiters,))
    while True:
        if epoll.has_ready:
            count = epoll.send_events(most, events.put)
            if count or events.refused:
                return _told(call, events, count)
        if deadline.is_over(call):
            call.service("time", "timeout", "The time is over, and none of the files is ready.")
            events.is_filled = True
            return Int(0)
        if call.signal_pending:
            raise KernelError(Errno.EINTR, "A signal ended the wait", "signal")
        sentence = f"None of the {len(epoll.items)} watched files is ready, so the task sleeps until one is."
        yield from call.sleep(Sleep("files", sentence, (epoll.waiters,), deadline.when))


def _told(call: Call, events: EpollEvents, count: int) -> Int:
    """The answer. Raises EFAULT when not even one event could be stored."""
    if not count:
        raise call.refuse(Errno.EFAULT, "events", "memory", hex(events.address), "There is no room for an event.")
    events.is_filled = True
    call.passed("events", "memory", hex(events.address), f"{events.address:#x} gets {count_of(count, 'event')}.")
    for fd, bits in events.sent[:8]:
        call.service("vfs", "ready", f"Descriptor {fd} is ready: {flag_text(bits, EpollEvent)}.")
    return Int(count)
