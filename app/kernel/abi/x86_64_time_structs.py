"""Structures of the calls about waiting and time, as x86-64 lays them out."""

from __future__ import annotations

from .layout import Layout
from .struct_text import Fields, time_text
from .text import flag_text, signal_name
from .time_constants import AdjustMode, AdjustStatus, EpollEvent, SigevNotify


def _interval_text(unit: str) -> Layout:
    """`struct itimerspec` (unit `nsec`) or `struct itimerval` (`usec`): two times, taken apart."""

    def text(fields: Fields) -> str:
        """`{it_interval={tv_sec=0, tv_nsec=0}, it_value={tv_sec=1, tv_nsec=0}}`."""
        shown = (
            f"{name}={time_text({'tv_sec': fields[f'{name}_sec'], f'tv_{unit}': fields[f'{name}_{unit}']})}"
            for name in ("it_interval", "it_value")
        )
        return "{" + ", ".join(shown) + "}"

    name = "itimerspec" if unit == "nsec" else "itimerval"
    parts = [(f"{part}_{field}", "q") for part in ("it_interval", "it_value") for field in ("sec", unit)]
    return Layout(name, parts, text=text)


def epoll_event_text(fields: Fields) -> str:
    """`{events=EPOLLIN, data={u32=5, u64=5}}`."""
    data = fields["data"]
    return f"{{events={flag_text(fields['events'], EpollEvent)}, data={{u32={data & 0xFFFF_FFFF}, u64={data}}}}}"


def sigevent_text(fields: Fields) -> str:
    """`{sigev_value={sival_int=7, sival_ptr=0x7}, sigev_signo=SIGUSR1, sigev_notify=SIGEV_SIGNAL}`."""
    value, notify = fields["sigev_value"], fields["sigev_notify"]
    number = value & 0xFFFF_FFFF
    number -= (number & 0x8000_0000) << 1
    signo = fields["sigev_signo"]
    has_signal = notify != SigevNotify.SIGEV_NONE and notify in tuple(SigevNotify)
    parts = [f"sigev_value={{sival_int={number}, sival_ptr={hex(value)}}}"] if value else []
    parts += [
        f"sigev_signo={signal_name(signo) if has_signal else signo}",
        f"sigev_notify={flag_text(notify, SigevNotify)}",
    ]
    if notify == SigevNotify.SIGEV_THREAD_ID:
        parts.append(f"sigev_notify_thread_id={fields['sigev_tid']}")
    return "{" + ", ".join(parts) + "}"


def _timex_text(fields: Fields) -> str:
    """`{modes=0, offset=0, ..., time={tv_sec=1, tv_usec=2}, tick=10000, ...}`."""
    shown = {name: value for name, value in fields.items() if name != "reserved"}
    shown["modes"] = flag_text(fields["modes"], AdjustMode)
    shown["status"] = flag_text(fields["status"], AdjustStatus)
    text = ", ".join(f"{name}={value}" for name, value in shown.items())
    seconds, microseconds = fields["time_sec"], fields["time_usec"]
    plain = f"time_sec={seconds}, time_usec={microseconds}"
    return "{" + text.replace(plain, f"time={{tv_sec={seconds}, tv_usec={microseconds}}}") + "}"


EPOLL_EVENT = Layout("epoll_event", [("events", "I"), ("data", "Q")], packed=True, text=epoll_event_text)
"""Packed on x86-64 only, so that 32-bit programs have the same."""

ITIMERSPEC = _interval_text("nsec")
ITIMERVAL = _interval_text("usec")

SIGEVENT = Layout(
    "sigevent",
    [("sigev_value", "Q"), ("sigev_signo", "i"), ("sigev_notify", "i"), ("sigev_tid", "i"), ("rest", "44s")],
    text=sigevent_text,
)

TMS = Layout("tms", [("tms_utime", "q"), ("tms_stime", "q"), ("tms_cutime", "q"), ("tms_cstime", "q")])

TIMEX = Layout(
    "timex",
    [
        ("modes", "I"),
        *((name, "q") for name in ("offset", "freq", "maxerror", "esterror")),
        ("status", "i"),
        *((name, "q") for name in ("constant", "precision", "tolerance", "time_sec", "time_usec", "tick")),
        *((name, "q") for name in ("ppsfreq", "jitter")),
        ("shift", "i"),
        *((name, "q") for name in ("stabil", "jitcnt", "calcnt", "errcnt", "stbcnt")),
        ("tai", "i"),
        ("reserved", "44s"),
    ],
    text=_timex_text,
)
"""`struct timex`, 208 bytes; its timeval is taken apart."""

TIME_STRUCTS = (EPOLL_EVENT, ITIMERSPEC, ITIMERVAL, SIGEVENT, TMS, TIMEX)
