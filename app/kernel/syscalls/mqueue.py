"""POSIX message queues: mq_open and its like (mq_overview(7))."""

from __future__ import annotations

import os
from typing import Annotated

from app.kernel import posix_clocks
from app.kernel.abi.constants import ClockId, OpenFlag
from app.kernel.abi.time_constants import SigevNotify
from app.kernel.arguments import Fd, Int, NumberOut, Path, Size, StructIn, StructOut, Unsigned
from app.kernel.arguments.integers import CreationMode
from app.kernel.arguments.ipc import MqAttributes, MqTextIn, MqTextOut
from app.kernel.call import Call
from app.kernel.clock import SECOND
from app.kernel.credentials import Capability
from app.kernel.errno import Errno, KernelError
from app.kernel.fs import anonymous, permission
from app.kernel.fs.dentry import NAME_MAX
from app.kernel.ipc.mqueue import (
    DEFAULT_MESSAGES,
    DEFAULT_SIZE,
    HARD_MESSAGES,
    HARD_SIZE,
    LARGEST_MESSAGE,
    MOST_MESSAGES,
    MOST_QUEUES,
    PRIORITIES,
    MqDescription,
    MqInode,
    MqMessage,
    MqNotification,
    MqWaiter,
)
from app.kernel.multiplex import KTIME_MAX
from app.kernel.signal import LAST
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking, Sleep, WaitQueue

_ACCESS = int(OpenFlag.O_ACCMODE)
_NONBLOCK = int(OpenFlag.O_NONBLOCK)
_WANTED = (permission.MAY_READ, permission.MAY_WRITE, permission.MAY_READ | permission.MAY_WRITE)
_COOKIE_SIZE = 32


@syscall
def mq_open(
    call: Call,
    name: Path,
    oflag: OpenFlag,
    mode: Annotated[CreationMode, "oflag"],
    attr: Annotated[MqAttributes, "oflag"],
) -> Fd:
    """Open the message queue `name`, which the C library gives without its slash; returns a descriptor.

    With `O_CREAT` it is made if it does not exist, for `mq_maxmsg` messages of `mq_msgsize` bytes, as `attr` says, or
    10 of 8192 when that is NULL. EFAULT: a pointer is bad. ENOENT: no such queue, or an empty name. EMFILE: too many
    descriptors, or more memory than RLIMIT_MSGQUEUE. EACCES: a slash in the name, or its permissions do not allow it.
    ENAMETOOLONG: more than 255 bytes. EEXIST: `O_CREAT | O_EXCL`, and it exists. EINVAL: sizes below 1 or above the
    limits in /proc/sys/fs/mqueue. ENOSPC: too many queues. See mq_open(3).
    """
    fields = None if attr.is_null else attr.read()
    wanted = os.fsencode(name.read_name())
    call.task.files.lowest_free()
    _check_name(call, wanted)
    queue = call.kernel.mqueues.named.get(wanted)
    if queue is None:
        if not oflag & OpenFlag.O_CREAT:
            raise call.refuse(Errno.ENOENT, "name", "path", str(name.text()), "There is no queue of this name.")
        queue = _create(call, int(mode), fields)
        call.kernel.mqueues.named[wanted] = queue
        told = f"The queue is made, for {queue.most_messages} messages of {queue.message_size} bytes."
    else:
        _check_access(call, queue, int(oflag))
        told = f"The queue has {len(queue.messages)} messages."
    flags = int(oflag) & (_ACCESS | _NONBLOCK)
    file = MqDescription(call.task.fs.superblock, queue, flags, os.fsdecode(wanted))
    number = anonymous.install(call, file, close_on_exec=True)
    call.service("system", "open", f"Descriptor {number} means the queue. {told}")
    return Fd(call, "", number)


def _check_name(call: Call, name: bytes) -> None:
    """A name is one component of a path (Linux `lookup_noperm`). Raises EACCES, ENAMETOOLONG."""
    shown = os.fsdecode(name)
    if b"/" in name or name in (b".", b".."):
        raise call.refuse(Errno.EACCES, "name", "path", shown, "The name of a queue has no slash but the first.")
    if len(name) > NAME_MAX:
        raise call.refuse(Errno.ENAMETOOLONG, "name", "length", shown, f"Names have at most {NAME_MAX} bytes.")


