"""Calls that stand for many: socketcall and ipc of i386, which had few numbers and few registers to give."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any

from app.kernel.arguments import Address, Int, NumberOut
from app.kernel.arguments.words import Words
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking


class SocketCall(IntEnum):
    """`call` of socketcall(2) (linux/net.h)."""

    SYS_SOCKET = 1
    SYS_BIND = 2
    SYS_CONNECT = 3
    SYS_LISTEN = 4
    SYS_ACCEPT = 5
    SYS_GETSOCKNAME = 6
    SYS_GETPEERNAME = 7
    SYS_SOCKETPAIR = 8
    SYS_SEND = 9
    SYS_RECV = 10
    SYS_SENDTO = 11
    SYS_RECVFROM = 12
    SYS_SHUTDOWN = 13
    SYS_SETSOCKOPT = 14
    SYS_GETSOCKOPT = 15
    SYS_SENDMSG = 16
    SYS_RECVMSG = 17
    SYS_ACCEPT4 = 18
    SYS_RECVMMSG = 19
    SYS_SENDMMSG = 20


_COUNTS = (0, 3, 3, 3, 2, 3, 3, 3, 4, 4, 4, 6, 6, 2, 5, 5, 3, 3, 4, 5, 4)
"""Arguments of each, by its number."""

_LONGER = {SocketCall.SYS_SEND: "sendto", SocketCall.SYS_RECV: "recvfrom"}


@syscall
def socketcall(call: Call, call_: SocketCall, args: Annotated[Words, ""]) -> Blocking[Any]:
    """Make the socket call number `call`, whose arguments are in memory at `args`.

    The trace shows the call that is meant, which has errors of its own.

    EINVAL: there is no such call. EFAULT: the arguments are not readable. See socketcall(2).
    """
    number = int(call_)
    if not 1 <= number < len(_COUNTS):
        raise call.refuse(Errno.EINVAL, "call", "choice", str(number), "No socket call has this number.")
    meant = SocketCall(number)
    raw = args.read(_COUNTS[number])
    name = _LONGER.get(meant, meant.name.removeprefix("SYS_").lower())
    return (yield from call.kernel.dispatcher.become(call, name, (*raw, *[0] * (6 - len(raw)))))


class IpcCall(IntEnum):
    """`call` of ipc(2) (linux/ipc.h)."""

    SEMOP = 1
    SEMGET = 2
    SEMCTL = 3
    SEMTIMEDOP = 4
    MSGSND = 11
    MSGRCV = 12
    MSGGET = 13
    MSGCTL = 14
    SHMAT = 21
    SHMDT = 22
    SHMGET = 23
    SHMCTL = 24


@syscall
def ipc(
    call: Call,
    call_: Int,
    first: Address,
    second: Address,
    third: Address,
    ptr: Annotated[Words, "1"],
    fifth: Address,
) -> Blocking[Any]:
    """Make the System V IPC call number `call`: of semaphores, messages or shared memory.

    The trace shows the call that is meant, which has errors of its own.

    ENOSYS: there is no such call. EFAULT: a pointer is bad. EINVAL: semctl without a place for its argument, or a form
    of shmat that is for the kernel itself. See ipc(2).

    Not served: the forms of the commands without IPC_64, whose structures have ids of 16 bits, answer as with it.
    """
    version, number = call_ >> 16 & 0xFFFF, call_ & 0xFFFF
    if number not in tuple(IpcCall):
        raise call.refuse(Errno.ENOSYS, "call", "choice", str(number), "No IPC call has this number.")
    meant = IpcCall(number)
    place = ptr.address
    raw: tuple[int, ...]
    if meant is IpcCall.SHMAT:
        return (yield from _attach(call, version, (first, place, second), third))
    match meant:
        case IpcCall.SEMOP:
            raw = (first, place, second)
        case IpcCall.SEMTIMEDOP:
            raw = (first, place, second, fifth)
        case IpcCall.SEMCTL:
            if ptr.is_null:
                raise call.refuse(Errno.EINVAL, "ptr", "null", "NULL", "The argument of semctl must be somewhere.")
            raw = (first, second, third, *ptr.read())
        case IpcCall.MSGSND:
            raw = (first, place, second, third)
        case IpcCall.MSGRCV if version:
            raw = (first, place, second, fifth, third)
        case IpcCall.MSGRCV:
            if ptr.is_null:
                raise call.refuse(Errno.EINVAL, "ptr", "null", "NULL", "The place of the message must be somewhere.")
            message, kind = ptr.read(2)
            raw = (first, message, second, kind, third)
        case IpcCall.MSGCTL | IpcCall.SHMCTL:
            raw = (first, second, place)
        case IpcCall.SHMDT:
            raw = (place,)
        case _:
            raw = (first, second, third)
    words = tuple(map(int, raw))
    return (yield from call.kernel.dispatcher.become(call, meant.name.lower(), (*words, *[0] * (6 - len(words)))))


def _attach(call: Call, version: int, raw: tuple[int, ...], result: int) -> Blocking[Int]:
    """shmat(2), whose address would be mistaken for an error: it is stored at `result`."""
    if version == 1:
        raise call.refuse(Errno.EINVAL, "call", "choice", str(version), "That form of shmat is for the kernel itself.")
    address = yield from call.kernel.dispatcher.become(call, "shmat", (*map(int, raw), 0, 0, 0))
    NumberOut(call, "third", result, "unsigned long").write(int(address))
    return Int(0)
