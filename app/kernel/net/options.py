"""Options of every socket: the level SOL_SOCKET (socket(7))."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from app.kernel.abi.sockaddr import UCRED
from app.kernel.abi.socket_constants import AF_INET, AF_INET6, AF_UNIX, SOL_SOCKET, SocketOption
from app.kernel.clock import SECOND
from app.kernel.credentials import Capability
from app.kernel.errno import Errno, KernelError

from .skbuff import Ucred

if TYPE_CHECKING:
    from app.kernel.call import Call

    from .sock import Sock

_MIN_SEND_BUFFER = 4608
_MIN_RECEIVE_BUFFER = 2304
_MAX_BUFFER = 4_194_304
"""What SO_SNDBUF and SO_RCVBUF may ask for (/proc/sys/net/core/wmem_max, rmem_max)."""

_TICK = 4_000_000
"""Linux measures these times in ticks of its timer, 250 a second."""

_LONGEST_SECONDS = 2**63 // 250 - 2
_MAX_PRIORITY = 6
_NOBODY = Ucred(0, 0xFFFF_FFFF, 0xFFFF_FFFF)
_TIMEVALS = {4: struct.Struct("<ii"), 8: struct.Struct("<qq")}
"""`struct timeval` by the bytes of a word."""

_LINGER = struct.Struct("<ii")

_SWITCHES = (
    SocketOption.SO_REUSEADDR,
    SocketOption.SO_REUSEPORT,
    SocketOption.SO_DONTROUTE,
    SocketOption.SO_BROADCAST,
    SocketOption.SO_KEEPALIVE,
    SocketOption.SO_OOBINLINE,
    SocketOption.SO_NO_CHECK,
    SocketOption.SO_PASSCRED,
    SocketOption.SO_TIMESTAMP_OLD,
)
_TIMEOUTS = (
    SocketOption.SO_RCVTIMEO_OLD,
    SocketOption.SO_RCVTIMEO_NEW,
    SocketOption.SO_SNDTIMEO_OLD,
    SocketOption.SO_SNDTIMEO_NEW,
)
_RECEIVE_TIMEOUTS = _TIMEOUTS[:2]


def set_option(call: Call, sock: Sock, option: int, value: bytes) -> None:
    """Set an option. Raises EINVAL, EDOM, EPERM, EACCES, EOPNOTSUPP, ENOPROTOOPT."""
    if len(value) < 4:
        raise _refuse(call, Errno.EINVAL, "optlen", len(value), "The option's value is an int at least.")
    number = int.from_bytes(value[:4], "little", signed=True)
    who = call.task.credentials
    if option in _SWITCHES:
        _need_family(call, sock, option, bool(number))
        sock.settings[SOL_SOCKET, option] = int(bool(number))
    elif option == SocketOption.SO_DEBUG:
        if number and not who.capable(Capability.CAP_NET_ADMIN):
            raise _refuse(call, Errno.EACCES, "optval", number, "Debugging sockets is for the superuser.")
    elif option in (SocketOption.SO_SNDBUF, SocketOption.SO_RCVBUF):
        _set_buffer(sock, option, min(number & 0xFFFF_FFFF, _MAX_BUFFER))
    elif option in (SocketOption.SO_SNDBUFFORCE, SocketOption.SO_RCVBUFFORCE):
        if not who.capable(Capability.CAP_NET_ADMIN):
            raise _refuse(call, Errno.EPERM, "optname", option, "Only the superuser passes the limit of buffers.")
        forced = SocketOption.SO_SNDBUF if option == SocketOption.SO_SNDBUFFORCE else SocketOption.SO_RCVBUF
        _set_buffer(sock, forced, min(max(number, 0), _MAX_BUFFER))
    elif option == SocketOption.SO_PRIORITY:
        if not 0 <= number <= _MAX_PRIORITY and not who.capable(Capability.CAP_NET_ADMIN):
            raise _refuse(call, Errno.EPERM, "optval", number, f"Priorities are 0 to {_MAX_PRIORITY}.")
        sock.settings[SOL_SOCKET, option] = number
    elif option == SocketOption.SO_LINGER:
        if len(value) < _LINGER.size:
            raise _refuse(call, Errno.EINVAL, "optlen", len(value), "A struct linger has 8 bytes.")
        onoff, seconds = _LINGER.unpack(value[:8])
        sock.lingers = bool(onoff)
        sock.linger_seconds = seconds if onoff else sock.linger_seconds
    elif option == SocketOption.SO_RCVLOWAT:
        wanted = 2**31 - 1 if number < 0 else number or 1
        sock.low_water = min(wanted, sock.most_low_water)
    elif option in _TIMEOUTS:
        _set_timeout(call, sock, option, value)
    elif option == SocketOption.SO_MARK:
        raise _refuse(call, Errno.EPERM, "optname", option, "Marks are for the superuser.")
    elif option == SocketOption.SO_DETACH_FILTER:
        raise KernelError(Errno.ENOENT, "No filter is attached", "net")
    elif option != SocketOption.SO_BSDCOMPAT:
        raise _unknown(call, option)


def get_option(call: Call, sock: Sock, option: int) -> bytes:
    """The value of an option. Raises ENOPROTOOPT, EOPNOTSUPP, ENOTCONN."""
    numbers = {
        SocketOption.SO_DEBUG: 0,
        SocketOption.SO_TYPE: sock.kind,
        SocketOption.SO_PROTOCOL: sock.protocol,
        SocketOption.SO_DOMAIN: sock.family,
        SocketOption.SO_SNDBUF: sock.send_buffer,
        SocketOption.SO_RCVBUF: sock.receive_buffer,
        SocketOption.SO_RCVLOWAT: sock.low_water,
        SocketOption.SO_SNDLOWAT: 1,
        SocketOption.SO_ACCEPTCONN: int(sock.listening),
        SocketOption.SO_BSDCOMPAT: 0,
        SocketOption.SO_MARK: 0,
    }
    if option in (*_SWITCHES, SocketOption.SO_PRIORITY):
        _need_family(call, sock, option, False)
        return _int(sock.setting(SOL_SOCKET, option))
    if option in numbers:
        return _int(numbers[SocketOption(option)])
    if option == SocketOption.SO_ERROR:
        error, sock.error = sock.error, 0
        return _int(error)
    if option == SocketOption.SO_LINGER:
        return _LINGER.pack(int(sock.lingers), sock.linger_seconds)
    if option in _TIMEOUTS:
        timeout = sock.receive_timeout if option in _RECEIVE_TIMEOUTS else sock.send_timeout
        seconds, rest = divmod(timeout or 0, SECOND)
        return _timeval(call, option).pack(seconds, rest // 1000)
    if option == SocketOption.SO_PEERCRED:
        peer = sock.peer_credentials or _NOBODY
        return UCRED.pack(peer.pid, peer.uid, peer.gid)
    if option == SocketOption.SO_PEERNAME:
        return sock.peer_name()
    if option == SocketOption.SO_BINDTODEVICE:
        return b""
    raise _unknown(call, option)


def _need_family(call: Call, sock: Sock, option: int, wanted: bool) -> None:
    """Some options belong to some families. Raises EOPNOTSUPP."""
    foreign = option == SocketOption.SO_PASSCRED and sock.family != AF_UNIX
    foreign = foreign or (option == SocketOption.SO_REUSEPORT and wanted and sock.family not in (AF_INET, AF_INET6))
    if foreign:
        raise _refuse(call, Errno.EOPNOTSUPP, "optname", option, "Sockets of this family do not have the option.")


def _set_buffer(sock: Sock, option: int, size: int) -> None:
    """Linux doubles what is asked for: half is for its own bookkeeping (socket(7))."""
    if option == SocketOption.SO_SNDBUF:
        sock.send_buffer = max(size * 2, _MIN_SEND_BUFFER)
        sock.queue.wake_all()
    else:
        sock.receive_buffer = max(size * 2, _MIN_RECEIVE_BUFFER)
        sock.receive_buffer_is_fixed = True


def _timeval(call: Call, option: int) -> struct.Struct:
    """What a time limit is told in: the newer options have 64 bits everywhere."""
    old = option in (SocketOption.SO_RCVTIMEO_OLD, SocketOption.SO_SNDTIMEO_OLD)
    return _TIMEVALS[call.abi.info.word_size if old else 8]


def _set_timeout(call: Call, sock: Sock, option: int, value: bytes) -> None:
    form = _timeval(call, option)
    if len(value) < form.size:
        raise _refuse(call, Errno.EINVAL, "optlen", len(value), f"A struct timeval has {form.size} bytes.")
    seconds, micros = form.unpack(value[: form.size])
    if not 0 <= micros < 10**6:
        raise _refuse(call, Errno.EDOM, "optval", micros, "Microseconds are 0 to 999999.")
    ticks = -(-micros * 1000 // _TICK)
    timeout: int | None = seconds * SECOND + ticks * _TICK
    if seconds < 0:
        timeout = 0
    elif not timeout or seconds > _LONGEST_SECONDS:
        timeout = None
    if option in _RECEIVE_TIMEOUTS:
        sock.receive_timeout = timeout
    else:
        sock.send_timeout = timeout


def _int(value: int) -> bytes:
    return value.to_bytes(4, "little", signed=True)


def _refuse(call: Call, errno: Errno, argument: str, value: int, sentence: str) -> KernelError:
    return call.refuse(errno, argument, "option", str(value), sentence)


def _unknown(call: Call, option: int) -> KernelError:
    return _refuse(call, Errno.ENOPROTOOPT, "optname", option, "Sockets do not have the option, or it is read-only.")
