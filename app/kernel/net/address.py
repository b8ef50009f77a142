"""IP addresses and ports: which stand for what, and how they come from and go to a `struct sockaddr`."""

from __future__ import annotations

from msgspec import Struct

from app.kernel.abi.sockaddr import MAPPED_PREFIX, SOCKADDR_IN, SOCKADDR_IN6, ipv4_text, ipv6_text
from app.kernel.abi.socket_constants import AF_INET, AF_INET6

ANY4 = MAPPED_PREFIX + bytes(4)
ANY6 = bytes(16)
LOOPBACK4 = MAPPED_PREFIX + b"\x7f\0\0\1"
LOOPBACK6 = bytes(15) + b"\1"
BROADCAST4 = MAPPED_PREFIX + b"\xff" * 4


class Endpoint(Struct, frozen=True):
    """An address and a port. `host` has 16 bytes; an IPv4 address is held as `::ffff:a.b.c.d`."""

    host: bytes
    port: int

    @property
    def is_ipv4(self) -> bool:
        """Whether packets to it are IPv4 packets."""
        return self.host.startswith(MAPPED_PREFIX)

    @property
    def is_any(self) -> bool:
        """Whether it stands for every address of the machine."""
        return self.host in (ANY4, ANY6)

    def __str__(self) -> str:
        if self.is_ipv4:
            return f"{ipv4_text(self.host[12:])}:{self.port}"
        return f"[{ipv6_text(self.host)}]:{self.port}"


def any_host(family: int) -> bytes:
    """The address that stands for all addresses of a family."""
    return ANY4 if family == AF_INET else ANY6


def is_loopback(host: bytes) -> bool:
    """Whether it belongs to the loopback interface: all of 127.0.0.0/8, and ::1."""
    return host == LOOPBACK6 or (host.startswith(MAPPED_PREFIX) and host[12] == 127)


def is_multicast(host: bytes) -> bool:
    """Whether it names a group: 224.0.0.0/4, or ff00::/8."""
    return host[12] >> 4 == 14 if host.startswith(MAPPED_PREFIX) else host[0] == 0xFF


def is_broadcast(host: bytes) -> bool:
    """Whether it names every machine of a network: 255.255.255.255, or the last address of 127.0.0.0/8."""
    return host in (BROADCAST4, MAPPED_PREFIX + b"\x7f\xff\xff\xff")


def unpack_endpoint(data: bytes) -> Endpoint:
    """What a `struct sockaddr_in` or, by its family, `struct sockaddr_in6` says; it is long enough."""
    if int.from_bytes(data[:2], "little") == AF_INET6:
        _, port, _, host, _ = SOCKADDR_IN6.unpack(data[:28].ljust(28, b"\0"))
    else:
        _, port, address = SOCKADDR_IN.unpack(data[:16])
        host = MAPPED_PREFIX + address
    return Endpoint(host, int.from_bytes(port, "big"))


def pack_endpoint(endpoint: Endpoint, family: int) -> bytes:
    """The `struct sockaddr` of `family` for an endpoint."""
    port = endpoint.port.to_bytes(2, "big")
    if family == AF_INET:
        return SOCKADDR_IN.pack(AF_INET, port, endpoint.host[12:])
    return SOCKADDR_IN6.pack(AF_INET6, port, 0, endpoint.host, 0)
