"""Constants of sockets with the names and values Linux gives them on x86-64 (socket(7), ip(7), tcp(7), unix(7)).

As in `constants.py`, members stand in the order in which strace lists them. Sources: the uapi headers of Linux.
"""

from __future__ import annotations

from enum import IntEnum

from .constants import FIELD_MASKS
from .flags import Flags

SOMAXCONN = 4096
"""Longest queue that listen(2) grants (/proc/sys/net/core/somaxconn)."""

SOL_SOCKET = 1
SOL_UDP = 17

SHUT_RD = 0
SHUT_WR = 1
SHUT_RDWR = 2

SCM_RIGHTS = 1
SCM_CREDENTIALS = 2

AF_UNSPEC = 0
AF_UNIX = 1
AF_INET = 2
AF_INET6 = 10
AF_PACKET = 17

SOCK_STREAM = 1
SOCK_DGRAM = 2
SOCK_RAW = 3
SOCK_SEQPACKET = 5
SOCK_PACKET = 10
SOCK_TYPE_MASK = 0xF

_FAMILIES = (
    "UNSPEC UNIX INET AX25 IPX APPLETALK NETROM BRIDGE ATMPVC X25 INET6 ROSE DECnet NETBEUI SECURITY KEY NETLINK "
    "PACKET ASH ECONET ATMSVC RDS SNA IRDA PPPOX WANPIPE LLC IB MPLS CAN TIPC BLUETOOTH IUCV RXRPC ISDN PHONET "
    "IEEE802154 CAIF ALG NFC VSOCK KCM QIPCRTR SMC XDP MCTP"
)

AddressFamily = IntEnum("AddressFamily", {f"AF_{name}": number for number, name in enumerate(_FAMILIES.split())})  # type: ignore[misc]
"""Address families, address_families(7)."""


class SocketType(Flags):
    """`type` of socket(2): the type is a four-bit field, the rest are flags."""

    SOCK_STREAM = 1
    SOCK_DGRAM = 2
    SOCK_RAW = 3
    SOCK_RDM = 4
    SOCK_SEQPACKET = 5
    SOCK_DCCP = 6
    SOCK_PACKET = 10
    SOCK_CLOEXEC = 0o2000000
    SOCK_NONBLOCK = 0o4000


class AcceptFlag(Flags):
    """Flags of accept4(2)."""

    SOCK_CLOEXEC = 0o2000000
    SOCK_NONBLOCK = 0o4000


FIELD_MASKS[SocketType] = SOCK_TYPE_MASK


class IpProtocol(IntEnum):
    """Protocols of AF_INET and AF_INET6, ip(7)."""

    IPPROTO_IP = 0
    IPPROTO_ICMP = 1
    IPPROTO_IGMP = 2
    IPPROTO_IPIP = 4
    IPPROTO_TCP = 6
    IPPROTO_EGP = 8
    IPPROTO_PUP = 12
    IPPROTO_UDP = 17
    IPPROTO_IDP = 22
    IPPROTO_TP = 29
    IPPROTO_DCCP = 33
    IPPROTO_IPV6 = 41
    IPPROTO_ICMPV6 = 58
    IPPROTO_SCTP = 132
    IPPROTO_UDPLITE = 136
    IPPROTO_RAW = 255
    IPPROTO_MPTCP = 262


class MsgFlag(Flags):
    """Flags of send(2) and recv(2)."""

    MSG_OOB = 0x1
    MSG_PEEK = 0x2
    MSG_DONTROUTE = 0x4
    MSG_CTRUNC = 0x8
    MSG_PROBE = 0x10
    MSG_TRUNC = 0x20
    MSG_DONTWAIT = 0x40
    MSG_EOR = 0x80
    MSG_WAITALL = 0x100
    MSG_FIN = 0x200
    MSG_SYN = 0x400
    MSG_CONFIRM = 0x800
    MSG_RST = 0x1000
    MSG_ERRQUEUE = 0x2000
    MSG_NOSIGNAL = 0x4000
    MSG_MORE = 0x8000
    MSG_WAITFORONE = 0x1_0000
    MSG_BATCH = 0x4_0000
    MSG_ZEROCOPY = 0x400_0000
    MSG_FASTOPEN = 0x2000_0000
    MSG_CMSG_CLOEXEC = 0x4000_0000
    MSG_CMSG_COMPAT = 0x8000_0000


class ShutdownHow(IntEnum):
    """`how` of shutdown(2)."""

    SHUT_RD = 0
    SHUT_WR = 1
    SHUT_RDWR = 2


