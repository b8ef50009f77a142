"""The network of one run: names, ports, connections, and the loopback interface that carries packets."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from app.kernel.errno import Errno, KernelError
from app.trace.events import Service

from .address import ANY4, ANY6, LOOPBACK4, LOOPBACK6, Endpoint, is_loopback

if TYPE_CHECKING:
    from app.kernel.fs.file import FileDescription
    from app.kernel.kernel import Kernel

    from .inet import InetSock
    from .tcp_machine import TcpMachine
    from .unix import UnixSock

FIRST_EPHEMERAL = 32_768
LAST_EPHEMERAL = 60_999
"""Ports that the kernel chooses itself (/proc/sys/net/ipv4/ip_local_port_range)."""

FIRST_FREE = 1024
"""Ports below are the superuser's."""

MAX_MEMORY = 32 << 20
"""Bytes that all queues together may be charged with before senders have to wait (compare tcp_mem in tcp(7))."""

TIME_WAIT_NS = 60 * 10**9
"""How long a connection that is over keeps its addresses."""

MAX_TIME_WAIT = 4096
"""Connections that may be in that state; beyond, the oldest is forgotten (tcp_max_tw_buckets)."""

MAX_IN_FLIGHT = 1024
"""Open files that may be on their way through sockets: RLIMIT_NOFILE, as in Linux (unix(7), ETOOMANYREFS)."""


class Packet(Protocol):
    """Something that the loopback interface carries."""

    def arrive(self, net: Net) -> None:
        """What happens at the other end."""


class Net:
    """A network namespace with one interface, `lo`."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.abstract: dict[tuple[int, bytes], UnixSock] = {}
        """By type and name: a stream and a datagram socket can have the same abstract name."""
        self.bound: dict[tuple[int, int], dict[int, InetSock]] = {}
        self.connections: dict[tuple[Endpoint, Endpoint], TcpMachine] = {}
        self.ending: deque[TcpMachine] = deque()
        self.memory = 0
        self.in_flight = 0
        self._next_port = FIRST_EPHEMERAL
        self._next_name = 0
        self._numbers = 0
        self._packets: deque[Packet] = deque()
        self._carrying = False
        self._discarded: deque[FileDescription] = deque()
        self._discarding = False

    @property
    def exhausted(self) -> bool:
        """Whether the queues hold as much as they may."""
        return self.memory >= MAX_MEMORY

    def say(self, step: str, sentence: str) -> None:
        """Tell what the network does, as a step of the call that made it happen."""
        call = self.kernel.dispatcher.current
        if call is not None:
            self.kernel.recorder.emit(Service(call=call.id, subsystem="net", step=step, sentence=sentence))

    def new_number(self) -> int:
        """A number that no other end point of the run has."""
        self._numbers += 1
        return self._numbers

    def new_abstract_name(self, kind: int) -> bytes:
        """A free name of five hexadecimal digits (unix(7), "Autobind feature")."""
        while True:
            name = b"\0%05x" % (self._next_name & 0xFFFFF)
            self._next_name += 1
            if (kind, name) not in self.abstract:
                return name

    # -- open files in messages --------------------------------------------------------------------------------------

    def take(self, files: Iterable[FileDescription]) -> None:
        """Open files begin to travel: each is kept open meanwhile."""
        for file in files:
            file.references += 1
            self.in_flight += 1

    def discard(self, files: Iterable[FileDescription]) -> None:
        """Open files travel no more. One that this closes may hold others: no recursion, however deep they nest."""
        self._discarded.extend(files)
        if self._discarding:
            return
        self._discarding = True
        while self._discarded:
            self.in_flight -= 1
            self._discarded.popleft().drop_reference()
        self._discarding = False

    # -- the loopback interface --------------------------------------------------------------------------------------

    def transmit(self, packet: Packet) -> None:
        """Send a packet. Those that it causes follow after it, as the softirq of the loopback device does it."""
        self._packets.append(packet)
        if self._carrying:
            return
        self._carrying = True
        while self._packets:
            self._packets.popleft().arrive(self)
        self._carrying = False

    def route(self, destination: Endpoint, source: bytes | None) -> tuple[bytes, Endpoint]:
        """(own address, destination) of packets to `destination`. Raises ENETUNREACH beyond the machine itself."""
        host = destination.host
        if host == ANY4:
            host = LOOPBACK4 if source in (None, ANY4) else source or LOOPBACK4
        elif host == ANY6:
            host = LOOPBACK6
        if not is_loopback(host):
            raise KernelError(
                Errno.ENETUNREACH, f"{destination} is not this machine, and no other network is connected", "net"
            )
        own = LOOPBACK4 if host.startswith(ANY4[:12]) else LOOPBACK6
        if source is not None and source not in (ANY4, ANY6):
            own = source
        return own, Endpoint(host, destination.port)

    # -- connections that are over ------------------------------------------------------------------------------------

    def expire_later(self, sock: TcpMachine) -> None:
        """Forget what is left of a connection after a minute."""
        sock.expires = self.kernel.clock.now + TIME_WAIT_NS
        self.ending.append(sock)
        if len(self.ending) > MAX_TIME_WAIT:
            self.ending.popleft().forget()

    def expire(self) -> None:
        """Forget those whose minute is over. It is early enough to look when an address is needed."""
        while self.ending and self.ending[0].expires <= self.kernel.clock.now:
            self.ending.popleft().forget()

    # -- ports -------------------------------------------------------------------------------------------------------

    def sharers(self, protocol: int, port: int) -> dict[int, InetSock]:
        """The end points that use a port, by number."""
        return self.bound.get((protocol, port), {})

    def occupy(self, sock: InetSock, port: int) -> None:
        """Enter `sock` as a user of `port`."""
        self.bound.setdefault((sock.protocol, port), {})[sock.number] = sock

    def vacate(self, sock: InetSock, port: int) -> None:
        """`sock` no longer uses `port`."""
        users = self.bound.get((sock.protocol, port))
        if users is not None:
            users.pop(sock.number, None)
            if not users:
                del self.bound[(sock.protocol, port)]

    def free_port(self, protocol: int) -> int | None:
        """A port for a program that does not mind which; None when all are taken. Ports are given out in turn."""
        for _ in range(LAST_EPHEMERAL - FIRST_EPHEMERAL + 1):
            port = self._next_port
            self._next_port = port + 1 if port < LAST_EPHEMERAL else FIRST_EPHEMERAL
            if (protocol, port) not in self.bound:
                return port
        return None
