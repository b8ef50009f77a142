"""Sending and receiving over sockets."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.socket_constants import MsgFlag
from app.kernel.arguments import Int, Size, StructIn, Unsigned, UserIn, UserOut
from app.kernel.arguments.message import MessageIn, MessageOut
from app.kernel.arguments.mmsghdr import MessagesIn, MessagesOut
from app.kernel.arguments.socket import LengthInOut, SockaddrIn, SockaddrOut, SocketFd
from app.kernel.call import Call
from app.kernel.clock import SECOND
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.file import MAX_RW_COUNT
from app.kernel.net import scm
from app.kernel.net.sock import DONTWAIT, Incoming, Outgoing
from app.kernel.net.socket import SocketFile
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking, Interrupted

_COMPAT = int(MsgFlag.MSG_CMSG_COMPAT)
_WAITFORONE = int(MsgFlag.MSG_WAITFORONE)
_CLOEXEC = int(MsgFlag.MSG_CMSG_CLOEXEC)
_MAX_MESSAGES = 1024


@syscall
def sendto(
    call: Call,
    sockfd: SocketFd,
    buf: Annotated[UserIn, "len"],
    len: Size,
    flags: MsgFlag,
    dest_addr: Annotated[SockaddrIn, "addrlen"],
    addrlen: Int,
) -> Blocking[int]:
    """Send `len` bytes from `buf`, to `dest_addr` if that is not NULL, else to where the socket is connected.

    MSG_DONTWAIT never sleeps, MSG_NOSIGNAL spares the program SIGPIPE, MSG_OOB makes the last byte urgent (TCP).

    EFAULT: a pointer is bad. EBADF: `sockfd` is not open. ENOTSOCK: `sockfd` is no socket. EINVAL: the address is too
    short or too long. ENOTCONN: the socket is not connected. EISCONN, EOPNOTSUPP: a stream was given a destination.
    EDESTADDRREQ: a datagram socket that is not connected, and no destination. EMSGSIZE: more than a message may hold.
    EPIPE with SIGPIPE: nobody is left who reads. ECONNRESET: the other end reset the connection. ECONNREFUSED: nobody
    receives there. EAGAIN: it would have to sleep, and O_NONBLOCK or MSG_DONTWAIT forbids that. ENETUNREACH: the
    address is not on this machine. EACCES: the socket file may not be written, or it is a broadcast address. EINTR: a
    signal handler ran. See send(2).

    Not served: urgent data over AF_UNIX streams (EOPNOTSUPP).
    """
    buf.need_range(MAX_RW_COUNT)
    file = sockfd.socket
    message = Outgoing(buf, file.message_flags(flags & 0xFFFF_FFFF))
    if not dest_addr.is_null:
        message.name = dest_addr.read()
    return (yield from file.sock.send(call, message))


@syscall
def recvfrom(
    call: Call,
    sockfd: SocketFd,
    buf: Annotated[UserOut, "len"],
    len: Size,
    flags: MsgFlag,
    src_addr: Annotated[SockaddrOut, "addrlen"],
    addrlen: LengthInOut,
) -> Blocking[int]:
    """Receive up to `len` bytes into `buf`; sleep while there is nothing. 0 is the end of a stream.

    If `src_addr` is not NULL, the sender's address is stored there. MSG_PEEK leaves what it shows, MSG_WAITALL waits
    for `len` bytes, MSG_TRUNC gives the real length of a message, MSG_DONTWAIT never sleeps.

    EFAULT: a pointer is bad. EBADF: `sockfd` is not open. ENOTSOCK: `sockfd` is no socket. ENOTCONN: the socket is not
    connected. EINVAL: negative room for the address, or a stream was asked for urgent data that is not there. EAGAIN:
    it would have to sleep, and O_NONBLOCK or MSG_DONTWAIT forbids that. ECONNRESET: the other end reset the connection.
    ECONNREFUSED: nobody receives what was sent before. EINTR: a signal handler ran. See recv(2).
    """
    buf.need_range(MAX_RW_COUNT)
    file = sockfd.socket
    message = Incoming(buf, file.message_flags(flags & 0xFFFF_FFFF))
    count = yield from file.sock.receive(call, message)
    scm.drop_unwanted(call, file.sock, message)
    if not src_addr.is_null:
        src_addr.write(message.name or b"")
    return count


@syscall
def sendmsg(call: Call, sockfd: SocketFd, msg: MessageIn, flags: MsgFlag) -> Blocking[int]:
    """Send what `msg` says: several buffers as one message, a destination, and ancillary data.

    SCM_RIGHTS sends open files, SCM_CREDENTIALS says who sends (AF_UNIX).

    EMSGSIZE: more than 1024 buffers. EBADF: a descriptor to send is not open. EPERM: credentials in another's name.
    ETOOMANYREFS: too many files on their way. ENOBUFS: too much ancillary data. And the errors of sendto. See send(2),
    cmsg(3), unix(7).
    """
    _need_native(call, flags)
    file = sockfd.socket
    return (yield from _send(call, file, msg, flags))


@syscall
def recvmsg(call: Call, sockfd: SocketFd, msg: MessageOut, flags: MsgFlag) -> Blocking[int]:
    """Receive into the buffers that `msg` lists, with the sender's address and ancillary data.

    Open files that arrive (SCM_RIGHTS) get descriptors; what has no room is lost, and `msg_flags` says so: MSG_TRUNC,
    MSG_CTRUNC.

    EMSGSIZE: more than 1024 buffers. And the errors of recvfrom. See recv(2), cmsg(3), unix(7).
    """
    _need_native(call, flags)
    file = sockfd.socket
    return (yield from _receive(call, file, msg, flags))


@syscall
def sendmmsg(
    call: Call, sockfd: SocketFd, msgvec: Annotated[MessagesIn, "vlen"], vlen: Unsigned, flags: MsgFlag
) -> Blocking[Int]:
    """Send up to `vlen` messages with one call; each element of `msgvec` gets how many bytes were taken.

    Returns how many messages were sent; an error counts only when none was.

    The errors are those of sendmsg. See sendmmsg(2).
    """
    _need_native(call, flags)
    file = sockfd.socket
    for index in range(min(vlen, _MAX_MESSAGES)):
        try:
            count = yield from _send(call, file, msgvec.element(index), flags)
            msgvec.store_length(index, count)
        except (KernelError, Interrupted) as error:
            if not index:
                raise
            return _short(call, index, error)
    return Int(min(vlen, _MAX_MESSAGES))


@syscall
def recvmmsg(
    call: Call,
    sockfd: SocketFd,
    msgvec: Annotated[MessagesOut, "vlen"],
    vlen: Unsigned,
    flags: MsgFlag,
    timeout: Annotated[StructIn, "timespec"],
) -> Blocking[Int]:
    """Receive up to `vlen` messages with one call; each element of `msgvec` gets how many bytes arrived.

    MSG_WAITFORONE sleeps only for the first. Returns how many messages came; an error counts only when none did.

    EINVAL: `timeout` is malformed. And the errors of recvmsg. See recvmmsg(2).

    Not served: more than 1024 messages, and the rest of `timeout`, which Linux stores.
    """
    _need_native(call, flags)
    until = None
    if not timeout.is_null:
        time = timeout.read()
        if time["tv_sec"] < 0 or not 0 <= time["tv_nsec"] < SECOND:
            raise call.refuse(Errno.EINVAL, "timeout", "range", str(time["tv_nsec"]), "It is no valid duration.")
        until = call.kernel.clock.now + time["tv_sec"] * SECOND + time["tv_nsec"]
    file = sockfd.socket
    most = min(vlen, _MAX_MESSAGES)
    for index in range(most):
        waiting = flags | DONTWAIT if index and flags & _WAITFORONE else flags
        try:
            count = yield from _receive(call, file, msgvec.element(index), waiting & ~_WAITFORONE)
            msgvec.store_length(index, count)
        except (KernelError, Interrupted) as error:
            if not index:
                raise
            return _short(call, index, error)
        if until is not None and call.kernel.clock.now >= until:
            return Int(index + 1)
    return Int(most)


def _short(call: Call, count: int, error: KernelError | Interrupted) -> Int:
    """An error after `count` messages: the call succeeds with these."""
    name = error.errno.name if isinstance(error, KernelError) else "a signal"
    call.service(
        "net", "short", f"The next message meets {name}, but {count} went through before it: the call succeeds."
    )
    return Int(count)


def _need_native(call: Call, flags: int) -> None:
    if flags & _COMPAT:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "MSG_CMSG_COMPAT is the kernel's own flag.")


def _send(call: Call, file: SocketFile, msg: MessageIn, flags: int) -> Blocking[int]:
    msg.load()
    control = msg.read_control()
    source = msg.iovec
    if source is None:
        raise TypeError("a loaded message has buffers")
    message = Outgoing(source, file.message_flags(flags & 0xFFFF_FFFF), msg.endpoint or b"")  # type: ignore[arg-type]
    scm.parse_control(call, file.sock, control, message)
    return (yield from file.sock.send(call, message))


def _receive(call: Call, file: SocketFile, msg: MessageOut, flags: int) -> Blocking[int]:
    msg.load()
    sink = msg.iovec
    if sink is None:
        raise TypeError("a loaded message has buffers")
    message = Incoming(sink, file.message_flags(flags & 0xFFFF_FFFF))  # type: ignore[arg-type]
    count = yield from file.sock.receive(call, message)
    control = b""
    if msg.control_room:
        control = scm.put_control(call, file.sock, message, msg.control_room)
        msg.write_control(control)
    else:
        scm.drop_unwanted(call, file.sock, message)
    msg.write_name(message.name or b"")
    msg.write_result(message.result_flags | (flags & _CLOEXEC), len(control))
    return count
