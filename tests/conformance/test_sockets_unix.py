"""Sockets of the UNIX domain compared with Linux."""

from __future__ import annotations

from tests.conformance.harness import Buffer, Loaded, call, check

AF_UNIX = 1
STREAM, DGRAM, SEQPACKET = 1, 2, 5


def test_pair() -> None:
    check(
        call("socketpair", AF_UNIX, STREAM, 0, Buffer("p", 8), dump=[("p", 0, 8)]),
        call("write", Loaded("p", 0), b"hello", 5),
        call("read", Loaded("p", 4), Buffer("b", 16), 16, dump=[("b", 0, 16)]),
        call("close", Loaded("p", 0)),
        call("read", Loaded("p", 4), Buffer("b", 16), 16),
    )
