"""/proc/net: sockets and interfaces (proc_pid_net(5)). There is only the loopback interface."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.kernel.abi.socket_constants import AF_INET, AF_INET6
from app.kernel.fs.inode import Inode
from app.kernel.fs.pseudo import PseudoFile, PseudoSuperBlock, TableDirectory
from app.kernel.net.address import Endpoint, any_host
from app.kernel.net.socket import SocketFile
from app.kernel.net.tcp import TcpSock
from app.kernel.net.tcp_machine import TcpState
from app.kernel.net.udp import UdpSock
from app.kernel.net.unix import UnixSock

if TYPE_CHECKING:
    from app.kernel.kernel import Kernel
    from app.kernel.net.inet import InetSock

_TCP = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
_TCP6 = (
    "  sl  local_address                         remote_address                        "
    "st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
)
_DEV = (
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier"
    " compressed\n"
    "    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0"
    "          0\n"
)
_ROUTE = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT"

_UNIX = "Num       RefCount Protocol Flags    Type St Inode Path"
_NO_ADDRESS = 0
"""What stands for the address of a kernel structure: none is shown to an ordinary user (kptr_restrict)."""

_ACCEPTS = 0x1_0000
_CONNECTED, _UNCONNECTED = 3, 1
IPV4_TCP_WIDTH, IPV4_UDP_WIDTH = 149, 127


def sockets(kernel: Kernel) -> list[SocketFile]:
    """The sockets that some process has open, by inode number."""
    tables = {id(task.files): task.files for task in kernel.tasks.values()}
    files = {
        file.inode.number: file
        for table in tables.values()
        for number in table.numbers()
        if isinstance(file := table.get(number), SocketFile)
    }
    return [files[number] for number in sorted(files)]


def tcp(kernel: Kernel, family: int) -> list[str]:
    """TCP end points: those of open sockets that have a port, then what is left of connections without a socket."""
    owned = [
        (file.sock, file.inode.uid, file.inode.number)
        for file in sockets(kernel)
        if isinstance(file.sock, TcpSock) and file.sock.family == family and file.sock.local is not None
    ]
    known = {id(sock) for sock, _, _ in owned}
    left = [(sock, 0, 0) for sock in kernel.net.connections.values() if id(sock) not in known and sock.family == family]
    heading = f"{_TCP:<{IPV4_TCP_WIDTH}}\n" if family == AF_INET else f"{_TCP6}\n"
    width = IPV4_TCP_WIDTH if family == AF_INET else 0
    lines = [heading]
    for index, (sock, uid, inode) in enumerate((*owned, *left)):
        waiting = len(sock.accept_queue) if sock.listening else sock.queued
        where = _addresses(sock, family)
        queues = f"{sock.state:02X} {len(sock.unsent):08X}:{waiting:08X} 00:00000000 00000000"
        line = f"{index:4d}: {where} {queues} {uid:5d} {0:8d} {inode} 1 {_NO_ADDRESS:016x} 100 0 0 10 0"
        lines.append(f"{line:<{width}}\n")
    return lines


def udp(kernel: Kernel, family: int) -> list[str]:
    """UDP end points that have a port."""
    heading = f"{f' {_TCP} ref pointer drops':<{IPV4_UDP_WIDTH}}" if family == AF_INET else f"{_TCP6} ref pointer drops"
    width = IPV4_UDP_WIDTH if family == AF_INET else 0
    lines = [f"{heading}\n"]
    for file in sockets(kernel):
        sock = file.sock
        if isinstance(sock, UdpSock) and sock.family == family and sock.local is not None:
            state = TcpState.ESTABLISHED if sock.is_connected else TcpState.CLOSED
            queues = f"{state:02X} {sock.send_charge:08X}:{sock.receive_charge:08X} 00:00000000 00000000"
            owner = f"{file.inode.uid:5d} {0:8d} {file.inode.number}"
            line = f"{sock.local.port:5d}: {_addresses(sock, family)} {queues} {owner} 2 {_NO_ADDRESS:016x} 0"
            lines.append(f"{line:<{width}}\n")
    return lines


def unix(kernel: Kernel) -> list[str]:
    """UNIX sockets and their names; an abstract name begins with `@`."""
    lines = [f"{_UNIX}\n"]
    for file in sockets(kernel):
        sock = file.sock
        if not isinstance(sock, UnixSock):
            continue
        flags = _ACCEPTS if sock.listening else 0
        state = _CONNECTED if sock.peer is not None else _UNCONNECTED
        references = 2 + (sock.peer is not None)
        line = f"{_NO_ADDRESS:016x}: {references:08X} {0:08X} {flags:08X} {sock.kind:04X} {state:02X}"
        lines.append(f"{line} {file.inode.number:5d}{_unix_name(sock.address)}\n")
    return lines


def _unix_name(name: bytes | None) -> str:
    if name is None:
        return ""
    shown = name.replace(b"\0", b"@") if name.startswith(b"\0") else name.rstrip(b"\0")
    return " " + os.fsdecode(shown)


def _addresses(sock: InetSock, family: int) -> str:
    """`local:port remote:port`: words of the address in the byte order of the machine, ports as people read them."""
    return " ".join(_address(end, family) for end in (sock.local, sock.remote))


def _address(end: Endpoint | None, family: int) -> str:
    host, port = (end.host, end.port) if end is not None else (any_host(family), 0)
    words = host[12:] if family == AF_INET else host
    shown = "".join(f"{int.from_bytes(words[at : at + 4], 'little'):08X}" for at in range(0, len(words), 4))
    return f"{shown}:{port:04X}"


_FILES: dict[str, Callable[[Kernel], str | list[str]]] = {
    "dev": lambda kernel: _DEV,
    "raw": lambda kernel: f"{_TCP} ref pointer drops\n",
    "tcp": lambda kernel: tcp(kernel, AF_INET),
    "udp": lambda kernel: udp(kernel, AF_INET),
    "raw6": lambda kernel: f"{_TCP6} ref pointer drops\n",
    "tcp6": lambda kernel: tcp(kernel, AF_INET6),
    "udp6": lambda kernel: udp(kernel, AF_INET6),
    "unix": unix,
    "route": lambda kernel: f"{_ROUTE:<127}\n",
}
"""The files, in the order in which Linux lists them."""


def directory(fs: PseudoSuperBlock) -> TableDirectory:
    """/proc/PID/net."""
    return TableDirectory(fs, {name: _maker(show) for name, show in _FILES.items()})


def _maker(show: Callable[[Kernel], str | list[str]]) -> Callable[[PseudoSuperBlock], Inode]:
    return lambda fs: PseudoFile(fs, lambda: show(fs.kernel))
