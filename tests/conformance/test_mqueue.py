"""POSIX message queues: the same on Linux and here, in the order of the errors too.

Every case removes what it makes: names are the machine's, not the process's.
"""

from __future__ import annotations

from app.trace.events import Return
from tests.conformance.harness import UNMAPPED, Buffer, Edge, Packed, Result, call, check

RDONLY, WRONLY, RDWR, CREAT, EXCL, NONBLOCK = 0, 1, 2, 0o100, 0o200, 0o4000
NAME = "trapgate-test"


def attributes(messages, size, flags=0):
    return Packed([flags, messages, size, 0, 0, 0, 0, 0])


def make(messages=3, size=16, flags=RDWR | CREAT | NONBLOCK, mode=0o600):
    return call("mq_open", NAME, flags, mode, attributes(messages, size))


def send(index, text, priority=0, timeout=0):
    return call("mq_timedsend", Result(index), text, len(text), priority, timeout)


def receive(index, size=16, timeout=0):
    where = Buffer("m", 64), size, Buffer("p", 8), timeout
    return call("mq_timedreceive", Result(index), *where, dump=[("m", 0, 16), ("p", 0, 8)])


def look(index):
    return call("mq_getsetattr", Result(index), 0, Buffer("attr", 64), dump=[("attr", 0, 64)])


def unlink(name=NAME):
    return call("mq_unlink", name)


def test_opening():
    check(
        call("mq_open", NAME, RDWR, 0, 0),
        call("mq_open", "", RDWR | CREAT, 0o600, 0),
        call("mq_open", UNMAPPED, RDWR, 0, 0),
        call("mq_open", UNMAPPED, RDWR, 0, UNMAPPED),
        call("mq_open", NAME, RDWR, 0, UNMAPPED),
        call("mq_open", "a/b", RDWR | CREAT, 0o600, 0),
        call("mq_open", "/a", RDWR, 0, 0),
        call("mq_open", ".", RDWR | CREAT, 0o600, 0),
        call("mq_open", "..", RDWR, 0, 0),
        call("mq_open", "x" * 255, RDWR, 0, 0),
        call("mq_open", "x" * 256, RDWR | CREAT, 0o600, 0),
        call("mq_open", "x" * 4096, RDWR, 0, 0),
        call("mq_open", NAME, RDWR | CREAT, 0o600, attributes(0, 5)),
        call("mq_open", NAME, RDWR | CREAT, 0o600, attributes(5, 0)),
        call("mq_open", NAME, RDWR | CREAT, 0o600, attributes(11, 5)),
        call("mq_open", NAME, RDWR | CREAT, 0o600, attributes(5, 8193)),
        call("mq_open", NAME, RDWR | CREAT, 0o600, attributes(-1, 5)),
        unlink(),
        call("mq_open", NAME, RDWR | CREAT | EXCL, 0o400, 0),
        look(18),
        call("fcntl", Result(18), 1, 0),
        call("mq_open", NAME, RDONLY | CREAT | EXCL, 0o600, 0),
        call("mq_open", NAME, RDONLY | CREAT, 0o600, attributes(0, 0)),
        call("mq_open", NAME, WRONLY, 0, 0),
        call("mq_open", NAME, 3, 0, 0),
        call("mq_open", NAME, RDWR, 0, 0),
        call("mq_open", NAME, 3 | CREAT | EXCL, 0, 0),
        unlink(""),
        unlink(UNMAPPED),
        unlink("a/b"),
        unlink("x" * 256),
        unlink(),
        unlink(),
        look(18),
    )


def test_limits():
    check(
        *[call("mq_open", f"{NAME}-{i}", RDWR | CREAT, 0o600, attributes(10, 8192)) for i in range(12)],
        *[unlink(f"{NAME}-{i}") for i in range(12)],
        *[call("close", fd) for fd in range(3, 8)],
        make(10, 8192),
        unlink(),
    )


def test_order_of_messages():
    check(
        make(),
        receive(0),
        send(0, b"one", 1),
        send(0, b"nine", 9),
        send(0, b"uno", 1),
        look(0),
        send(0, b"full", 1),
        receive(0),
        receive(0),
        receive(0),
        receive(0),
        send(0, b"", 32767),
        receive(0),
        unlink(),
    )


def test_refusals():
    check(
        make(),
        send(0, b"x", 32768),
        call("mq_timedsend", 99, b"x", 1, 32768, Packed([-1, 0])),
        call("mq_timedsend", 99, b"x", 1, 32768, UNMAPPED),
        call("mq_timedsend", 99, b"x", 1, 32768, 0),
        call("mq_timedsend", 99, b"x", 1, 1, 0),
        call("mq_timedsend", 1, b"x", 1, 1, 0),
        send(0, b"x" * 17),
        call("mq_timedsend", Result(0), UNMAPPED, 17, 0, 0),
        call("mq_timedsend", Result(0), UNMAPPED, 1, 0, 0),
        call("mq_timedsend", Result(0), Edge(3), 4, 0, 0),
        call("mq_timedsend", Result(0), UNMAPPED, 0, 0, 0),
        receive(0, 15),
        call("mq_timedreceive", 1, UNMAPPED, 0, UNMAPPED, 0),
        call("mq_timedreceive", 99, UNMAPPED, 0, UNMAPPED, Packed([0, -1])),
        call("mq_timedreceive", 99, UNMAPPED, 0, UNMAPPED, UNMAPPED),
        call("mq_timedreceive", Result(0), UNMAPPED, 16, 0, 0),
        receive(0),
        send(0, b"lost"),
        call("mq_timedreceive", Result(0), UNMAPPED, 16, Buffer("p"), 0, dump=[("p", 0, 8)]),
        send(0, b"lost", 7),
        call("mq_timedreceive", Result(0), Buffer("m"), 16, UNMAPPED, 0, dump=[("m", 0, 16)]),
        receive(0),
        call("mq_open", NAME, RDONLY, 0, 0),
        call("mq_open", NAME, WRONLY, 0, 0),
        send(23, b"x"),
        receive(24),
        call("mq_timedsend", Result(23), UNMAPPED, 99, 0, 0),
        call("mq_timedreceive", Result(24), UNMAPPED, 1, 0, 0),
        unlink(),
    )


