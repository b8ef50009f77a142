"""Structs that sockets exchange, and how IP addresses are written (ip(7), ipv6(7), unix(7))."""

from __future__ import annotations

import struct

SOCKADDR_IN = struct.Struct("<H2s4s8x")
SOCKADDR_IN6 = struct.Struct("<H2sI16sI")

UCRED = struct.Struct("<iII")
"""`struct ucred`: pid, uid and gid of a peer or a sender (unix(7))."""

MAPPED_PREFIX = bytes(10) + b"\xff\xff"
"""First bytes of an IPv4 address written as an IPv6 one: `::ffff:127.0.0.1`."""


def ipv4_text(address: bytes) -> str:
    """`127.0.0.1`."""
    return ".".join(map(str, address))


def ipv6_text(address: bytes) -> str:
    """`::1`; the longest run of zeros, two groups at least, is left out, as inet_ntop(3) does."""
    if address.startswith(MAPPED_PREFIX):
        return f"::ffff:{ipv4_text(address[12:])}"
    groups = [int.from_bytes(address[at : at + 2], "big") for at in range(0, 16, 2)]
    best_start, best_length, start = 0, 1, 0
    while start < 8:
        length = 0
        while start + length < 8 and not groups[start + length]:
            length += 1
        if length > best_length:
            best_start, best_length = start, length
        start += length + 1
    if best_length == 1:
        return ":".join(f"{group:x}" for group in groups)
    before = ":".join(f"{group:x}" for group in groups[:best_start])
    after = ":".join(f"{group:x}" for group in groups[best_start + best_length :])
    return f"{before}::{after}"