class SocketLevel(IntEnum):
    """`level` of setsockopt(2), and `cmsg_level` of cmsg(3)."""

    SOL_IP = 0
    SOL_SOCKET = 1
    SOL_TCP = 6
    SOL_UDP = 17
    SOL_IPV6 = 41
    SOL_ICMPV6 = 58
    SOL_RAW = 255
    SOL_PACKET = 263
    SOL_NETLINK = 270


class SocketOption(IntEnum):
    """Options of SOL_SOCKET, socket(7)."""

    SO_DEBUG = 1
    SO_REUSEADDR = 2
    SO_TYPE = 3
    SO_ERROR = 4
    SO_DONTROUTE = 5
    SO_BROADCAST = 6
    SO_SNDBUF = 7
    SO_RCVBUF = 8
    SO_KEEPALIVE = 9
    SO_OOBINLINE = 10
    SO_NO_CHECK = 11
    SO_PRIORITY = 12
    SO_LINGER = 13
    SO_BSDCOMPAT = 14
    SO_REUSEPORT = 15
    SO_PASSCRED = 16
    SO_PEERCRED = 17
    SO_RCVLOWAT = 18
    SO_SNDLOWAT = 19
    SO_RCVTIMEO_OLD = 20
    SO_SNDTIMEO_OLD = 21
    SO_BINDTODEVICE = 25
    SO_ATTACH_FILTER = 26
    SO_DETACH_FILTER = 27
    SO_PEERNAME = 28
    SO_TIMESTAMP_OLD = 29
    SO_ACCEPTCONN = 30
    SO_PEERSEC = 31
    SO_SNDBUFFORCE = 32
    SO_RCVBUFFORCE = 33
    SO_PASSSEC = 34
    SO_MARK = 36
    SO_PROTOCOL = 38
    SO_DOMAIN = 39
    SO_PEEK_OFF = 42
    SO_INCOMING_CPU = 49
    SO_MEMINFO = 55
    SO_COOKIE = 57
    SO_PEERGROUPS = 59
    SO_RCVTIMEO_NEW = 66
    SO_SNDTIMEO_NEW = 67
    SO_PEERPIDFD = 77


class IpOption(IntEnum):
    """Options of SOL_IP, ip(7)."""

    IP_TOS = 1
    IP_TTL = 2
    IP_HDRINCL = 3
    IP_OPTIONS = 4
    IP_RECVOPTS = 6
    IP_PKTINFO = 8
    IP_MTU_DISCOVER = 10
    IP_RECVERR = 11
    IP_RECVTTL = 12
    IP_RECVTOS = 13
    IP_MTU = 14
    IP_FREEBIND = 15
    IP_TRANSPARENT = 19
    IP_MULTICAST_IF = 32
    IP_MULTICAST_TTL = 33
    IP_MULTICAST_LOOP = 34
    IP_ADD_MEMBERSHIP = 35
    IP_DROP_MEMBERSHIP = 36


class Ipv6Option(IntEnum):
    """Options of SOL_IPV6, ipv6(7)."""

    IPV6_UNICAST_HOPS = 16
    IPV6_MULTICAST_IF = 17
    IPV6_MULTICAST_HOPS = 18
    IPV6_MULTICAST_LOOP = 19
    IPV6_MTU_DISCOVER = 23
    IPV6_MTU = 24
    IPV6_RECVERR = 25
    IPV6_V6ONLY = 26
    IPV6_RECVPKTINFO = 49
    IPV6_RECVHOPLIMIT = 51
    IPV6_RECVTCLASS = 66
    IPV6_TCLASS = 67


class TcpOption(IntEnum):
    """Options of SOL_TCP, tcp(7)."""

    TCP_NODELAY = 1
    TCP_MAXSEG = 2
    TCP_CORK = 3
    TCP_KEEPIDLE = 4
    TCP_KEEPINTVL = 5
    TCP_KEEPCNT = 6
    TCP_SYNCNT = 7
    TCP_LINGER2 = 8
    TCP_DEFER_ACCEPT = 9
    TCP_WINDOW_CLAMP = 10
    TCP_INFO = 11
    TCP_QUICKACK = 12
    TCP_CONGESTION = 13
    TCP_USER_TIMEOUT = 18
    TCP_FASTOPEN = 23


class CmsgType(IntEnum):
    """`cmsg_type` of SOL_SOCKET, unix(7)."""

    SCM_RIGHTS = 1
    SCM_CREDENTIALS = 2
