"""The state machine of TCP (RFC 9293, section 3.3.2): what each segment that arrives does to a connection.

The loopback interface loses nothing and keeps the order, so there is neither retransmission of data nor reordering
here: what is left is what a connection is taught with: handshake, window, the two ends of a connection, and the reset.
"""

from __future__ import annotations

from collections import deque
from enum import IntEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from app.kernel.abi.socket_constants import IpProtocol
from app.kernel.abi.text import count_bytes
from app.kernel.errno import Errno

from .address import Endpoint
from .inet import InetSock
from .skbuff import SkBuff
from .sock import RCV_SHUTDOWN, SEND_SHUTDOWN, SHUTDOWN_MASK

if TYPE_CHECKING:
    from .namespace import Net

_TCP = int(IpProtocol.IPPROTO_TCP)

MAX_SEGMENT = 65_483
"""Data bytes of a segment over the loopback interface, whose packets have 65535 bytes at most."""

DEFAULT_SEND_BUFFER = 16_384
CONNECTED_SEND_BUFFER = 2_626_560
"""What Linux makes of the send buffer when a connection over the loopback interface is there (tcp(7), tcp_wmem)."""

DEFAULT_RECEIVE_BUFFER = 131_072

_COALESCED = 4096

SYN_TIMEOUT_NS = 10**9
SYN_RETRIES = 6


class TcpState(IntEnum):
    """States by their numbers in Linux (net/tcp_states.h)."""

    ESTABLISHED = 1
    SYN_SENT = 2
    SYN_RECEIVED = 3
    FIN_WAIT_1 = 4
    FIN_WAIT_2 = 5
    TIME_WAIT = 6
    CLOSED = 7
    CLOSE_WAIT = 8
    LAST_ACK = 9
    LISTEN = 10
    CLOSING = 11

    @property
    def text(self) -> str:
        """As RFC 9293 writes it: `FIN-WAIT-1`."""
        return self.name.replace("_", "-")


CONNECTING = (TcpState.SYN_SENT, TcpState.SYN_RECEIVED)
SENDING = (TcpState.ESTABLISHED, TcpState.CLOSE_WAIT)
_CLOSING = (TcpState.FIN_WAIT_1, TcpState.FIN_WAIT_2, TcpState.CLOSING, TcpState.LAST_ACK)


class Segment(Struct):
    """One TCP segment. `sequence` counts from 0 in each connection; `urgent` says that the last byte is urgent."""

    source: Endpoint
    destination: Endpoint
    sequence: int
    acknowledged: int
    syn: bool = False
    ack: bool = False
    fin: bool = False
    rst: bool = False
    data: bytes = b""
    urgent: bool = False

    @property
    def text(self) -> str:
        """`SYN, ACK from 127.0.0.1:80 to 127.0.0.1:32768, seq 0, ack 1`."""
        flags = ("SYN", self.syn), ("FIN", self.fin), ("RST", self.rst), ("PSH", self.data), ("ACK", self.ack)
        names = ", ".join(name for name, there in flags if there)
        size = f", {count_bytes(len(self.data))}" if self.data else ""
        return f"{names} from {self.source} to {self.destination}, seq {self.sequence}, ack {self.acknowledged}{size}"

    def arrive(self, net: Net) -> None:
        """Hand it to the connection, else to a socket that listens; else answer with a reset."""
        net.say("segment", f"Segment: {self.text}.")
        sock = net.connections.get((self.destination, self.source))
        if sock is not None and sock.state is TcpState.TIME_WAIT and self.syn:
            sock.forget()
            sock = None
        if sock is not None:
            sock.segment(self)
            return
        listener = find_listener(net, self.destination)
        if self.syn and not self.ack and listener is not None:
            listener.handshake(self)
        elif not self.rst:
            net.transmit(
                Segment(self.destination, self.source, self.acknowledged, self.sequence + 1, rst=True, ack=True)
            )


def find_listener(net: Net, destination: Endpoint) -> TcpMachine | None:
    """The listening socket that fits best."""
    best: TcpMachine | None = None
    score = 0
    for sock in net.sharers(_TCP, destination.port).values():
        if isinstance(sock, TcpMachine) and sock.state is TcpState.LISTEN and sock.matches(destination) > score:
            best, score = sock, sock.matches(destination)
    return best


