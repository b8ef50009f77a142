"""System V message queues: the same on Linux and here, in the order of the errors too.

Every case removes what it makes: identifiers are the machine's, not the process's.
"""

from __future__ import annotations

from struct import pack

from app.trace.events import Return
from tests.conformance.harness import KERNEL_ADDRESS, UNMAPPED, Buffer, Edge, Packed, Result, call, check

CREAT, EXCL, NOWAIT = 0o1000, 0o2000, 0o4000
NOERROR, EXCEPT, COPY = 0o10000, 0o20000, 0o40000
RMID, SET, STAT, INFO, MSG_STAT, MSG_INFO, STAT_ANY = 0, 1, 2, 3, 11, 12, 13
KEY = 0x7A39_51D5
GONE = 0x7FFF_FFFF
LONG_MIN = -(1 << 63)


def get(flags=0o600, key=0):
    return call("msgget", key, flags, show="sign")


def send(index, kind, text, flags=NOWAIT):
    return call("msgsnd", Result(index), pack("<q", kind) + text, len(text), flags)


def take(index, kind, flags=0, size=64):
    where = Buffer("m", 128)
    return call("msgrcv", Result(index), where, size, kind, flags | NOWAIT, dump=[("m", 0, 24)])


def stat(index):
    """cbytes, qnum, qbytes, and the mode."""
    return call("msgctl", Result(index), STAT, Buffer("ds", 128), dump=[("ds", 20, 4), ("ds", 72, 24)])


def remove(index):
    return call("msgctl", Result(index), RMID, 0)


def test_making_queues():
    check(
        get(0, KEY),
        get(CREAT | 0o640, KEY),
        get(CREAT | EXCL, KEY),
        get(0, KEY),
        get(0o066, KEY),
        get(0o007, KEY),
        get(0o001, KEY),
        stat(1),
        remove(1),
        remove(1),
        get(0, KEY),
    )


def test_sending():
    check(
        get(),
        send(0, 1, b"one"),
        send(0, 0, b"none"),
        send(0, -1, b"none"),
        send(0, 1, b""),
        stat(0),
        call("msgsnd", Result(0), UNMAPPED, 9000, 0),
        call("msgsnd", Result(0), pack("<q", 0), 8193, 0),
        call("msgsnd", Result(0), pack("<q", 0), -1, 0),
        call("msgsnd", Result(0), pack("<q", 0), 8192, 0),
        call("msgsnd", -1, UNMAPPED, 1, 0),
        call("msgsnd", -1, pack("<qq", 1, 1), 1, 0),
        call("msgsnd", GONE, UNMAPPED, 1, 0),
        call("msgsnd", GONE, pack("<qq", 1, 1), 1, 0),
        call("msgsnd", Result(0), Edge(7), 0, 0),
        call("msgsnd", Result(0), Edge(8), 0, 0),
        call("msgsnd", Result(0), Packed([1]), KERNEL_ADDRESS, 0),
        *[send(0, 1, b"x" * 5000) for _ in range(4)],
        stat(0),
        send(0, 1, b"x" * 1382),
        send(0, 1, b"x" * 1381),
        send(0, 1, b""),
        remove(0),
        send(0, 1, b"x"),
    )


def test_receiving():
    check(
        get(),
        *[send(0, kind, text) for kind, text in ((3, b"three"), (1, b"one"), (2, b"two"), (3, b"3rd"), (1, b"1st"))],
        take(0, 9),
        take(0, -2, size=2),
        take(0, -2, NOERROR, size=2),
        take(0, 3, EXCEPT),
        take(0, -9),
        take(0, LONG_MIN),
        take(0, 3, size=2),
        take(0, 3),
        take(0, 0),
        stat(0),
        send(0, 7, b"lost"),
        call("msgrcv", Result(0), UNMAPPED, 64, 0, NOWAIT),
        take(0, 0),
        send(0, 7, b"lost"),
        call("msgrcv", Result(0), Edge(9), 64, 0, NOWAIT),
        take(0, 0),
        send(0, 7, b"kept"),
        call("msgrcv", Result(0), Edge(12), 64, 0, NOWAIT),
        call("msgrcv", -1, UNMAPPED, 64, 0, NOWAIT),
        call("msgrcv", GONE, UNMAPPED, 64, 0, NOWAIT),
        call("msgrcv", GONE, UNMAPPED, -1, 0, NOWAIT),
        call("msgrcv", Result(0), UNMAPPED, 64, 0, NOWAIT),
        remove(0),
        take(0, 0),
    )