def test_time_limits():
    check(
        make(1, 16, RDWR | CREAT),
        receive(0, timeout=Packed([1, 0])),
        receive(0, timeout=Packed([0, 0])),
        receive(0, timeout=Packed([1, 10**9])),
        send(0, b"x", timeout=Packed([1, 10**9])),
        send(0, b"x", timeout=Packed([1, 0])),
        send(0, b"y", timeout=Packed([1, 0])),
        receive(0, timeout=Packed([1, 0])),
        unlink(),
    )


def test_attributes():
    check(
        make(),
        call("mq_getsetattr", Result(0), attributes(99, 99), Buffer("attr", 64), dump=[("attr", 0, 64)]),
        look(0),
        call("fcntl", Result(0), 3, 0),
        call("mq_getsetattr", Result(0), attributes(0, 0, NONBLOCK), UNMAPPED),
        look(0),
        call("mq_getsetattr", Result(0), attributes(0, 0, 1), 0),
        call("mq_getsetattr", 99, attributes(0, 0, 1), 0),
        call("mq_getsetattr", 99, UNMAPPED, 0),
        call("mq_getsetattr", 99, 0, 0),
        call("mq_getsetattr", 1, 0, 0),
        call("mq_getsetattr", Result(0), 0, 0),
        call("mq_getsetattr", Result(0), 0, Edge(63)),
        unlink(),
    )


def test_notification():
    none = Packed([0, 1 << 32])
    signal = Packed([0, 10])
    check(
        make(),
        call("mq_notify", Result(0), UNMAPPED),
        call("mq_notify", Result(0), Packed([0, 4 << 32 | 10])),
        call("mq_notify", Result(0), Packed([0, 9 << 32 | 10])),
        call("mq_notify", Result(0), Packed([0, 65])),
        call("mq_notify", Result(0), Packed([UNMAPPED, 2 << 32 | 1])),
        call("mq_notify", Result(0), Packed([Buffer("cookie", 32), 2 << 32 | 99])),
        call("mq_notify", Result(0), Packed([Buffer("cookie", 32), 2 << 32 | 1])),
        call("mq_notify", 99, signal),
        call("mq_notify", 1, signal),
        call("mq_notify", Result(0), 0),
        call("mq_notify", Result(0), none),
        call("mq_notify", Result(0), signal),
        call("mq_notify", Result(0), 0),
        call("mq_notify", Result(0), signal),
        call("mq_notify", Result(0), none),
        call("rt_sigprocmask", 0, Packed([1 << 9]), 0, 8),
        send(0, b"x"),
        call("rt_sigpending", Buffer("set", 8), 8, dump=[("set", 0, 8)]),
        call("mq_notify", Result(0), none),
        call("mq_notify", Result(0), none),
        send(0, b"x"),
        call("mq_notify", Result(0), none),
        call("dup", Result(0)),
        call("close", Result(23)),
        call("mq_notify", Result(0), none),
        unlink(),
    )


def test_as_a_file():
    poll = Packed([Buffer("fd", 8)])
    check(
        make(2),
        call("read", Result(0), Buffer("line", 128), 128, dump=[("line", 0, 60)]),
        call("read", Result(0), Buffer("line"), 128),
        send(0, b"four"),
        call("mq_notify", Result(0), Packed([0, 1 << 32])),
        call("lseek", Result(0), 0, 0),
        call("read", Result(0), Buffer("line"), 42, dump=[("line", 0, 42)]),
        call("pread64", Result(0), Buffer("line"), 10, 5, dump=[("line", 0, 10)]),
        call("write", Result(0), b"x", 1),
        call("fstat", Result(0), Buffer("stat", 144), dump=[("stat", 24, 12), ("stat", 48, 8)]),
        call("fchmod", Result(0), 0o400),
        call("mq_open", NAME, WRONLY, 0, 0),
        call("poll", poll, 0, 0),
        call("mmap", 0, 4096, 1, 2, Result(0), 0, show="sign"),
        unlink(),
    )


def test_strace_text():
    outcome = check(
        make(),
        send(0, b"x", 2),
        receive(0),
        receive(0, 2),
        look(0),
        call("mq_notify", Result(0), Packed([0, 10])),
        call("mq_open", NAME, RDONLY, 0, 0),
        unlink(),
    )
    told = [event.strace for event in outcome.events if isinstance(event, Return)]
    for line in (
        f'mq_open("{NAME}", O_RDWR|O_CREAT|O_NONBLOCK, 0600, '
        "{mq_flags=0, mq_maxmsg=3, mq_msgsize=16, mq_curmsgs=0}) = 3",
        'mq_timedsend(3, "x", 1, 2, NULL) = 0',
        'mq_timedreceive(3, "x", 16, [2], NULL) = 1',
        "mq_getsetattr(3, NULL, {mq_flags=O_NONBLOCK, mq_maxmsg=3, mq_msgsize=16, mq_curmsgs=0}) = 0",
        "mq_notify(3, {sigev_signo=SIGUSR1, sigev_notify=SIGEV_SIGNAL}) = 0",
        f'mq_open("{NAME}", O_RDONLY) = 4',
        f'mq_unlink("{NAME}") = 0',
    ):
        assert line in told