def _check_access(call: Call, queue: MqInode, oflag: int) -> None:
    """Raises EEXIST, EINVAL, EACCES."""
    shown = hex(oflag)
    if oflag & OpenFlag.O_CREAT and oflag & OpenFlag.O_EXCL:
        raise call.refuse(Errno.EEXIST, "oflag", "flags", shown, "The queue exists, and O_EXCL is given.")
    if oflag & _ACCESS == _ACCESS:
        raise call.refuse(Errno.EINVAL, "oflag", "flags", shown, "There is no such access mode.")
    if not queue.permits(call.task.credentials, _WANTED[oflag & _ACCESS]):
        raise call.refuse(
            Errno.EACCES, "oflag", "permission", shown, f"Its mode {queue.mode & 0o777:#o} does not allow it."
        )


def _create(call: Call, mode: int, fields: dict[str, int] | None) -> MqInode:
    """Make a queue without a name (Linux `mqueue_create_attr`). Raises ENOSPC, EINVAL, EOVERFLOW, EMFILE."""
    mqueues = call.kernel.mqueues
    privileged = call.task.credentials.capable(Capability.CAP_SYS_RESOURCE)
    if len(mqueues.queues) >= MOST_QUEUES and not privileged:
        raise KernelError(Errno.ENOSPC, f"There are {MOST_QUEUES} queues already, as many as there may be", "system")
    messages, size = DEFAULT_MESSAGES, DEFAULT_SIZE
    if fields is not None:
        messages, size = fields["mq_maxmsg"], fields["mq_msgsize"]
        limits = (HARD_MESSAGES, HARD_SIZE) if privileged else (MOST_MESSAGES, LARGEST_MESSAGE)
        if not (0 < messages <= limits[0] and 0 < size <= limits[1]):
            sentence = f"A queue has 1 to {limits[0]} messages of 1 to {limits[1]} bytes."
            raise call.refuse(Errno.EINVAL, "attr", "range", f"{messages} of {size}", sentence)
    mqueues.need_room(call.task, messages, size)
    permissions = mode & 0o7777 & ~call.task.fs.umask
    return MqInode(call.kernel, permissions, call.task.credentials, messages, size)


@syscall
def mq_unlink(call: Call, name: Path) -> Int:
    """Remove the name of a queue; it is freed when nobody has it open any more.

    EFAULT: the name can't be read. ENOENT: no such queue. EACCES: a slash in the name. EPERM: it is somebody else's.
    ENAMETOOLONG: more than 255 bytes. See mq_unlink(3).
    """
    wanted = os.fsencode(name.read_name())
    _check_name(call, wanted)
    queue = call.kernel.mqueues.named.get(wanted)
    if queue is None:
        raise call.refuse(Errno.ENOENT, "name", "path", str(name.text()), "There is no queue of this name.")
    if not permission.owns(queue, call.task.credentials):
        raise call.refuse(Errno.EPERM, "name", "permission", str(name.text()), "Only its owner may remove it.")
    del call.kernel.mqueues.named[wanted]
    rest = "those who have it open keep it" if queue.openers else "it is freed"
    call.service("system", "unlink", f"The queue has no name any more; {rest}.")
    queue.drop_link()
    return Int(0)


@syscall
def mq_timedsend(
    call: Call,
    mqdes: Fd,
    msg_ptr: Annotated[MqTextIn, "msg_len"],
    msg_len: Size,
    msg_prio: Unsigned,
    abs_timeout: Annotated[StructIn, "timespec"],
) -> Blocking[Int]:
    """Put a message into a queue, behind those of its priority and before those of lower ones.

    While the queue is full the task sleeps, until `abs_timeout` by the clock of the day unless that is NULL. A task
    that waits for a message gets it at once. EFAULT: a pointer is bad. EINVAL: a malformed time, or a priority above
    32767. EBADF: not a queue that is open for writing. EMSGSIZE: longer than the queue's messages may be. EAGAIN: it is
    full, and O_NONBLOCK is set. ETIMEDOUT: the time is over. EINTR: a handler ran. ENOMEM: no memory for the text.
    See mq_send(3).
    """
    deadline = _deadline(call, abs_timeout)
    if msg_prio >= PRIORITIES:
        raise call.refuse(Errno.EINVAL, "msg_prio", "range", str(msg_prio), f"Priorities are below {PRIORITIES}.")
    file = _queue(call, mqdes)
    mqdes.writable()
    queue = file.inode
    if msg_len > queue.message_size:
        sentence = f"Messages of this queue have at most {queue.message_size} bytes."
        raise call.refuse(Errno.EMSGSIZE, "msg_len", "range", str(msg_len), sentence)
    message = MqMessage(int(msg_prio), msg_ptr.read_whole())
    call.kernel.mqueues.need_memory(len(message.text))
    if len(queue.messages) >= queue.most_messages:
        waiter = MqWaiter(WaitQueue(), message)
        sentence = "The queue is full, so the task sleeps until somebody takes a message."
        yield from _wait(call, file, queue.senders, waiter, deadline, sentence)
        told = "There was room again, and the message went into the queue."
    elif queue.send(call, message):
        told = "A task waits for a message: it gets this one and wakes."
    else:
        told = f"The message, of priority {message.priority}, is in the queue, which has {len(queue.messages)} now."
    call.service("system", "send", told)
    return Int(0)