def test_copying():
    check(
        get(),
        send(0, 3, b"three"),
        send(0, 1, b"one"),
        take(0, 0, COPY),
        take(0, 1, COPY),
        take(0, 2, COPY),
        take(0, -1, COPY),
        take(0, 0, COPY, size=2),
        take(0, 0, COPY | NOERROR, size=2),
        take(0, 0, COPY | EXCEPT),
        call("msgrcv", Result(0), Buffer("m"), 64, 0, COPY),
        call("msgrcv", GONE, UNMAPPED, 64, 0, COPY | NOWAIT),
        call("msgrcv", GONE, Buffer("m"), 64, 0, COPY | NOWAIT),
        call("msgrcv", Result(0), Edge(12), 64, 0, COPY | NOWAIT),
        stat(0),
        remove(0),
    )


def test_control():
    check(
        get(),
        call("msgctl", Result(0), STAT, UNMAPPED),
        call("msgctl", Result(0), STAT, Edge(119)),
        call("msgctl", Result(0), STAT, Edge(120)),
        call("msgctl", Result(0), SET, UNMAPPED),
        call("msgctl", GONE, SET, UNMAPPED),
        call("msgctl", GONE, SET, Buffer("z", 128)),
        call("msgctl", GONE, RMID, 0),
        call("msgctl", GONE, STAT, UNMAPPED),
        call("msgctl", Result(0), 99, 0),
        call("msgctl", Result(0), -1, 0),
        call("msgctl", -1, 99, 0),
        call("msgctl", -1, INFO, 0),
        call("msgctl", 0, INFO, UNMAPPED),
        call("msgctl", 0, INFO, Edge(31)),
        call("msgctl", 0, INFO, Buffer("info", 64), show="sign", dump=[("info", 0, 32)]),
        call("msgctl", 0, MSG_INFO, UNMAPPED),
        call("msgctl", 0x7FFF, MSG_STAT, UNMAPPED),
        call("msgctl", 0x7FFF, STAT_ANY, UNMAPPED),
        call("msgctl", Result(0), SET, Packed([1000 << 32, 1000, 0o7440 << 32, *[0] * 8, 16385, 0, 0, 0])),
        call("msgctl", Result(0), SET, Packed([1000 << 32, 1000, 0o7640 << 32, *[0] * 8, 10, 0, 0, 0])),
        stat(0),
        send(0, 1, b"x" * 11),
        send(0, 1, b"x" * 10),
        call("msgctl", Result(0), SET, Packed([1000 << 32, 1000, 0o200 << 32, *[0] * 8, 100, 0, 0, 0])),
        stat(0),
        take(0, 0),
        send(0, 1, b"x"),
        call("msgctl", Result(0), SET, Packed([1000 << 32, 1000, 0o400 << 32, *[0] * 8, 100, 0, 0, 0])),
        send(0, 1, b"x"),
        take(0, 0),
        remove(0),
    )


def test_strace_text():
    outcome = check(
        get(CREAT | 0o600),
        send(0, 3, b"hello"),
        call("msgrcv", Result(0), Buffer("m", 64), 3, -4, NOERROR | NOWAIT),
        take(0, 0),
        remove(0),
    )
    told = [event.strace for event in outcome.events if isinstance(event, Return)]
    assert "msgget(IPC_PRIVATE, IPC_CREAT|0600) = 0" in told
    assert 'msgsnd(0, {mtype=3, mtext="hello"}, 5, IPC_NOWAIT) = 0' in told
    assert 'msgrcv(0, {mtype=3, mtext="hel"}, 3, -4, MSG_NOERROR|IPC_NOWAIT) = 3' in told
    assert any(line.endswith("64, 0, IPC_NOWAIT) = -1 ENOMSG (No message of desired type)") for line in told)
    assert "msgctl(0, IPC_RMID, NULL) = 0" in told
