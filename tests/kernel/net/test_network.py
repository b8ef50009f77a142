"""What of the network cannot be compared with the test machine: its own addresses, its limits, its virtual time."""

from __future__ import annotations

import struct

import pytest

from app.kernel.abi.sockaddr import ipv6_text
from app.kernel.config import KernelConfig
from app.kernel.kernel import Kernel
from app.kernel.net.address import Endpoint
from app.kernel.net.skbuff import datagram_truesize, stream_truesize, udp_truesize
from app.trace.events import Return, RunEnd, Service
from app.trace.recorder import Recorder
from tests.conformance.harness import Buffer, Call, FedConsole, Loaded, Outcome, Packed, Result, call, compile_case
from tests.conformance.harness import run_here as run_case
from tests.conformance.sockets import (
    AF_INET,
    AF_INET6,
    AF_NETLINK,
    AF_PACKET,
    AF_UNIX,
    DGRAM,
    MSG_DONTWAIT,
    MSG_NOSIGNAL,
    NONBLOCK,
    RAW,
    STREAM,
    cmsg,
    message,
    sin,
    sin6,
    socket_pair,
)

ADDRESS = Buffer("address", 16)
LEFT, RIGHT = Loaded("p", 0), Loaded("p", 4)


def results(*steps: Call) -> list[str]:
    """What the steps return, in words."""
    return answers(run_case(compile_case(steps)), len(steps))


def answers(outcome: Outcome, count: int) -> list[str]:
    returned = [event.text for event in outcome.events if isinstance(event, Return)]
    assert outcome.status == 0
    mine = [
        text for text, strace in zip(returned, _lines(outcome), strict=True) if not strace.startswith("write(1000,")
    ]
    return mine[-count:]


def _lines(outcome: Outcome) -> list[str]:
    return [event.strace for event in outcome.events if isinstance(event, Return)]


def steps_of(outcome: Outcome) -> list[str]:
    return [event.sentence for event in outcome.events if isinstance(event, Service) and event.subsystem == "net"]


def listening(backlog: int = 5) -> list[Call]:
    return [
        call("socket", AF_INET, STREAM, 0),
        call("bind", Result(0), sin(), 16),
        call("getsockname", Result(0), ADDRESS, Packed([16])),
        call("listen", Result(0), backlog),
    ]


@pytest.mark.parametrize("kind", [STREAM, DGRAM])
def test_there_is_no_other_network(kind: int) -> None:
    answered = results(
        call("socket", AF_INET, kind, 0),
        call("connect", Result(0), sin("8.8.8.8", 53), 16),
        call("sendto", Result(0), b"x", 1, MSG_NOSIGNAL, sin("192.168.1.1", 53), 16),
        call("bind", Result(0), sin("192.0.2.2", 0), 16),
        call("socket", AF_INET6, kind, 0),
        call("connect", Result(4), sin6(b"\x20\x01" + bytes(14), 53), 28),
    )
    assert answered[1] == "-1 ENETUNREACH"
    assert answered[2] == ("-1 EPIPE" if kind == STREAM else "-1 ENETUNREACH")
    assert answered[3] == ("-1 EADDRNOTAVAIL")
    assert answered[5] == "-1 ENETUNREACH"


def test_families_that_are_not_there() -> None:
    assert results(
        call("socket", AF_NETLINK, RAW, 0), call("socket", AF_PACKET, RAW, 0), call("socket", AF_INET, RAW, 1)
    ) == ["-1 EAFNOSUPPORT", "-1 EPERM", "-1 EPERM"]


def test_ports_are_given_out_in_turn() -> None:
    steps = [
        *(call("socket", AF_INET, DGRAM, 0) for _ in range(3)),
        *(call("bind", Result(index), sin(), 16) for index in range(3)),
        *(call("getsockname", Result(index), ADDRESS, Packed([16]), dump=[("address", 2, 2)]) for index in range(3)),
    ]
    first, second = (run_case(compile_case(steps)) for _ in range(2))
    assert first.stdout == second.stdout
    assert [line for line in first.stdout.decode().split() if len(line) == 4] == ["8000", "8001", "8002"]


def test_the_handshake_is_told() -> None:
    steps = [
        *listening(),
        call("socket", AF_INET, STREAM, 0),
        call("connect", Result(4), ADDRESS, 16),
        call("accept", Result(0), 0, 0),
        call("write", Result(4), b"hello", 5),
        call("close", Result(4)),
        call("close", Result(6)),
    ]
    told = " ".join(steps_of(run_case(compile_case(steps))))
    words = [
        "LISTEN", "CLOSED to SYN-SENT", "Segment: SYN from 127.0.0.1:32769 to 127.0.0.1:32768, seq 0", "SYN-RECEIVED",
        "Segment: SYN, ACK", "SYN-SENT to ESTABLISHED", "Segment: ACK", "SYN-RECEIVED to ESTABLISHED",
        "PSH, ACK from 127.0.0.1:32769 to 127.0.0.1:32768, seq 1, ack 1, 5 bytes", "receive buffer",
        "ESTABLISHED to FIN-WAIT-1", "FIN, ACK", "ESTABLISHED to CLOSE-WAIT", "FIN-WAIT-1 to FIN-WAIT-2", "RST",
    ]  # fmt: skip
    position = 0
    for word in words:
        assert word in told[position:], word
        position = told.index(word, position)


