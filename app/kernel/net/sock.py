"""What every protocol's end point has: queues, buffers, shutdown halves, an error to report (struct sock of Linux)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from msgspec import Struct

from app.kernel import signal_delivery
from app.kernel.abi.constants import Signo
from app.kernel.abi.socket_constants import SOL_SOCKET, MsgFlag, SocketOption
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.file import Sink, Source
from app.kernel.poll import PollEvent
from app.kernel.signal import SigInfo
from app.kernel.wait import Blocking, Interrupted, Sleep, WaitQueue

from .skbuff import SkBuff, SkBuffQueue, Ucred

if TYPE_CHECKING:
    from app.kernel.arguments.ioctl import IoctlArgument
    from app.kernel.call import Call
    from app.kernel.fs.file import FileDescription

    from .namespace import Net

RCV_SHUTDOWN = 1
SEND_SHUTDOWN = 2
SHUTDOWN_MASK = 3

POLLPRI = int(PollEvent.POLLPRI)
POLLERR = int(PollEvent.POLLERR)
POLLHUP = int(PollEvent.POLLHUP)
POLLWRBAND = int(PollEvent.POLLWRBAND)
POLLRDHUP = int(PollEvent.POLLRDHUP)

DEFAULT_BUFFER = 212_992
"""Bytes of a send or receive buffer (/proc/sys/net/core/rmem_default)."""

DONTWAIT = int(MsgFlag.MSG_DONTWAIT)
NOSIGNAL = int(MsgFlag.MSG_NOSIGNAL)
PEEK = int(MsgFlag.MSG_PEEK)
TRUNC = int(MsgFlag.MSG_TRUNC)
WAITALL = int(MsgFlag.MSG_WAITALL)
OOB = int(MsgFlag.MSG_OOB)

_LONGEST_WAIT = 2**60
"""Virtual ns, 36 years: a time limit that ends later is as good as this one."""

_WHY = {
    Errno.ECONNREFUSED: "Nobody listens at the other end",
    Errno.ECONNRESET: "The other end reset the connection",
    Errno.EPIPE: "The other end has closed",
    Errno.ETIMEDOUT: "The other end never answered",
}


def current_ucred(call: Call) -> Ucred:
    """Who makes `call`."""
    who = call.task.credentials
    return Ucred(call.task.process.pid, who.euid, who.egid)


class Outgoing(Struct):
    """One message on its way out: user memory, flags, destination (`struct sockaddr`, empty for none), passengers."""

    source: Source
    flags: int = 0
    name: bytes = b""
    files: tuple[FileDescription, ...] = ()
    credentials: Ucred | None = None


class Incoming(Struct):
    """One message on its way in: user memory and flags, and what the socket fills in.

    `name` is the sender's `struct sockaddr`, None when the protocol tells none; `result_flags` are for `msg_flags`.
    """

    sink: Sink
    flags: int = 0
    name: bytes | None = None
    result_flags: int = 0
    files: tuple[FileDescription, ...] = ()
    credentials: Ucred | None = None


class Sock:
    """An end point. Subclasses are the protocols; what a protocol does not have, this class refuses as Linux does.

    `queue` wakes whoever waits for anything about the end point, `error` is what the next call is to fail with (0:
    none), `shut` the halves that are shut down, `dead` says that no file refers to it any more.
    """

    what = "a socket"

    def __init__(self, net: Net, family: int, kind: int, protocol: int) -> None:
        self.net = net
        self.family = family
        self.kind = kind
        self.protocol = protocol
        self.queue = WaitQueue()
        self.receive_queue: SkBuffQueue = SkBuffQueue()
        self.send_charge = 0
        self.receive_charge = 0
        self.send_buffer = DEFAULT_BUFFER
        self.receive_buffer = DEFAULT_BUFFER
        self.send_timeout: int | None = None
        self.receive_timeout: int | None = None
        self.receive_buffer_is_fixed = False
        self.low_water = 1
        self.lingers = False
        self.linger_seconds = 0
        self.settings: dict[tuple[int, int], int] = {}
        self.error = 0
        self.shut = 0
        self.dead = False
        self.peer_credentials: Ucred | None = None

    # -- what calls ask for ------------------------------------------------------------------------------------------

    @property
    def listening(self) -> bool:
        """Whether it accepts connections."""
        return False

    def bind(self, call: Call, address: bytes) -> None:
        """bind(2) to a `struct sockaddr`."""
        raise NotImplementedError

    def connect(self, call: Call, address: bytes, flags: int) -> Blocking[None]:
        """connect(2) to a `struct sockaddr`; `flags` may hold MSG_DONTWAIT."""
        raise NotImplementedError

    def listen(self, call: Call, backlog: int) -> None:
        """listen(2)."""
        raise KernelError(Errno.EOPNOTSUPP, f"{self.what.capitalize()} takes no connections", "net")

    def accept(self, call: Call, flags: int) -> Blocking[Sock]:
        """accept(2): the end point of the first connection in the queue."""
        raise KernelError(Errno.EOPNOTSUPP, f"{self.what.capitalize()} takes no connections", "net")
        yield

    def name(self) -> bytes:
        """getsockname(2), as a `struct sockaddr`."""
        raise NotImplementedError

    def peer_name(self) -> bytes:
        """getpeername(2). Raises ENOTCONN."""
        raise NotImplementedError

    def send(self, call: Call, message: Outgoing) -> Blocking[int]:
        """sendmsg(2); returns the bytes taken."""
        raise NotImplementedError

    def receive(self, call: Call, message: Incoming) -> Blocking[int]:
        """recvmsg(2); returns the bytes delivered."""
        raise NotImplementedError

    def shutdown(self, call: Call, halves: int) -> None:
        """shutdown(2); `halves` is a set of RCV_SHUTDOWN and SEND_SHUTDOWN."""
        raise NotImplementedError

    def release(self) -> None:
        """The last descriptor is closed."""
        raise NotImplementedError

    def poll(self) -> int:
        """What poll(2) would say."""
        raise NotImplementedError

    def wait_queues(self) -> tuple[WaitQueue, ...]:
        """What wakes when `poll` may have changed."""
        return (self.queue,)

    def ioctl(self, call: Call, request: int, argument: IoctlArgument) -> int:
        """ioctl(2) of the protocol."""
        raise KernelError(Errno.ENOTTY, f"{self.what.capitalize()} does not know this request", "net")

    def has_level(self, level: int) -> bool:
        """Whether the protocol has options of `level`."""
        return False

    def set_option(self, call: Call, level: int, option: int, value: bytes) -> None:
        """setsockopt(2) of another level than SOL_SOCKET."""
        raise KernelError(Errno.EOPNOTSUPP, f"{self.what.capitalize()} has no options of this level", "net")

    def get_option(self, call: Call, level: int, option: int) -> bytes:
        """getsockopt(2) of another level than SOL_SOCKET."""
        raise KernelError(Errno.EOPNOTSUPP, f"{self.what.capitalize()} has no options of this level", "net")

    # -- what protocols share ----------------------------------------------------------------------------------------

    def setting(self, level: int, option: int, default: int = 0) -> int:
        """Value of an option that is a plain number."""
        return self.settings.get((level, option), default)

    @property
    def most_low_water(self) -> int:
        """Largest SO_RCVLOWAT."""
        return 2**31 - 1

    @property
    def passes_credentials(self) -> bool:
        """SO_PASSCRED: whether each message tells who sent it."""
        return bool(self.setting(SOL_SOCKET, SocketOption.SO_PASSCRED))

    def report_error(self) -> None:
        """Fail with the error that waits to be told, which clears it (`sock_error`)."""
        if self.error:
            errno, self.error = Errno(self.error), 0
            raise KernelError(errno, _WHY.get(errno, "An error of the connection waited to be told"), "net")

    def deadline(self, call: Call, timeout: int | None) -> int | None:
        """When a wait that begins now is to end (SO_RCVTIMEO, SO_SNDTIMEO)."""
        return None if timeout is None else call.kernel.clock.now + min(timeout, _LONGEST_WAIT)

    def wait(
        self, call: Call, flags: int, until: int | None, sentence: str, queue: WaitQueue | None = None
    ) -> Blocking[None]:
        """Sleep once. Raises EAGAIN when the call must not wait or its time is up, Interrupted for a signal, or EINTR
        when there is a time limit (signal(7)).
        """
        if flags & DONTWAIT:
            raise KernelError(Errno.EAGAIN, "It would have to sleep, but the call must not wait", "net")
        if until is not None and call.kernel.clock.now >= until:
            raise KernelError(Errno.EAGAIN, "The time that the socket's option allows is over", "net")
        try:
            yield from call.sleep(Sleep("socket", sentence, (queue or self.queue,), until))
        except Interrupted:
            if until is None:
                raise
            raise KernelError(Errno.EINTR, "A signal ended a sleep that had a time limit", "net") from None

    def broken(self, call: Call, flags: int) -> NoReturn:
        """EPIPE, with SIGPIPE unless MSG_NOSIGNAL."""
        told = "EPIPE, without SIGPIPE because of MSG_NOSIGNAL" if flags & NOSIGNAL else "SIGPIPE and EPIPE"
        call.service("net", "broken", f"Nothing can be sent over this connection any more: {told}.")
        if not flags & NOSIGNAL:
            signal_delivery.send_to_task(call.kernel, call.task, SigInfo.user(Signo.SIGPIPE, call.task.process))
        raise KernelError(Errno.EPIPE)

    def enqueue(self, buffer: SkBuff) -> None:
        """Put a buffer into the receive queue and wake who waits for it."""
        self.receive_queue.append(buffer)
        self.receive_charge += buffer.truesize
        self.net.memory += buffer.truesize
        self.queue.wake_all()

    def consumed(self, buffer: SkBuff) -> None:
        """A buffer has left the receive queue: give its memory back."""
        self.receive_charge -= buffer.truesize
        self.uncharge(buffer)

    def uncharge(self, buffer: SkBuff) -> None:
        """The bytes of a buffer are gone; its sender may have room again."""
        self.net.memory -= buffer.truesize
        owner = buffer.owner
        if owner is not None:
            owner.send_charge -= buffer.truesize
            owner.queue.wake_all()

    def drop_queue(self) -> None:
        """Throw the receive queue away."""
        while self.receive_queue:
            buffer = self.receive_queue.popleft()
            self.consumed(buffer)
            self.net.discard(buffer.files)

    @property
    def has_room(self) -> bool:
        """Whether another buffer may be charged to the sender."""
        return self.send_charge < self.send_buffer and (not self.send_charge or not self.net.exhausted)


def copied(source: Source, size: int) -> bytes:
    """The `size` bytes of a datagram. Raises EFAULT unless all are readable."""
    data = source.read(size) if size else b""
    if len(data) < size:
        raise KernelError(Errno.EFAULT, "A message is sent whole or not at all", "net")
    return data


def deliver_datagram(message: Incoming, buffer: SkBuff) -> int:
    """Copy a datagram out; what has no room is lost, which MSG_TRUNC tells. Returns what recv(2) returns.

    Raises EFAULT unless all of it arrives.
    """
    data = buffer.data
    room = min(message.sink.size, len(data))
    if room < len(data):
        message.result_flags |= TRUNC
    if message.sink.write(data[:room]) < room:
        raise KernelError(Errno.EFAULT, "A datagram is delivered whole or not at all", "net")
    return len(data) if message.flags & TRUNC else room
