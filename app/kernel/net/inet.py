"""What TCP and UDP share: addresses, ports, and the options of IP (ip(7), ipv6(7))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.socket_constants import (
    AF_INET,
    AF_INET6,
    AF_UNSPEC,
    SOL_SOCKET,
    AddressFamily,
    IpOption,
    Ipv6Option,
    SocketLevel,
    SocketOption,
)
from app.kernel.abi.text import flag_text
from app.kernel.credentials import Capability
from app.kernel.errno import Errno, KernelError

from .address import (
    ANY4,
    ANY6,
    Endpoint,
    any_host,
    is_broadcast,
    is_loopback,
    is_multicast,
    pack_endpoint,
    unpack_endpoint,
)
from .namespace import FIRST_FREE
from .sock import Sock

if TYPE_CHECKING:
    from app.kernel.call import Call

    from .namespace import Net

_SHORTEST = {AF_INET: 16, AF_INET6: 24}
_IP_DEFAULTS = {
    IpOption.IP_TOS: 0, IpOption.IP_TTL: 64, IpOption.IP_RECVOPTS: 0, IpOption.IP_PKTINFO: 0,
    IpOption.IP_MTU_DISCOVER: 1, IpOption.IP_RECVERR: 0, IpOption.IP_RECVTTL: 0, IpOption.IP_RECVTOS: 0,
    IpOption.IP_FREEBIND: 0, IpOption.IP_MULTICAST_TTL: 1, IpOption.IP_MULTICAST_LOOP: 1,
}  # fmt: skip
_IPV6_DEFAULTS = {
    Ipv6Option.IPV6_UNICAST_HOPS: 64, Ipv6Option.IPV6_MULTICAST_HOPS: 1, Ipv6Option.IPV6_MULTICAST_LOOP: 1,
    Ipv6Option.IPV6_MTU_DISCOVER: 1, Ipv6Option.IPV6_RECVERR: 0, Ipv6Option.IPV6_V6ONLY: 0,
    Ipv6Option.IPV6_RECVPKTINFO: 0, Ipv6Option.IPV6_RECVHOPLIMIT: 0, Ipv6Option.IPV6_RECVTCLASS: 0,
    Ipv6Option.IPV6_TCLASS: 0,
}  # fmt: skip


class InetSock(Sock):
    """An end point with a port. `local` and `remote` are its addresses; `bound_host` is the one that bind(2) gave."""

    def __init__(self, net: Net, family: int, kind: int, protocol: int) -> None:
        super().__init__(net, family, kind, protocol)
        self.number = net.new_number()
        self.local: Endpoint | None = None
        self.remote: Endpoint | None = None
        self.bound_host: bytes | None = None

    # -- addresses ---------------------------------------------------------------------------------------------------

    def name(self) -> bytes:
        """`struct sockaddr_in` or `sockaddr_in6`; zeros before a port is bound."""
        return pack_endpoint(self.local or Endpoint(any_host(self.family), 0), self.family)

    def peer_name(self) -> bytes:
        """The other end's."""
        if self.remote is None:
            raise KernelError(Errno.ENOTCONN, "The socket is not connected", "net")
        return pack_endpoint(self.remote, self.family)

    @property
    def ipv6_only(self) -> bool:
        """Whether it has nothing to do with IPv4 (IPV6_V6ONLY)."""
        return self.family == AF_INET6 and bool(self.setting(SocketLevel.SOL_IPV6, Ipv6Option.IPV6_V6ONLY))

    @property
    def reuses(self) -> bool:
        """SO_REUSEADDR."""
        return bool(self.setting(SOL_SOCKET, SocketOption.SO_REUSEADDR))

    @property
    def shares_port(self) -> bool:
        """SO_REUSEPORT."""
        return bool(self.setting(SOL_SOCKET, SocketOption.SO_REUSEPORT))

    def checked_address(self, call: Call, address: bytes, argument: str = "addr") -> Endpoint:
        """A destination. Raises EINVAL (too short), EAFNOSUPPORT, ENETUNREACH (IPv4 through IPV6_V6ONLY)."""
        family = int.from_bytes(address[:2], "little")
        if len(address) < _SHORTEST[AF_INET if family == AF_INET and self.family == AF_INET6 else self.family]:
            raise call.refuse(
                Errno.EINVAL, argument, "size", str(len(address)), "It is shorter than a socket address of the family."
            )
        if family != self.family and not (self.family == AF_INET6 and family == AF_INET):
            name = flag_text(family, AddressFamily)
            raise call.refuse(
                Errno.EAFNOSUPPORT, argument, "family", name, f"The socket is one of {self._family_name}."
            )
        endpoint = unpack_endpoint(address)
        if self.ipv6_only and endpoint.is_ipv4:
            raise KernelError(Errno.ENETUNREACH, "The socket is for IPv6 only, the address is one of IPv4", "net")
        return endpoint

    @property
    def _family_name(self) -> str:
        return flag_text(self.family, AddressFamily)

    # -- binding -----------------------------------------------------------------------------------------------------

    def bind(self, call: Call, address: bytes) -> None:
        """Take a port of this machine, one of the kernel's choice for 0."""
        endpoint = self._checked_own(call, address)
        host = endpoint.host
        if not (endpoint.is_any or is_loopback(host) or is_multicast(host) or is_broadcast(host)):
            raise call.refuse(
                Errno.EADDRNOTAVAIL, "addr", "local", str(endpoint), "It is not an address of this machine."
            )
        if 0 < endpoint.port < FIRST_FREE and not call.task.credentials.capable(Capability.CAP_NET_BIND_SERVICE):
            raise call.refuse(
                Errno.EACCES, "addr", "capability", str(endpoint), f"Ports below {FIRST_FREE} are the superuser's."
            )
        if self.local is not None or self.is_connected:
            raise call.refuse(Errno.EINVAL, "sockfd", "unbound", str(self.local), "The socket is bound already.")
        self.take_port(call, endpoint)
        self.bound_host = host
        call.service("net", "bind", f"The socket has the address {self.local} now.")

    def _checked_own(self, call: Call, address: bytes) -> Endpoint:
        """The address that bind(2) is to take. Raises EINVAL, EAFNOSUPPORT."""
        family = int.from_bytes(address[:2], "little")
        if len(address) < _SHORTEST[self.family]:
            raise call.refuse(
                Errno.EINVAL, "addr", "size", str(len(address)), "It is shorter than a socket address of the family."
            )
        unspecified = self.family == AF_INET and family == AF_UNSPEC and address[4:8] == bytes(4)
        if family != self.family and not unspecified:
            name = flag_text(family, AddressFamily)
            raise call.refuse(Errno.EAFNOSUPPORT, "addr", "family", name, f"The socket is one of {self._family_name}.")
        endpoint = unpack_endpoint(address)
        if self.ipv6_only and endpoint.is_ipv4:
            raise call.refuse(Errno.EINVAL, "addr", "family", str(endpoint), "The socket is for IPv6 only.")
        return endpoint

    @property
    def is_connected(self) -> bool:
        """Whether it has left the state in which it can be bound."""
        return self.remote is not None

    def take_port(self, call: Call, endpoint: Endpoint, connecting: bool = False) -> None:
        """Occupy the port of `endpoint`, or a free one for 0. Raises EADDRINUSE, EADDRNOTAVAIL when connecting."""
        port = endpoint.port or self.net.free_port(self.protocol)
        if port is None:
            errno = Errno.EADDRNOTAVAIL if connecting else Errno.EADDRINUSE
            raise KernelError(errno, "All ports that the kernel gives out are in use", "net")
        wanted = Endpoint(endpoint.host, port)
        if endpoint.port:
            self.need_free(call, wanted)
        else:
            self.net.say("port", f"The kernel chooses port {port}.")
        self.local = wanted
        self.net.occupy(self, port)

    def need_free(self, call: Call, wanted: Endpoint) -> None:
        """Raises EADDRINUSE when another socket has the port and does not share it."""
        for other in self.net.sharers(self.protocol, wanted.port).values():
            if other is not self and self._overlaps(other, wanted) and not self._may_share(other):
                raise call.refuse(
                    Errno.EADDRINUSE, "addr", "free", str(wanted), f"Another socket uses {other.local} already."
                )

    def _overlaps(self, other: InetSock, wanted: Endpoint) -> bool:
        """Whether a packet to one address could be meant for the other."""
        if other.local is None:
            return False
        theirs, own = other.local.host, wanted.host
        if theirs == own:
            return True
        wide = {theirs, own} & {ANY4, ANY6}
        if not wide:
            return False
        if ANY6 in wide:
            only = other.ipv6_only if theirs == ANY6 else self.ipv6_only
            narrow = own if theirs == ANY6 else theirs
            return not (only and narrow.startswith(ANY4[:12]))
        return theirs.startswith(ANY4[:12]) and own.startswith(ANY4[:12])

    def _may_share(self, other: InetSock) -> bool:
        return (self.reuses and other.reuses and not other.listening) or (self.shares_port and other.shares_port)

    def leave_port(self) -> None:
        """Give the port back."""
        if self.local is not None:
            self.net.vacate(self, self.local.port)

    def matches(self, destination: Endpoint) -> int:
        """How well a socket without peer fits packets to `destination`: 0 not at all, more is better."""
        if self.local is None:
            return 0
        host = self.local.host
        native = 1 if self.family == (AF_INET if destination.is_ipv4 else AF_INET6) else 0
        if host == destination.host:
            return 4 + native
        if host == ANY4:
            return 2 + native if destination.is_ipv4 else 0
        if host == ANY6 and not (destination.is_ipv4 and self.ipv6_only):
            return 2 + native
        return 0

    # -- options -----------------------------------------------------------------------------------------------------

    def has_level(self, level: int) -> bool:
        """IP's own, IPv6's, and that of the protocol."""
        return level in (SocketLevel.SOL_IP, self.protocol) or (
            level == SocketLevel.SOL_IPV6 and self.family == AF_INET6
        )

    def set_option(self, call: Call, level: int, option: int, value: bytes) -> None:
        """Options of IP and IPv6. Raises ENOPROTOOPT, EINVAL."""
        known = self._options(call, level, option)
        if level == SocketLevel.SOL_IP and 1 <= len(value) < 4:
            number = value[0]
        elif len(value) < 4:
            raise call.refuse(Errno.EINVAL, "optlen", "size", str(len(value)), "The option's value is an int.")
        else:
            number = int.from_bytes(value[:4], "little", signed=True)
        if option == Ipv6Option.IPV6_V6ONLY and level == SocketLevel.SOL_IPV6:
            if self.local is not None:
                raise call.refuse(Errno.EINVAL, "optname", "unbound", str(self.local), "The socket is bound already.")
            number = int(bool(number))
        if option == IpOption.IP_TTL and level == SocketLevel.SOL_IP:
            if number == -1:
                number = known[option]
            elif not 1 <= number <= 255:
                raise call.refuse(Errno.EINVAL, "optval", "range", str(number), "A time to live is 1 to 255.")
        self.settings[level, option] = number

    def get_option(self, call: Call, level: int, option: int) -> bytes:
        """Options of IP and IPv6. Raises ENOPROTOOPT, EOPNOTSUPP (another level, of an IPv4 socket)."""
        if self.family == AF_INET and level != SocketLevel.SOL_IP:
            raise call.refuse(Errno.EOPNOTSUPP, "level", "range", str(level), "IPv4 sockets have no such level.")
        known = self._options(call, level, option)
        return self.setting(level, option, known[option]).to_bytes(4, "little", signed=True)

    def _options(self, call: Call, level: int, option: int) -> dict[int, int]:
        known: dict[int, int] = {}
        if level == SocketLevel.SOL_IP:
            known = {int(name): value for name, value in _IP_DEFAULTS.items()}
        elif level == SocketLevel.SOL_IPV6 and self.family == AF_INET6:
            known = {int(name): value for name, value in _IPV6_DEFAULTS.items()}
        if option not in known:
            raise call.refuse(
                Errno.ENOPROTOOPT, "optname", "range", str(option), "The protocol does not know the option."
            )
        return known
