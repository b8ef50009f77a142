"""Options of TCP sockets (tcp(7))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.socket_constants import SOL_SOCKET, SocketLevel, SocketOption, TcpOption
from app.kernel.errno import Errno

from .tcp_machine import MAX_SEGMENT, TcpMachine, TcpState

if TYPE_CHECKING:
    from app.kernel.call import Call

_SOL_TCP = int(SocketLevel.SOL_TCP)
_DEFAULTS: dict[int, int] = {
    TcpOption.TCP_NODELAY: 0, TcpOption.TCP_MAXSEG: 536, TcpOption.TCP_CORK: 0, TcpOption.TCP_KEEPIDLE: 7200,
    TcpOption.TCP_KEEPINTVL: 75, TcpOption.TCP_KEEPCNT: 9, TcpOption.TCP_SYNCNT: 6, TcpOption.TCP_LINGER2: 60,
    TcpOption.TCP_DEFER_ACCEPT: 0, TcpOption.TCP_WINDOW_CLAMP: 0, TcpOption.TCP_QUICKACK: 1,
    TcpOption.TCP_USER_TIMEOUT: 0, TcpOption.TCP_FASTOPEN: 0,
}  # fmt: skip
_RANGES: dict[int, tuple[int, int]] = {
    TcpOption.TCP_KEEPIDLE: (1, 32_767), TcpOption.TCP_KEEPINTVL: (1, 32_767), TcpOption.TCP_KEEPCNT: (1, 127),
    TcpOption.TCP_SYNCNT: (1, 127), TcpOption.TCP_USER_TIMEOUT: (0, 2**31 - 1),
}  # fmt: skip
_SWITCHES = (TcpOption.TCP_NODELAY, TcpOption.TCP_CORK, TcpOption.TCP_QUICKACK)
_CONGESTION = b"cubic"
_INFO_SIZE = 248


def urgent_inline(sock: TcpMachine) -> bool:
    """SO_OOBINLINE."""
    return bool(sock.setting(SOL_SOCKET, SocketOption.SO_OOBINLINE))


def set_option(call: Call, sock: TcpMachine, level: int, option: int, value: bytes) -> bool:
    """Set an option of the TCP level; False when it is none. Raises ENOPROTOOPT, EINVAL, ENOENT."""
    if level != _SOL_TCP:
        return False
    if option == TcpOption.TCP_CONGESTION:
        if value.split(b"\0")[0] not in (_CONGESTION, b"reno"):
            raise call.refuse(Errno.ENOENT, "optval", "range", repr(value), "There is no such congestion control.")
        return True
    if len(value) < 4:
        raise call.refuse(Errno.EINVAL, "optlen", "size", str(len(value)), "The option's value is an int.")
    number = int.from_bytes(value[:4], "little", signed=True)
    if option not in _DEFAULTS:
        raise call.refuse(Errno.ENOPROTOOPT, "optname", "range", str(option), "TCP does not know the option.")
    low, high = _RANGES.get(option, (-(2**31), 2**31 - 1))
    if option == TcpOption.TCP_MAXSEG and number:
        low, high = 88, 32_767
    if not low <= number <= high:
        raise call.refuse(Errno.EINVAL, "optval", "range", str(number), f"The option takes {low} to {high}.")
    sock.settings[level, option] = int(bool(number)) if option in _SWITCHES else number
    return True


def get_option(call: Call, sock: TcpMachine, level: int, option: int) -> bytes | None:
    """The value of an option of the TCP level; None when it is none. Raises ENOPROTOOPT."""
    if level != _SOL_TCP:
        return None
    if option == TcpOption.TCP_CONGESTION:
        return _CONGESTION.ljust(16, b"\0")
    if option == TcpOption.TCP_INFO:
        return bytes([sock.state]).ljust(_INFO_SIZE, b"\0")
    if option not in _DEFAULTS:
        raise call.refuse(Errno.ENOPROTOOPT, "optname", "range", str(option), "TCP does not know the option.")
    number = sock.setting(level, option, _DEFAULTS[option])
    if option == TcpOption.TCP_MAXSEG and sock.state not in (TcpState.CLOSED, TcpState.LISTEN):
        number = MAX_SEGMENT
    return number.to_bytes(4, "little", signed=True)