@syscall
def mq_timedreceive(
    call: Call,
    mqdes: Fd,
    msg_ptr: Annotated[MqTextOut, "msg_len"],
    msg_len: Size,
    msg_prio: Annotated[NumberOut, "int"],
    abs_timeout: Annotated[StructIn, "timespec"],
) -> Blocking[Size]:
    """Take the oldest message of the highest priority out of a queue; returns its length, and stores its priority.

    While the queue is empty the task sleeps, until `abs_timeout` by the clock of the day unless that is NULL. EFAULT: a
    pointer is bad. EINVAL: a malformed time. EBADF: not a queue that is open for reading. EMSGSIZE: `msg_len` is less
    than the queue's messages may have. EAGAIN: it is empty, and O_NONBLOCK is set. ETIMEDOUT: the time is over. EINTR:
    a handler ran. See mq_receive(3).
    """
    deadline = _deadline(call, abs_timeout)
    file = _queue(call, mqdes)
    mqdes.readable()
    queue = file.inode
    if msg_len < queue.message_size:
        sentence = f"Messages of this queue may have {queue.message_size} bytes."
        raise call.refuse(Errno.EMSGSIZE, "msg_len", "room", str(msg_len), sentence)
    message: MqMessage | None
    if queue.messages:
        message = queue.take()
    else:
        waiter = MqWaiter(WaitQueue())
        sentence = "The queue is empty, so the task sleeps until somebody sends a message."
        yield from _wait(call, file, queue.receivers, waiter, deadline, sentence)
        message = waiter.message
    if message is None:
        raise ValueError("a receiver was woken without a message")
    call.service("system", "receive", f"The task gets a message of priority {message.priority}.")
    if not msg_prio.is_null:
        msg_prio.write(message.priority)
    msg_ptr.write_whole(message.text)
    return Size(len(message.text))


def _wait(
    call: Call, file: MqDescription, waiters: list[MqWaiter], waiter: MqWaiter, deadline: int | None, sentence: str
) -> Blocking[None]:
    """Sleep until somebody has done what `waiter` is there for. Raises EAGAIN, ETIMEDOUT."""
    waiters.append(waiter)
    try:
        while not waiter.done:
            is_over = deadline is not None and call.kernel.clock.now >= deadline
            if is_over and not file.nonblocking and not call.signal_pending:
                raise KernelError(Errno.ETIMEDOUT, "The time is over", "system")
            yield from file.sleep(call, Sleep("message queue", sentence, (waiter.queue,), deadline))
    finally:
        if not waiter.done:
            waiters.remove(waiter)


def _deadline(call: Call, timeout: StructIn) -> int | None:
    """When a sleep ends, ns of the machine's clock; None for never. Raises EFAULT, EINVAL."""
    if timeout.is_null:
        return None
    fields = timeout.read()
    seconds, rest = fields["tv_sec"], fields["tv_nsec"]
    if seconds < 0 or not 0 <= rest < SECOND:
        raise call.refuse(Errno.EINVAL, "abs_timeout", "range", str(timeout.text()), "That is no valid time.")
    clock = posix_clocks.find(call.kernel, int(ClockId.CLOCK_REALTIME), call.task)
    elapsed = clock.read(call.kernel) if clock is not None else 0
    left: int = min(seconds * SECOND + rest, KTIME_MAX) - elapsed
    return call.kernel.clock.now + max(left, 0)