class TcpMachine(InetSock):
    """One end of a connection, or a socket that listens for them.

    `unsent` are bytes for which the receiver's window has no room, `unacknowledged` counts those on their way;
    `accept_queue` holds the finished connections of a listening socket. `expires` is when TIME-WAIT ends.
    """

    def __init__(self, net: Net, family: int, kind: int, protocol: int) -> None:
        super().__init__(net, family, kind, protocol)
        self.state = TcpState.CLOSED
        self.send_buffer = DEFAULT_SEND_BUFFER
        self.receive_buffer = DEFAULT_RECEIVE_BUFFER
        self.unsent = bytearray()
        self.unacknowledged = 0
        self.fin_waits = False
        self.holds_port = False
        self.sequence = 0
        self.received = 0
        self.window_full = False
        self.peer_has_ended = False
        self.urgent_sent: int | None = None
        self.urgent_at: int | None = None
        self.urgent_read = False
        self.read_position = 1
        self.backlog = 0
        self.accept_queue: deque[TcpMachine] = deque()
        self.listener: TcpMachine | None = None
        self.expires = 0
        self.syn_tries = 0

    @property
    def listening(self) -> bool:
        """Whether it is in state LISTEN."""
        return self.state is TcpState.LISTEN

    def become(self, state: TcpState) -> None:
        """Change the state."""
        self.net.say("state", f"The socket {self.local} goes from {self.state.text} to {state.text}.")
        self.state = state
        self.queue.wake_all()

    @property
    def other_end(self) -> TcpMachine | None:
        """The end point that the connection leads to."""
        if self.local is None or self.remote is None:
            return None
        return self.net.connections.get((self.remote, self.local))

    @property
    def queued(self) -> int:
        """Bytes in the receive buffer."""
        return sum(buffer.left for buffer in self.receive_queue)

    @property
    def is_ahead(self) -> bool:
        """Whether the other end has something to read."""
        other = self.other_end
        return other is not None and bool(other.receive_queue)

    @property
    def window(self) -> int:
        """Bytes that there is room for in the receive buffer."""
        return max(self.receive_buffer // 2 - self.receive_charge, 0)

    def transmit(self, *, syn: bool = False, ack: bool = True, fin: bool = False, rst: bool = False) -> None:
        """Send a segment without data."""
        if self.local is None or self.remote is None:
            return
        acknowledged = self.received if ack else 0
        segment = Segment(self.local, self.remote, self.sequence, acknowledged, syn=syn, ack=ack, fin=fin, rst=rst)
        self.sequence += int(syn) + int(fin)
        self.net.transmit(segment)

    # -- connecting --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """The first step of the handshake."""
        if self.local is None or self.remote is None:
            raise TypeError("a connection has two ends")
        self.net.connections[self.local, self.remote] = self
        self.syn_tries = 0
        self.become(TcpState.SYN_SENT)
        self.transmit(syn=True, ack=False)

    def try_again_later(self) -> None:
        """The SYN got no answer: send it again after 1, 2, 4 ... seconds; ETIMEDOUT at last (tcp_syn_retries)."""
        kernel = self.net.kernel
        delay = SYN_TIMEOUT_NS << self.syn_tries
        self.syn_tries += 1
        kernel.timers.add(kernel.clock.now + delay, self._try_again)

    def _try_again(self) -> None:
        if self.state is not TcpState.SYN_SENT:
            return
        if self.syn_tries > SYN_RETRIES:
            self.error = int(Errno.ETIMEDOUT)
            self.done()
            return
        self.sequence = 0
        self.transmit(syn=True, ack=False)

    def handshake(self, segment: Segment) -> None:
        """A SYN for a listening socket: the second step, unless its queue is full."""
        if len(self.accept_queue) > self.backlog:
            self.net.say("drop", f"The queue of {self.local} is full: the SYN is dropped, and the sender tries again.")
            sender = self.net.connections.get((segment.source, segment.destination))
            if sender is not None:
                sender.try_again_later()
            return
        child = type(self)(self.net, self.family, self.kind, self.protocol)
        child.local, child.remote = segment.destination, segment.source
        child.settings = dict(self.settings)
        child.lingers, child.linger_seconds = self.lingers, self.linger_seconds
        child.receive_buffer = self.receive_buffer
        child.listener = self
        child.received = segment.sequence + 1
        self.net.connections[child.local, child.remote] = child
        self.net.occupy(child, child.local.port)
        child.holds_port = True
        child.state = TcpState.SYN_RECEIVED
        self.net.say("state", f"A new end point of {self.local} is in SYN-RECEIVED; the listening one stays in LISTEN.")
        child.transmit(syn=True)

    def established(self) -> None:
        """The handshake is done."""
        self.become(TcpState.ESTABLISHED)
        self.send_buffer = max(self.send_buffer, CONNECTED_SEND_BUFFER)
        if self.listener is not None:
            self.listener.accept_queue.append(self)
            self.listener.queue.wake_all()
            waiting = len(self.listener.accept_queue)
            self.net.say(
                "queue", f"The new connection waits for accept in the queue of {self.listener.local}: {waiting}."
            )

    # -- segments ----------------------------------------------------------------------------------------------------

    def segment(self, segment: Segment) -> None:
        """What a segment for this connection does."""
        if self.state is TcpState.TIME_WAIT:
            return
        if segment.rst:
            self.reset_by_peer()
        elif self.state is TcpState.SYN_SENT:
            self._answer(segment)
        elif self.state is TcpState.SYN_RECEIVED and segment.ack:
            self.received = max(self.received, segment.sequence + int(segment.syn))
            self.established()
        else:
            self._take(segment)

    def _answer(self, segment: Segment) -> None:
        """In SYN-SENT: the second step of the handshake, or a SYN that crosses the own one."""
        if not segment.syn:
            return
        self.received = segment.sequence + 1
        if segment.ack:
            self.established()
            self.transmit()
        else:
            self.become(TcpState.SYN_RECEIVED)
            self.sequence = 0
            self.transmit(syn=True)

    def _take(self, segment: Segment) -> None:
        """Data, a FIN, or a mere acknowledgement."""
        if segment.data:
            if self.shut & RCV_SHUTDOWN and self.state in _CLOSING:
                self.net.say("reset", f"Nobody will read what arrives at {self.local}: it answers with a reset.")
                self.transmit(rst=True)
                self.done()
                return
            self._queue_data(segment)
        if segment.fin:
            self._take_fin(segment)
        elif not segment.data:
            self._acknowledge_fin()

    def _queue_data(self, segment: Segment) -> None:
        data = segment.data
        self.received = segment.sequence + len(data)
        if segment.urgent:
            self.urgent_at, self.urgent_read = self.received - 1, False
        last = self.receive_queue[-1] if self.receive_queue else None
        if last is not None and len(last.data) + len(data) <= _COALESCED:
            self._extend(last, data)
        else:
            self.enqueue(SkBuff(data, len(data)))
        self.net.say(
            "queue",
            f"{count_bytes(len(data))} are in the receive buffer of {self.local}, {self.queued} wait there now. "
            f"It acknowledges them (ACK {self.received}); its window has {self.window} left.",
        )
        other = self.other_end
        if other is not None:
            other.unacknowledged -= len(data)

    def _extend(self, buffer: SkBuff, data: bytes) -> None:
        """Small segments share a buffer (`tcp_try_coalesce`)."""
        buffer.data += data
        buffer.truesize += len(data)
        self.receive_charge += len(data)
        self.net.memory += len(data)
        self.queue.wake_all()

    def _take_fin(self, segment: Segment) -> None:
        """The other end sends no more."""
        self.received = segment.sequence + 1
        self.shut |= RCV_SHUTDOWN
        self.peer_has_ended = True
        following = {
            TcpState.ESTABLISHED: TcpState.CLOSE_WAIT,
            TcpState.FIN_WAIT_1: TcpState.CLOSING,
            TcpState.FIN_WAIT_2: TcpState.TIME_WAIT,
        }.get(self.state)
        if following is TcpState.TIME_WAIT:
            self.transmit()
            self.wait_out()
        elif following is not None:
            self.become(following)
            self.transmit()

    def _acknowledge_fin(self) -> None:
        """An ACK: if the own FIN is out, this one is for it."""
        if self.fin_waits or self.unsent:
            return
        if self.state is TcpState.FIN_WAIT_1:
            self.become(TcpState.FIN_WAIT_2)
            if self.dead:
                self.net.expire_later(self)
        elif self.state is TcpState.CLOSING:
            self.wait_out()
        elif self.state is TcpState.LAST_ACK:
            self.done()

    # -- sending -----------------------------------------------------------------------------------------------------

    def push(self) -> None:
        """Send what the receiver's window has room for, then the FIN if one waits."""
        other = self.other_end
        while self.unsent and other is not None and self.local and self.remote:
            room = min(other.window - self.unacknowledged, MAX_SEGMENT)
            if room <= 0:
                if not self.window_full:
                    self.net.say(
                        "window",
                        f"The window of {self.remote} is full: {len(self.unsent)} bytes wait in the send buffer.",
                    )
                self.window_full = True
                return
            urgent = self.urgent_sent is not None and self.urgent_sent < room + self.sequence
            if urgent and self.urgent_sent is not None:
                room = self.urgent_sent - self.sequence + 1
                self.urgent_sent = None
            data = bytes(self.unsent[:room])
            del self.unsent[:room]
            self.net.memory -= len(data)
            self.unacknowledged += len(data)
            segment = Segment(self.local, self.remote, self.sequence, self.received, ack=True, data=data, urgent=urgent)
            self.sequence += len(data)
            self.net.transmit(segment)
            self.queue.wake_all()
        self.window_full = False
        if self.fin_waits:
            self.fin_waits = False
            self.transmit(fin=True)

    def end_sending(self) -> None:
        """FIN, after what is still to be sent; the state changes at once (`tcp_close_state`)."""
        self.become(TcpState.LAST_ACK if self.state is TcpState.CLOSE_WAIT else TcpState.FIN_WAIT_1)
        self.fin_waits = True
        self.push()

    def window_opens(self) -> None:
        """The program has read: the other end may send what it could not."""
        other = self.other_end
        if other is not None and not self.receive_queue and not other.unsent:
            other.queue.wake_all()
        if other is not None and (other.unsent or other.fin_waits):
            self.net.say("window", f"There is room again in the receive buffer of {self.local}: it says so.")
            other.push()

    # -- the end -----------------------------------------------------------------------------------------------------

    def reset_by_peer(self) -> None:
        """RST: the connection is gone, and so is what was to be sent."""
        refused = self.state is TcpState.SYN_SENT
        broken = self.state is TcpState.CLOSE_WAIT
        self.error = int(Errno.ECONNREFUSED if refused else Errno.EPIPE if broken else Errno.ECONNRESET)
        self.done()

    def abort(self) -> None:
        """Tell the other end with RST that the connection is gone."""
        if self.state in (*SENDING, *_CLOSING, TcpState.SYN_RECEIVED):
            self.transmit(rst=True)
        self.done()

    def done(self) -> None:
        """Nothing of the connection is left (`tcp_done`)."""
        if self.state is not TcpState.CLOSED:
            self.become(TcpState.CLOSED)
        self.net.memory -= len(self.unsent)
        self.unsent.clear()
        self.fin_waits = False
        self.shut = SHUTDOWN_MASK
        self.forget()
        self.queue.wake_all()

    def wait_out(self) -> None:
        """TIME-WAIT: the addresses stay taken for a while, so that late segments find nobody new.

        Linux keeps a small end point for it; to the program, the socket is closed.
        """
        rest = TcpMachine(self.net, self.family, self.kind, self.protocol)
        rest.local, rest.remote, rest.settings, rest.state = self.local, self.remote, self.settings, self.state
        rest.become(TcpState.TIME_WAIT)
        self.state = TcpState.CLOSED
        self.done()
        if rest.local is not None and rest.remote is not None:
            self.net.connections[rest.local, rest.remote] = rest
            self.net.occupy(rest, rest.local.port)
            rest.holds_port = True
        self.net.expire_later(rest)

    def forget(self) -> None:
        """Leave the table of connections, and the port unless bind(2) gave it to a socket that is still open."""
        if self.local is not None and self.remote is not None:
            key = self.local, self.remote
            if self.net.connections.get(key) is self:
                del self.net.connections[key]
        if self.holds_port and (self.dead or self.bound_host is None):
            self.holds_port = False
            self.leave_port()

    @property
    def half_closed(self) -> bool:
        """Whether sending has been shut down."""
        return bool(self.shut & SEND_SHUTDOWN)
