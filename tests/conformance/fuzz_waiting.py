"""Waiting without waiting: poll, select, epoll, eventfd, timerfd and timers, for the fuzzer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conformance.program import UNMAPPED, Buffer, Edge, Loaded, Packed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conformance.fuzz_calls import Sequence

EVENTS = [1, 4, 2, 8, 16, 32, 0x40, 0x100, 0x400, 0x2000, 5, 0x3FFF, 0, 0x7F]
EPOLL_EVENTS = [1, 4, 5, 0x8000_0001, 0x8000_0005, 0x4000_0005, 0x1000_0001, 0x2000_0001, 0, 0x2019, 0xC000_0004]
FAR = [
    (0, 0, 2**33, 0),
    (3600, 0, 2**33, 5),
    (0, 0, 0, 0),
    (0, -1, 1, 0),
    (0, 0, 0, 10**9),
    (-1, 0, 5, 0),
    (0, 0, -5, 0),
]
"""Settings of timers: an interval and a value, none of which is over within a run."""

CLOCKS = [0, 1, 7, 0, 1, 2, 3, 4, 5, 8, 9, 11, -1, 99]


def makers(sequence: Sequence) -> list[tuple[Callable[[], None], int]]:
    """Each with its weight."""
    chosen = ((poll, 5), (select, 4), (epoll, 7), (event_counter, 4), (timer_descriptor, 3), (timer, 3), (interval, 2))
    return [(lambda maker=maker: maker(sequence), weight) for maker, weight in chosen]  # type: ignore[misc]


def poll(s: Sequence) -> None:
    """poll and ppoll with a timeout of zero."""
    choose = s.random.choice
    count = s.random.randint(1, 4)
    entries: object = Packed([s.random.randrange(1, 12) | choose(EVENTS) << 32 for _ in range(count)])
    if s.random.random() < 0.2:
        entries = choose((Packed([0xFFFF_FFFF | 1 << 32] * 4), UNMAPPED, Edge(8), 0))
    if s.random.random() < 0.1:
        count = choose((0, 1024, 1025, 2**31, 2**32 + 1, -1))
    if s.random.random() < 0.5:
        s.add("poll", entries, count, 0)
    else:
        zero = choose((Packed([0, 0]), Packed([0, 0]), Packed([0, -1]), Packed([-1, 0]), UNMAPPED))
        mask = choose((0, 0, Packed([1 << 9]), Packed([0]), UNMAPPED))
        s.add("ppoll", entries, count, zero, mask, choose((8, 8, 4)))


def select(s: Sequence) -> None:
    """select and pselect6 with a timeout of zero."""
    choose = s.random.choice

    def descriptors() -> object:
        sets = (0, Packed([choose((2, 8, 0xFE, 0x70, 0)), *[0] * 15]), Packed([0x1F0, *[0] * 15]), UNMAPPED, Edge(8))
        return choose((sets[0], sets[1], sets[1], sets[2], *sets[3:]))

    count = choose((0, 4, 8, 9, 64, 65, 1024, 1025, -1, 2**31 - 1))
    sets = [descriptors() for _ in range(3)]
    if s.random.random() < 0.5:
        zero = choose((Packed([0, 0]), Packed([0, 0]), Packed([-1, 0]), Packed([0, -1]), Edge(15)))
        s.add("select", count, *sets, zero)
    else:
        zero = choose((Packed([0, 0]), Packed([0, 0]), Packed([0, -1]), Packed([0, 10**9]), UNMAPPED))
        mask = choose((0, 0, Packed([Packed([1 << 9]), 8]), Packed([Packed([0]), 4]), Packed([0, 0]), UNMAPPED))
        s.add("pselect6", count, *sets, zero, mask)


def epoll(s: Sequence) -> None:
    """A set, what is in it, and who is ready."""
    choose = s.random.choice
    match s.random.randrange(8):
        case 0:
            s.result(choose(("epoll_create1", "epoll_create")), choose((0, 0o2000000, 1)))
        case 1:
            made = s.add("epoll_create1", 0)
            s.descriptors.append(made)
            for _ in range(2):
                number = s.random.randrange(1, 12)
                s.add("epoll_ctl", made, 1, number, Packed([choose(EPOLL_EVENTS) | number << 32, 0]))
            s.add("epoll_wait", made, Buffer("ready", 96), 8, 0, dump=[("ready", 0, 36)])
        case 2 | 3 | 4:
            event: object = Packed([choose(EPOLL_EVENTS) | 0x77 << 32, 5])
            if s.random.random() < 0.1:
                event = choose((0, UNMAPPED, Edge(11)))
            s.add("epoll_ctl", s.fd(), choose((1, 1, 1, 2, 3, 0, 4)), s.fd(), event)
        case _:
            room = choose((1, 2, 8, 8, 0, -1, 2**31 - 1))
            where: object = Buffer("ready", 96)
            if s.random.random() < 0.15:
                where = choose((UNMAPPED, Edge(12), Edge(5)))
            dump = [("ready", 0, 36)] if isinstance(where, Buffer) else []
            if s.random.random() < 0.6:
                s.add("epoll_wait", s.fd(), where, room, 0, dump=dump)
            else:
                mask = choose((0, Packed([0]), Packed([1 << 9]), UNMAPPED))
                s.add("epoll_pwait", s.fd(), where, room, 0, mask, choose((8, 8, 4)), dump=dump)


def event_counter(s: Sequence) -> None:
    """eventfd, read and written."""
    choose = s.random.choice
    flags = choose((0o4000, 0o4001, 0o2004000, 0o4000, 2))
    made = s.add("eventfd2", choose((0, 1, 5, 2**32 - 1, -1)), flags)
    s.descriptors.append(made)
    for _ in range(s.random.randint(1, 3)):
        if s.random.random() < 0.5:
            s.add("read", made, Buffer("b"), choose((8, 8, 7, 64, 0)), dump=[("b", 0, 8)])
        else:
            value = Packed([choose((0, 1, 5, 2**64 - 1, 2**64 - 2, 2**63)), 0])
            s.add("write", choose((made, s.fd())), value, choose((8, 8, 8, 4, 16)))


def timer_descriptor(s: Sequence) -> None:
    """timerfd, set far ahead or into the past."""
    choose = s.random.choice
    made = s.add("timerfd_create", choose(CLOCKS), choose((0o4000, 0o4000, 0o2004000, 0, 1)))
    s.descriptors.append(made)
    setting: object = Packed(choose(FAR)) if s.random.random() < 0.9 else choose((UNMAPPED, Edge(31), 0))
    s.add(
        "timerfd_settime",
        choose((made, made, s.fd())),
        choose((0, 0, 1, 2, 3, 4)),
        setting,
        choose((0, s.volatile(32))),
    )
    s.add("timerfd_gettime", choose((made, s.fd())), s.volatile(32))
    s.add("read", made, Buffer("b"), choose((7, 0, 4)))


def timer(s: Sequence) -> None:
    """timer_create and what is done with a timer that does not expire."""
    choose = s.random.choice
    event: object = Packed(
        [5, choose((10, 0, 64, 65, -1)) & 0xFFFF_FFFF | choose((0, 1, 2, 4, 3)) << 32, 2**30, *[0] * 5]
    )
    event = choose((0, event, event, UNMAPPED, Edge(63)))
    where = Buffer("timer") if s.random.random() < 0.9 else choose((UNMAPPED, Edge(3)))
    s.add("timer_create", choose(CLOCKS), event, where, dump=[("timer", 0, 4)])
    which = choose((Loaded("timer"), Loaded("timer"), 0, 1, 5, -1))
    setting: object = Packed(choose(FAR)) if s.random.random() < 0.9 else choose((UNMAPPED, 0))
    for _ in range(s.random.randint(0, 3)):
        match s.random.randrange(4):
            case 0:
                s.add("timer_settime", which, choose((0, 0, 2)), setting, choose((0, s.volatile(32))))
            case 1:
                s.add("timer_gettime", which, s.volatile(32))
            case 2:
                s.add("timer_getoverrun", which)
            case _:
                s.add("timer_delete", which)


def interval(s: Sequence) -> None:
    """setitimer, getitimer, alarm."""
    choose = s.random.choice
    match s.random.randrange(4):
        case 0:
            s.add("alarm", choose((0, 1000, 2**31, 2**32 + 500)), show="sign")
        case 1:
            s.add("getitimer", choose((0, 1, 2, 3, -1)), s.volatile(32))
        case _:
            setting = choose((Packed([0, 0, 5000, 0]), Packed([0, 0, 0, 0]), Packed([0, 10**6, 5, 0]), UNMAPPED, 0))
            s.add("setitimer", choose((0, 1, 2, 3, -1)), setting, choose((0, s.volatile(32))))
