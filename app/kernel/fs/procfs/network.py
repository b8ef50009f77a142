"""/proc/net: sockets and interfaces (proc_pid_net(5)). There is only the loopback interface."""

from __future__ import annotations

from collections.abc import Callable

from app.kernel.fs.inode import Inode
from app.kernel.fs.pseudo import PseudoFile, PseudoSuperBlock, TableDirectory

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

_FILES = {
    "dev": _DEV,
    "tcp": f"{_TCP:<149}\n",
    "udp": f"{f' {_TCP} ref pointer drops':<127}\n",
    "tcp6": f"{_TCP6}\n",
    "udp6": f"{_TCP6} ref pointer drops\n",
    "unix": "Num       RefCount Protocol Flags    Type St Inode Path\n",
    "route": f"{_ROUTE:<127}\n",
}
"""Contents of the files, in the order in which Linux lists them. Lines of IPv4 tables have a fixed width."""


def directory(fs: PseudoSuperBlock) -> TableDirectory:
    """/proc/PID/net."""
    return TableDirectory(fs, {name: _maker(text) for name, text in _FILES.items()})


def _maker(text: str) -> Callable[[PseudoSuperBlock], Inode]:
    return lambda fs: PseudoFile(fs, lambda: text)
