"""Socket addresses, options and ancillary data as strace(1) prints them."""

from __future__ import annotations

import struct

from .sockaddr import SOCKADDR_IN, SOCKADDR_IN6, ipv4_text, ipv6_text
from .socket_constants import (
    AF_INET,
    AF_INET6,
    AF_UNIX,
    SCM_CREDENTIALS,
    SCM_RIGHTS,
    SOL_SOCKET,
    AddressFamily,
    CmsgType,
    IpOption,
    Ipv6Option,
    SocketLevel,
    SocketOption,
    TcpOption,
)
from .text import flag_text, quote

_OPTIONS = {0: IpOption, 1: SocketOption, 6: TcpOption, 41: Ipv6Option}
_NO_ID = 0xFFFF_FFFF
CONTROL_HEADERS = {4: struct.Struct("<IiI"), 8: struct.Struct("<QiI")}
"""`struct cmsghdr`, by the bytes of a word, to which it and its data are padded."""


def family_text(family: int) -> str:
    """`AF_INET`."""
    return flag_text(family, AddressFamily)


def sockaddr_text(data: bytes) -> str:
    """`{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}`."""
    family = int.from_bytes(data[:2], "little")
    shown = f"sa_family={family_text(family)}"
    if len(data) > 2:
        if family == AF_UNIX:
            shown += f", sun_path={_path_text(data[2:])}"
        elif family == AF_INET and len(data) >= SOCKADDR_IN.size:
            _, port, host = SOCKADDR_IN.unpack(data[: SOCKADDR_IN.size])
            shown += f', sin_port=htons({int.from_bytes(port, "big")}), sin_addr=inet_addr("{ipv4_text(host)}")'
        elif family == AF_INET6 and len(data) >= 24:
            _, port, flow, host, scope = SOCKADDR_IN6.unpack(data[: SOCKADDR_IN6.size].ljust(SOCKADDR_IN6.size, b"\0"))
            shown += (
                f", sin6_port=htons({int.from_bytes(port, 'big')})"
                f", sin6_flowinfo=htonl({int.from_bytes(flow.to_bytes(4, 'little'), 'big')})"
                f', inet_pton(AF_INET6, "{ipv6_text(host)}", &sin6_addr)'
            )
            if len(data) >= SOCKADDR_IN6.size:
                shown += f", sin6_scope_id={scope}"
        else:
            shown += f", sa_data={quote(data[2:], None)}"
    return "{" + shown + "}"


def _path_text(path: bytes) -> str:
    if path.startswith(b"\0"):
        return "@" + quote(path[1:], None)
    return quote(path.split(b"\0")[0], None)


def level_text(level: int) -> str:
    """`SOL_SOCKET`."""
    return flag_text(level, SocketLevel).replace("SOL_???", "SOL_??")


def option_text(level: int, option: int) -> str:
    """The name of a socket option: `SO_REUSEADDR`."""
    names = _OPTIONS.get(level)
    if names is None:
        return str(option & 0xFFFF_FFFF)
    return flag_text(option, names)


def control_text(control: bytes, word: int = 8) -> str:
    """Ancillary data: `[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[3]}]`."""
    parts = []
    at = 0
    header = CONTROL_HEADERS[word]
    while len(control) - at >= header.size:
        length, level, kind = header.unpack_from(control, at)
        shown = f"cmsg_len={length}, cmsg_level={level_text(level)}"
        name = flag_text(kind, CmsgType) if level == SOL_SOCKET else f"{kind:#x}"
        shown += f", cmsg_type={name}"
        data = control[at + header.size : at + min(length, len(control) - at)]
        if level == SOL_SOCKET and kind == SCM_RIGHTS and len(data) >= 4:
            numbers = struct.unpack_from(f"<{len(data) // 4}i", data)
            shown += f", cmsg_data=[{', '.join(map(str, numbers))}]"
        elif level == SOL_SOCKET and kind == SCM_CREDENTIALS and len(data) == 12:
            shown += f", cmsg_data={ucred_text(data)}"
        elif data:
            shown += f", cmsg_data={quote(data, None)}"
        parts.append("{" + shown + "}")
        if length < header.size:
            break
        at += -(-length // word) * word
    return f"[{', '.join(parts)}]"


def ucred_text(data: bytes) -> str:
    """`{pid=1, uid=0, gid=0}`."""
    pid, uid, gid = struct.unpack("<iII", data)
    shown_uid, shown_gid = (-1 if ident == _NO_ID else ident for ident in (uid, gid))
    return f"{{pid={pid}, uid={shown_uid}, gid={shown_gid}}}"