def test_time_wait_ends_after_a_minute() -> None:
    def ended(seconds: int) -> str:
        return results(
            *listening(),
            call("socket", AF_INET, STREAM, 0),
            call("connect", Result(4), ADDRESS, 16),
            call("accept", Result(0), 0, 0),
            call("close", Result(6)),
            call("close", Result(4)),
            call("close", Result(0)),
            call("nanosleep", Packed([seconds, 0]), 0),
            call("socket", AF_INET, STREAM, 0),
            call("bind", Result(11), ADDRESS, 16),
        )[-1]

    assert ended(59) == "-1 EADDRINUSE"
    assert ended(61) == "0"


def test_nobody_answers_a_full_queue() -> None:
    answered = results(
        *listening(0),
        call("socket", AF_INET, STREAM, 0),
        call("connect", Result(4), ADDRESS, 16),
        call("clock_gettime", 1, Buffer("before", 16)),
        call("socket", AF_INET, STREAM, 0),
        call("connect", Result(7), ADDRESS, 16),
        call("clock_gettime", 1, Buffer("after", 16)),
    )
    assert answered[-2] == "-1 ETIMEDOUT"


def test_open_files_in_flight_are_limited() -> None:
    control = cmsg(1, struct.pack("<253i", *[0] * 253))
    steps = [
        socket_pair(DGRAM),
        *(call("sendmsg", LEFT, message(b"x", 1, control=control, control_length=len(control)), MSG_DONTWAIT)
          for _ in range(6)),
    ]  # fmt: skip
    assert results(*steps)[1:] == ["1", "1", "1", "1", "-1 ETOOMANYREFS", "-1 ETOOMANYREFS"]


def test_a_long_chain_of_sockets_in_sockets_is_let_go() -> None:
    """Each pair carries both ends of the pair before; closing the last one ends all of them."""
    depth = 350
    steps = [socket_pair(STREAM, "p0")]
    for index in range(1, depth):
        before, now, control = f"p{index - 1}", f"p{index}", Buffer(f"c{index}", 24)
        steps += [
            socket_pair(STREAM, now),
            call("pipe", Buffer("copy", 8)),
            call("write", Loaded("copy", 4), struct.pack("<Qii", 24, 1, 1), 16),
            call("write", Loaded("copy", 4), Buffer(before), 8),
            call("read", Loaded("copy", 0), control, 24),
            call("close", Loaded("copy", 0)),
            call("close", Loaded("copy", 4)),
            call("sendmsg", Loaded(now, 0), message(b"x", 1, control=control, control_length=24), MSG_DONTWAIT),
            call("close", Loaded(before, 0)),
            call("close", Loaded(before, 4)),
        ]
    last = f"p{depth - 1}"
    steps += [call("close", Loaded(last, 0)), call("close", Loaded(last, 4)), socket_pair()]
    answered = results(*steps)
    assert not [text for text in answered if text.startswith("-1")]


def test_queues_do_not_grow_without_end() -> None:
    """All together they hold some 32 MiB; then senders have to wait."""
    steps: list[Call] = [call("mmap", 0x2000_0000, 1 << 20, 3, 0x32, -1, 0, show="none")]
    for index in range(300):
        steps += [
            call("socketpair", AF_UNIX, STREAM | NONBLOCK, 0, Buffer(f"q{index}", 8), show="none"),
            call("write", Loaded(f"q{index}", 0), 0x2000_0000, 1 << 20),
        ]
    events: list[object] = []
    kernel_config = KernelConfig(streams=("stream", "stream", "stream"))
    kernel = Kernel(compile_case(steps), Recorder(events.extend), FedConsole([]), kernel_config)
    kernel.run()
    assert isinstance(events[-1], RunEnd)
    written = [event.value for event in events if isinstance(event, Return) and event.strace.startswith("write(")]
    assert sum(int(value, 16) for value in written) < 48 << 20


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (bytes(15) + b"\1", "::1"),
        (bytes(16), "::"),
        (b"\x20\x01\x0d\xb8" + bytes(11) + b"\1", "2001:db8::1"),
        (b"\0\1" * 8, "1:1:1:1:1:1:1:1"),
        (b"\0\1\0\0" * 4, "1:0:1:0:1:0:1:0"),
        (b"\0\1" + bytes(4) + b"\0\1" + bytes(6) + b"\0\1", "1:0:0:1::1"),
        (bytes(10) + b"\xff\xff\x7f\0\0\1", "::ffff:127.0.0.1"),
    ],
)
def test_ipv6_text(address: bytes, text: str) -> None:
    assert ipv6_text(address) == text


def test_endpoint_text() -> None:
    assert str(Endpoint(bytes(15) + b"\1", 80)) == "[::1]:80"
    assert str(Endpoint(bytes(10) + b"\xff\xff\x7f\0\0\1", 80)) == "127.0.0.1:80"


def test_what_a_buffer_costs() -> None:
    """As measured on Linux 6.18."""
    assert [stream_truesize(size) for size in (1, 193, 3776, 3777, 7873, 36544)] == [
        768, 1280, 4352, 4864, 8960, 37120,
    ]  # fmt: skip
    assert [datagram_truesize(size) for size in (1, 3777, 16065, 106432)] == [768, 8448, 20736, 135424]
    assert [udp_truesize(size) for size in (1, 255, 8192, 20000)] == [832, 1280, 16640, 20832]
