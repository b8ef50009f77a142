"""Flags and layouts of the calls about waiting and time are those of the C headers."""

import enum

import pytest

from app.kernel.abi import time_constants as c
from app.kernel.abi import x86_64_time_structs as s
from app.kernel.abi.layout import Layout
from app.kernel.poll import PollEvent

HEADERS = {
    c.EpollEvent: ["sys/epoll.h"],
    c.EpollOperation: ["sys/epoll.h"],
    c.EpollFlag: ["sys/epoll.h"],
    c.EventfdFlag: ["sys/eventfd.h"],
    c.TimerfdFlag: ["sys/timerfd.h"],
    c.IntervalTimer: ["sys/time.h"],
    c.SigevNotify: ["signal.h"],
    c.RusageWho: ["linux/resource.h"],
    c.AdjustStatus: ["linux/timex.h"],
    PollEvent: ["asm/poll.h"],
}
IN_C = {
    s.EPOLL_EVENT: (["sys/epoll.h"], "struct epoll_event"),
    s.ITIMERSPEC: (["linux/time.h"], "struct itimerspec"),
    s.ITIMERVAL: (["linux/time.h"], "struct itimerval"),
    s.SIGEVENT: (["asm/siginfo.h"], "struct sigevent"),
    s.TMS: (["sys/times.h"], "struct tms"),
    s.TIMEX: (["linux/timex.h"], "struct timex"),
}


def test_every_enumeration_is_compared():
    defined = {
        value
        for value in vars(c).values()
        if isinstance(value, type) and issubclass(value, enum.Enum) and value.__module__ == c.__name__
    }
    assert {*defined, PollEvent} == {*HEADERS, c.AdjustMode}


@pytest.mark.parametrize("enumeration", HEADERS, ids=lambda enumeration: enumeration.__name__)
def test_values_are_those_of_the_headers(enumeration, c_values):
    names = list(enumeration.__members__)
    theirs = c_values(HEADERS[enumeration], [f"(unsigned int)({name})" for name in names])
    assert [int(member) & 0xFFFF_FFFF for member in enumeration.__members__.values()] == theirs


def test_modes_of_adjtimex(c_values):
    names = [name for name in c.AdjustMode.__members__ if name != "ADJ_ADJTIME"]
    theirs = c_values(["linux/timex.h"], [f"(unsigned int)({name})" for name in names])
    assert [int(c.AdjustMode[name]) for name in names] == theirs


def test_every_layout_is_compared():
    assert {value for value in vars(s).values() if isinstance(value, Layout)} == set(IN_C)


@pytest.mark.parametrize("layout", IN_C, ids=lambda layout: layout.name)
def test_sizes_are_those_of_the_compiler(layout, c_values):
    headers, name = IN_C[layout]
    assert [layout.size] == c_values(headers, [f"sizeof({name})"])


def test_offsets_of_timex_and_sigevent(c_values):
    fields = ("status", "constant", "tick", "shift", "tai")
    assert [s.TIMEX.offsets[name] for name in fields] == c_values(
        ["linux/timex.h"], [f"offsetof(struct timex, {name})" for name in fields]
    )
    names = {"sigev_value": "sigev_value", "sigev_signo": "sigev_signo", "sigev_tid": "_sigev_un._tid"}
    assert [s.SIGEVENT.offsets[name] for name in names] == c_values(
        ["asm/siginfo.h"], [f"offsetof(struct sigevent, {name})" for name in names.values()]
    )
