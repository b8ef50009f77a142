"""Flags and choices of the calls about waiting and time, by their C names, in the order in which strace lists them."""

from __future__ import annotations

from enum import IntEnum

from .file_constants import FAMILIES
from .flags import Flags


class EpollEvent(Flags):
    """`events` of epoll_ctl(2)."""

    EPOLLIN = 0x1
    EPOLLPRI = 0x2
    EPOLLOUT = 0x4
    EPOLLRDNORM = 0x40
    EPOLLRDBAND = 0x80
    EPOLLWRNORM = 0x100
    EPOLLWRBAND = 0x200
    EPOLLMSG = 0x400
    EPOLLERR = 0x8
    EPOLLHUP = 0x10
    EPOLLRDHUP = 0x2000
    EPOLLEXCLUSIVE = 1 << 28
    EPOLLWAKEUP = 1 << 29
    EPOLLONESHOT = 1 << 30
    EPOLLET = 1 << 31


class EpollOperation(IntEnum):
    """`op` of epoll_ctl(2)."""

    EPOLL_CTL_ADD = 1
    EPOLL_CTL_DEL = 2
    EPOLL_CTL_MOD = 3


FAMILIES[EpollOperation] = "EPOLL_CTL"


class EpollFlag(Flags):
    """Flags of epoll_create1(2)."""

    EPOLL_CLOEXEC = 0o2000000


class EventfdFlag(Flags):
    """Flags of eventfd(2)."""

    EFD_SEMAPHORE = 1
    EFD_CLOEXEC = 0o2000000
    EFD_NONBLOCK = 0o4000


class TimerfdFlag(Flags):
    """Flags of timerfd_create(2), and those of timerfd_settime(2), which have TIMER in their names."""

    TFD_TIMER_ABSTIME = 1
    TFD_TIMER_CANCEL_ON_SET = 2
    TFD_CLOEXEC = 0o2000000
    TFD_NONBLOCK = 0o4000


class IntervalTimer(IntEnum):
    """`which` of setitimer(2)."""

    ITIMER_REAL = 0
    ITIMER_VIRTUAL = 1
    ITIMER_PROF = 2


class SigevNotify(IntEnum):
    """`sigev_notify` of sigevent(3type)."""

    SIGEV_SIGNAL = 0
    SIGEV_NONE = 1
    SIGEV_THREAD = 2
    SIGEV_THREAD_ID = 4


class RusageWho(IntEnum):
    """`who` of getrusage(2)."""

    RUSAGE_SELF = 0
    RUSAGE_CHILDREN = -1
    RUSAGE_THREAD = 1


class AdjustMode(Flags):
    """`modes` of adjtimex(2)."""

    ADJ_OFFSET = 0x1
    ADJ_FREQUENCY = 0x2
    ADJ_MAXERROR = 0x4
    ADJ_ESTERROR = 0x8
    ADJ_STATUS = 0x10
    ADJ_TIMECONST = 0x20
    ADJ_TAI = 0x80
    ADJ_SETOFFSET = 0x100
    ADJ_MICRO = 0x1000
    ADJ_NANO = 0x2000
    ADJ_TICK = 0x4000
    ADJ_ADJTIME = 0x8000


class AdjustStatus(Flags):
    """`status` of adjtimex(2), as far as this kernel tells it."""

    STA_UNSYNC = 0x40
