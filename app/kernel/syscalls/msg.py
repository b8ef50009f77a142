"""System V message queues: msgget, msgsnd, msgrcv, msgctl (sysvipc(7))."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.ipc_constants import IpcFlag, MsgCommand, MsgFlag
from app.kernel.abi.text import count_of, flag_text
from app.kernel.arguments import Int, Long, Size
from app.kernel.arguments.integers import signed
from app.kernel.arguments.ipc import IpcBuffer, IpcGetFlags, IpcKey, MessageIn, MessageOut
from app.kernel.call import Call
from app.kernel.credentials import Capability
from app.kernel.errno import Errno, KernelError
from app.kernel.ipc.msg import (
    HEADER,
    MOST_BYTES,
    MSGMAX,
    MSGMNB,
    MSGMNI,
    Message,
    MessageQueue,
    Receiver,
    Wanted,
    memory_of,
)
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking, Restart, Sleep, WaitQueue

_READ_ALL, _WRITE_ALL = 0o444, 0o222
_ANY_SIZE = 1 << 31
_NOWAIT = int(IpcFlag.IPC_NOWAIT)


@syscall
def msgget(call: Call, key: IpcKey, msgflg: IpcGetFlags) -> Int:
    """Find the message queue with that key, or make one; returns its identifier.

    `IPC_PRIVATE` always makes one. The low nine bits of `msgflg` are its permissions.
    ENOENT: no such queue, and no `IPC_CREAT`. EEXIST: `IPC_CREAT | IPC_EXCL`, and there is one. EACCES: its permissions
    do not allow what the low bits ask for. ENOSPC: too many queues. See msgget(2).
    """
    queues = call.kernel.messages
    who = call.task.credentials
    found = queues.need_found(key, msgflg)
    if found is not None:
        found.need_permission(who, msgflg)
        call.service("system", "find", f"The key {key:#x} is that of queue {found.id}.")
        return Int(found.id)
    ident = queues.add(MessageQueue(call.kernel, key, msgflg, who))
    call.service("system", "create", f"Queue {ident} is made, with room for {MSGMNB} bytes.")
    return Int(ident)


@syscall
def msgsnd(call: Call, msqid: Int, msgp: Annotated[MessageIn, "msgsz"], msgsz: Size, msgflg: MsgFlag) -> Blocking[Int]:
    """Put a message of `msgsz` bytes into a queue; `msgp` points to its type, a long above 0, and then its text.

    The task sleeps while the queue is full, unless `IPC_NOWAIT` is set. EFAULT: the message can't be read. EINVAL: no
    such queue, a type below 1, or more than 8192 bytes. EACCES: its permissions do not allow it. EAGAIN: it is full,
    and `IPC_NOWAIT` is set. EIDRM: it is removed. EINTR: a handler ran. ENOMEM: no memory for the text. See msgsnd(2).
    """
    kind = msgp.read_type()
    if signed(msgsz, call.abi.bits) < 0 or msgsz > MSGMAX or msqid < 0:
        raise call.refuse(Errno.EINVAL, "msgsz", "range", str(msgsz), f"A message has at most {MSGMAX} bytes.")
    if kind < 1:
        raise call.refuse(Errno.EINVAL, "msgp", "range", str(kind), "The type of a message is above 0.")
    text = msgp.read_text(kind, int(msgsz))
    queue = call.kernel.messages.get(msqid)
    while True:
        _need_alive(queue)
        queue.need_permission(call.task.credentials, _WRITE_ALL)
        if queue.has_room(len(text)):
            break
        if msgflg & _NOWAIT:
            shown = flag_text(int(msgflg), MsgFlag)
            raise call.refuse(Errno.EAGAIN, "msgflg", "room", shown, "The queue is full, and IPC_NOWAIT is set.")
        sentence = "The queue is full, so the task sleeps until somebody takes a message."
        yield from call.sleep(Sleep("message queue", sentence, (queue.room_queue,)), Restart.NOHAND)
    if memory_of(call.kernel.messages) + len(text) + HEADER > MOST_BYTES:
        raise KernelError(Errno.ENOMEM, "The kernel has no memory for more messages", "system")
    receiver = queue.send(Message(kind, text), call.task.process.pid)
    if receiver is None:
        told = f"The message of type {kind} waits in queue {int(msqid)}, which has {len(queue.messages)} now."
    else:
        told = f"Process {receiver.pid} waits for such a message: it gets it and wakes."
    call.service("system", "send", told)
    return Int(0)


@syscall
def msgrcv(
    call: Call, msqid: Int, msgp: Annotated[MessageOut, "msgsz"], msgsz: Size, msgtyp: Long, msgflg: MsgFlag
) -> Blocking[Size]:
    """Take a message out of a queue; returns its length. The task sleeps until there is one.

    `msgtyp` 0 takes the first one, a positive number the first of that type (with `MSG_EXCEPT` of any other), a
    negative one the lowest type up to its absolute value. `MSG_NOERROR` cuts off what does not fit. `MSG_COPY` leaves
    the message, whose place in the queue `msgtyp` is then.
    EINVAL: no such queue, a negative length, or `MSG_COPY` without `IPC_NOWAIT` or with `MSG_EXCEPT`. EACCES: its
    permissions do not allow it. E2BIG: the message is longer than `msgsz`. ENOMSG: there is none, and `IPC_NOWAIT` is
    set. EIDRM: the queue is removed. EFAULT: no room at `msgp`; the message is lost. EINTR: a handler ran.
    See msgrcv(2).
    """
    if msqid < 0 or signed(msgsz, call.abi.bits) < 0:
        raise call.refuse(Errno.EINVAL, "msqid", "range", str(msqid), "Identifiers and lengths cannot be negative.")
    copying = bool(msgflg & MsgFlag.MSG_COPY)
    if copying and (msgflg & MsgFlag.MSG_EXCEPT or not msgflg & _NOWAIT):
        shown = flag_text(int(msgflg), MsgFlag)
        raise call.refuse(Errno.EINVAL, "msgflg", "flags", shown, "MSG_COPY needs IPC_NOWAIT, and no MSG_EXCEPT.")
    if copying and len(call.task.mm.copy_in(msgp.address, min(msgsz, MSGMAX))) < min(msgsz, MSGMAX):
        raise call.refuse(Errno.EFAULT, "msgp", "memory", hex(msgp.address), "There is no buffer for the copy.")
    wanted = Wanted(int(msgtyp), int(msgflg))
    queue = call.kernel.messages.get(msqid)
    message = yield from _receive(call, queue, wanted, int(msgsz))
    text = message.text[: int(msgsz)]
    kept = "a copy of it" if copying else "it"
    call.service(
        "system", "receive", f"A message of type {message.kind}, {len(message.text)} bytes: the task gets {kept}."
    )
    msgp.write(message.kind, text)
    return Size(len(text))


def _receive(call: Call, queue: MessageQueue, wanted: Wanted, size: int) -> Blocking[Message]:
    """The message, when there is one. Raises EACCES, EIDRM, E2BIG, ENOMSG."""
    cuts = bool(wanted.flags & MsgFlag.MSG_NOERROR)
    pid = call.task.process.pid
    while True:
        _need_alive(queue)
        queue.need_permission(call.task.credentials, _READ_ALL)
        found = wanted.find(queue.messages)
        if found is not None:
            length = len(found.text)
            if length > size and not cuts:
                raise call.refuse(Errno.E2BIG, "msgsz", "room", str(size), f"The message has {length} bytes.")
            if wanted.flags & MsgFlag.MSG_COPY:
                if length > min(size, MSGMAX):
                    raise call.refuse(Errno.EINVAL, "msgsz", "room", str(size), "The copy would not be a whole one.")
            else:
                queue.take(found, pid)
            return found
        if wanted.flags & _NOWAIT:
            raise call.refuse(Errno.ENOMSG, "msgtyp", "message", str(wanted.kind), "There is no such message.")
        given = yield from _wait(call, queue, Receiver(wanted, _ANY_SIZE if cuts else size, pid, WaitQueue()))
        if isinstance(given, Message):
            return given
        if given != Errno.EAGAIN:
            raise KernelError(given, _WHY[given], "system")


_WHY = {
    Errno.E2BIG: "A message came that is too long for the buffer; it stays in the queue",
    Errno.EIDRM: "The queue has been removed",
}


def _wait(call: Call, queue: MessageQueue, receiver: Receiver) -> Blocking[Message | Errno]:
    """Sleep until a sender has handed over a message, or the queue has changed."""
    queue.receivers.append(receiver)
    try:
        while receiver.given is None:
            sentence = "No such message is in the queue, so the task sleeps until somebody sends one."
            yield from call.sleep(Sleep("message queue", sentence, (receiver.queue,)), Restart.NOHAND)
        return receiver.given
    finally:
        if receiver.given is None:
            queue.receivers.remove(receiver)


def _need_alive(queue: MessageQueue) -> None:
    """Raises EIDRM."""
    if queue.deleted:
        raise KernelError(Errno.EIDRM, _WHY[Errno.EIDRM], "system")


@syscall
def msgctl(call: Call, msqid: Int, cmd: MsgCommand, buf: Annotated[IpcBuffer, "cmd"]) -> Int:
    """Tell about a queue (`IPC_STAT`), change its owner, permissions and size (`IPC_SET`), or remove it (`IPC_RMID`).

    `MSG_STAT` takes a place in the kernel's table and returns the identifier, `IPC_INFO` and `MSG_INFO` tell of limits
    and use. Who sleeps in a queue that is removed fails with EIDRM. EINVAL: no such queue or command. EIDRM: the queue
    has been removed. EACCES: it may not be read. EPERM: neither its owner nor its creator, or a size above 16384
    without privilege. EFAULT: `buf` can't be used. See msgctl(2).
    """
    if msqid < 0 or cmd < 0:
        raise call.refuse(
            Errno.EINVAL, "msqid", "identifier", str(msqid), "Identifiers and commands cannot be negative."
        )
    queues = call.kernel.messages
    who = call.task.credentials
    match cmd:
        case MsgCommand.IPC_INFO | MsgCommand.MSG_INFO:
            return _limits(call, buf, cmd == MsgCommand.MSG_INFO)
        case MsgCommand.IPC_STAT | MsgCommand.MSG_STAT | MsgCommand.MSG_STAT_ANY:
            queue = queues.get(msqid) if cmd == MsgCommand.IPC_STAT else queues.at_index(msqid)
            if cmd != MsgCommand.MSG_STAT_ANY:
                queue.need_permission(who, _READ_ALL)
            buf.write_struct("msqid_ds", **_status(queue))
            return Int(0 if cmd == MsgCommand.IPC_STAT else queue.id)
        case MsgCommand.IPC_SET:
            fields = buf.read_struct("msqid_ds")
            queue = queues.get(msqid)
            queue.need_owner(who)
            size = fields["msg_qbytes"]
            if size > MSGMNB and not who.capable(Capability.CAP_SYS_RESOURCE):
                raise call.refuse(Errno.EPERM, "buf", "range", str(size), f"Queues have room for {MSGMNB} bytes.")
            queue.change(fields["msg_perm.uid"], fields["msg_perm.gid"], fields["msg_perm.mode"], size)
        case MsgCommand.IPC_RMID:
            queue = queues.get(msqid)
            queue.need_owner(who)
            count = len(queue.messages)
            queue.remove()
            call.service("system", "remove", f"Queue {msqid} is removed, and with it {count_of(count, 'message')}.")
        case _:
            raise call.refuse(Errno.EINVAL, "cmd", "choice", str(int(cmd)), "There is no such command.")
    return Int(0)


def _limits(call: Call, buf: IpcBuffer, of_use: bool) -> Int:
    """IPC_INFO and MSG_INFO; the fields that are not used any more are as Linux fills them."""
    queues = call.kernel.messages
    if of_use:
        use = {
            "msgpool": len(queues),
            "msgmap": sum(len(queue.messages) for queue in queues),
            "msgtql": sum(queue.bytes for queue in queues),
        }
    else:
        use = {"msgpool": MSGMNI * MSGMNB // 1024, "msgmap": MSGMNB, "msgtql": MSGMNB}
    buf.write_struct("msginfo", **use, msgmax=MSGMAX, msgmnb=MSGMNB, msgmni=MSGMNI, msgssz=16, msgseg=0xFFFF)
    return Int(max(queues.highest_index, 0))


def _status(queue: MessageQueue) -> dict[str, int]:
    """The fields of `struct msqid64_ds`."""
    return {
        **queue.fields("msg_perm"),
        "msg_stime": queue.send_time,
        "msg_rtime": queue.receive_time,
        "msg_ctime": queue.change_time,
        "msg_cbytes": queue.bytes,
        "msg_qnum": len(queue.messages),
        "msg_qbytes": queue.most_bytes,
        "msg_lspid": queue.last_sender,
        "msg_lrpid": queue.last_receiver,
    }