@syscall
def mq_notify(call: Call, mqdes: Fd, sevp: Annotated[StructIn, "sigevent"]) -> Int:
    """Be told, once, when a message comes into the empty queue and nobody waits for it; NULL takes that back.

    SIGEV_SIGNAL sends a signal with `si_code` SI_MESGQ, SIGEV_NONE only takes the place. EFAULT: `sevp` can't be read.
    EINVAL: no such way to notify, or no such signal. EBADF: `mqdes` is no message queue. EBUSY: somebody is to be told
    already. See mq_notify(3). Not served: SIGEV_THREAD, for which the C library needs a netlink socket.
    """
    fields = None if sevp.is_null else sevp.read()
    if fields is not None:
        notify, signo = fields["sigev_notify"], fields["sigev_signo"]
        if notify not in (SigevNotify.SIGEV_NONE, SigevNotify.SIGEV_SIGNAL, SigevNotify.SIGEV_THREAD):
            raise call.refuse(Errno.EINVAL, "sevp", "choice", str(notify), "There is no such way to notify.")
        if notify == SigevNotify.SIGEV_SIGNAL and not 0 <= signo <= LAST:
            raise call.refuse(Errno.EINVAL, "sevp", "signal", str(signo), f"Signals are numbered up to {LAST}.")
        if notify == SigevNotify.SIGEV_THREAD:
            raise _refuse_thread(call, fields["sigev_value"], signo)
    queue = _queue(call, mqdes).inode
    registered = queue.notification
    process = call.task.process
    if fields is None:
        if registered is not None and registered.process is process:
            queue.notification = None
            call.service("system", "notify", "The process will not be told any more.")
        return Int(0)
    if registered is not None:
        pid = registered.process.pid
        raise call.refuse(
            Errno.EBUSY, "mqdes", "notification", str(mqdes.number), f"Process {pid} has registered already."
        )
    queue.notification = MqNotification(process, call.task.files, notify, signo, fields["sigev_value"])
    call.service("system", "notify", "The process will be told when a message comes into the empty queue.")
    return Int(0)


def _refuse_thread(call: Call, cookie: int, number: int) -> KernelError:
    """SIGEV_THREAD: `sigev_signo` is a netlink socket, and there are none."""
    if len(call.task.mm.copy_in(cookie, _COOKIE_SIZE)) < _COOKIE_SIZE:
        return call.refuse(Errno.EFAULT, "sevp", "memory", hex(cookie), "The cookie can't be read.")
    file = call.task.files.get(number)
    if file is None:
        return call.refuse(Errno.EBADF, "sevp", "open", str(number), "The socket to tell is not open.")
    errno = Errno.EINVAL if file.kind == "socket" else Errno.ENOTSOCK
    return call.refuse(errno, "sevp", "kind", str(number), f"{file.path} is no netlink socket.")


@syscall
def mq_getsetattr(
    call: Call, mqdes: Fd, newattr: Annotated[StructIn, "mq_attr"], oldattr: Annotated[StructOut, "mq_attr"]
) -> Int:
    """Tell about a queue in `oldattr`, and set or clear O_NONBLOCK as `newattr` says; each may be NULL.

    EFAULT: a pointer is bad. EINVAL: flags other than O_NONBLOCK. EBADF: `mqdes` is no message queue.
    See mq_getattr(3).
    """
    fields = None if newattr.is_null else newattr.read()
    if fields is not None and fields["mq_flags"] & ~_NONBLOCK:
        shown = hex(fields["mq_flags"] & 0xFFFF_FFFF_FFFF_FFFF)
        raise call.refuse(Errno.EINVAL, "newattr", "flags", shown, "Only O_NONBLOCK can be changed.")
    file = _queue(call, mqdes)
    queue = file.inode
    before = file.flags & _NONBLOCK
    if fields is not None:
        file.flags = file.flags & ~_NONBLOCK | fields["mq_flags"]
        if file.flags & _NONBLOCK != before:
            call.task.files.announce(call.kernel, mqdes.number, change="flags")
    if not oldattr.is_null:
        oldattr.write(
            mq_flags=before,
            mq_maxmsg=queue.most_messages,
            mq_msgsize=queue.message_size,
            mq_curmsgs=len(queue.messages),
        )
    return Int(0)


def _queue(call: Call, mqdes: Fd) -> MqDescription:
    """The open queue. Raises EBADF."""
    file = mqdes.file
    if not isinstance(file, MqDescription):
        raise call.refuse(Errno.EBADF, "mqdes", "kind", str(mqdes.number), f"{file.path} is no message queue.")
    return file
