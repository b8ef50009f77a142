"""`siginfo_t`: what is told about one signal (sigaction(2)); si_code by name and number, layouts, strace text.

Which fields there are depends on the signal and its code: `siginfo_kind` says it (Linux `siginfo_layout`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .constants import Signo
from .layout import Layout
from .text import signal_name

SIGINFO_SIZE = 128
KERNEL_SIGINFO_SIZE = 48
"""What the kernel keeps of one that a program made; the rest has to be zero."""

SI_CODES = {
    "SI_USER": 0,
    "SI_KERNEL": 0x80,
    "SI_QUEUE": -1,
    "SI_TIMER": -2,
    "SI_MESGQ": -3,
    "SI_ASYNCIO": -4,
    "SI_SIGIO": -5,
    "SI_TKILL": -6,
    "SI_DETHREAD": -7,
    "SI_ASYNCNL": -60,
}
"""Codes that any signal may have."""

_FAULT_CODES = {
    Signo.SIGILL: ("ILLOPC", "ILLOPN", "ILLADR", "ILLTRP", "PRVOPC", "PRVREG", "COPROC", "BADSTK"),
    Signo.SIGFPE: ("INTDIV", "INTOVF", "FLTDIV", "FLTOVF", "FLTUND", "FLTRES", "FLTINV", "FLTSUB"),
    Signo.SIGSEGV: ("MAPERR", "ACCERR", "BNDERR", "PKUERR"),
    Signo.SIGBUS: ("ADRALN", "ADRERR", "OBJERR", "MCEERR_AR", "MCEERR_AO"),
    Signo.SIGTRAP: ("BRKPT", "TRACE", "BRANCH", "HWBKPT"),
}
_CODES_OF_SIGNAL: dict[int, tuple[str, ...]] = {
    **{int(signo): tuple(f"{signo.name[3:]}_{end}" for end in ends) for signo, ends in _FAULT_CODES.items()},
    int(Signo.SIGCHLD): tuple(
        f"CLD_{end}" for end in ("EXITED", "KILLED", "DUMPED", "TRAPPED", "STOPPED", "CONTINUED")
    ),
    int(Signo.SIGIO): tuple(f"POLL_{end}" for end in ("IN", "OUT", "MSG", "ERR", "PRI", "HUP")),
    int(Signo.SIGSYS): ("SYS_SECCOMP",),
}
_SPECIFIC_NUMBERS = {name: i for names in _CODES_OF_SIGNAL.values() for i, name in enumerate(names, 1)}
_GENERAL_NAMES = {number: name for name, number in SI_CODES.items()}
_SIGPOLL_CODES = 6

_WORDS = [("si_signo", "i"), ("si_errno", "i"), ("si_code", "i"), ("pad", "i")]
_SENDER = [*_WORDS, ("si_pid", "i"), ("si_uid", "I")]

_FIELDS: dict[str, list[tuple[str, str]]] = {
    "user": _SENDER,
    "queue": [*_SENDER, ("si_value", "Q")],
    "timer": [*_WORDS, ("si_timerid", "i"), ("si_overrun", "i"), ("si_value", "Q")],
    "child": [*_SENDER, ("si_status", "i"), ("si_utime", "q"), ("si_stime", "q")],
    "fault": [*_WORDS, ("si_addr", "Q")],
    "poll": [*_WORDS, ("si_band", "q"), ("si_fd", "i")],
}


def code_number(code: str) -> int:
    """The inverse of `code_name`: `SEGV_MAPERR` is 1."""
    if code in SI_CODES:
        return SI_CODES[code]
    if code in _SPECIFIC_NUMBERS:
        return _SPECIFIC_NUMBERS[code]
    number = int(code, 16)
    return number - (1 << 32) if number >> 31 else number


def code_name(signo: int, code: int) -> str:
    """The name of a code; the number in hexadecimal when it has none, as strace prints it."""
    names = _CODES_OF_SIGNAL.get(signo, ())
    if 1 <= code <= len(names):
        return names[code - 1]
    return _GENERAL_NAMES.get(code) or hex(code & 0xFFFF_FFFF)


def is_known(signo: int, code: int) -> bool:
    """Whether the kernel knows what a program's `siginfo_t` with this code has in it (`known_siginfo_layout`)."""
    if code == SI_CODES["SI_KERNEL"]:
        return True
    if code > 0:
        return code <= (len(_CODES_OF_SIGNAL.get(signo, ())) or _SIGPOLL_CODES)
    return code >= SI_CODES["SI_DETHREAD"] or code == SI_CODES["SI_ASYNCNL"]


def siginfo_kind(signo: int, code: int) -> str:
    """Which fields a signal with this code has: a key of `_FIELDS`."""
    if 0 < code < SI_CODES["SI_KERNEL"]:
        if signo in _FAULT_CODES and code <= len(_CODES_OF_SIGNAL[signo]):
            return "fault"
        if signo == Signo.SIGCHLD and code <= len(_CODES_OF_SIGNAL[signo]):
            return "child"
        return "poll" if code <= _SIGPOLL_CODES and signo != Signo.SIGSYS else "user"
    if code == SI_CODES["SI_TIMER"]:
        return "timer"
    if code == SI_CODES["SI_SIGIO"]:
        return "poll"
    return "queue" if code < 0 and code != SI_CODES["SI_TKILL"] else "user"


def siginfo_text(fields: Mapping[str, Any]) -> str:
    """As strace prints it, with braces; there is nothing to show of no signal."""
    if not fields["si_signo"]:
        return "{}"
    return "{" + siginfo_words(fields) + "}"


def siginfo_words(fields: Mapping[str, Any]) -> str:
    """As strace prints it: `si_signo=SIGUSR1, si_code=SI_USER, si_pid=7, si_uid=0`."""
    signo, code = fields["si_signo"], fields["si_code"]
    name = code_name(signo, code)
    shown = [f"si_signo={signal_name(signo)}"]
    if fields.get("si_errno"):
        shown.append(f"si_errno={fields['si_errno']}")
    shown.append(f"si_code={name}")
    if name == "SI_KERNEL":
        return ", ".join([*shown, "si_addr=NULL"] if signo in _FAULT_CODES else shown)
    kind = siginfo_kind(signo, code)
    names = [field for field, _ in _FIELDS[kind][len(_WORDS) :]]
    if kind == "poll" and signo != Signo.SIGIO:
        names = []
    if kind == "queue" and not fields.get("si_value"):
        names.remove("si_value")
    for field in names:
        value = fields.get(field, 0)
        if field == "si_addr":
            shown.append(f"si_addr={_pointer(value)}")
        elif field == "si_value":
            number = value & 0xFFFF_FFFF
            shown += [f"si_int={number - (1 << 32) if number >> 31 else number}", f"si_ptr={_pointer(value)}"]
        elif field == "si_timerid":
            shown.append(f"si_timerid={value:#x}" if value else "si_timerid=0")
        elif field == "si_status" and name != "CLD_EXITED":
            shown.append(f"si_status={signal_name(value)}")
        else:
            shown.append(f"{field}={value}")
    return ", ".join(shown)


def _pointer(value: int) -> str:
    return hex(value) if value else "NULL"


SIGINFO_LAYOUTS = tuple(Layout(f"siginfo_{kind}", fields, text=siginfo_text) for kind, fields in _FIELDS.items())
"""One for each kind, without the zeros that fill up `SIGINFO_SIZE`."""

SIGNALFD_SIGINFO = Layout(
    "signalfd_siginfo",
    [
        ("ssi_signo", "I"),
        ("ssi_errno", "i"),
        ("ssi_code", "i"),
        ("ssi_pid", "I"),
        ("ssi_uid", "I"),
        ("ssi_fd", "i"),
        ("ssi_tid", "I"),
        ("ssi_band", "I"),
        ("ssi_overrun", "I"),
        ("ssi_trapno", "I"),
        ("ssi_status", "i"),
        ("ssi_int", "i"),
        ("ssi_ptr", "Q"),
        ("ssi_utime", "Q"),
        ("ssi_stime", "Q"),
        ("ssi_addr", "Q"),
        ("rest", "48s"),
    ],
)
"""`struct signalfd_siginfo` (signalfd(2)), 128 bytes."""

SIGNALFD_NAMES = {
    "si_signo": "ssi_signo",
    "si_errno": "ssi_errno",
    "si_code": "ssi_code",
    "si_pid": "ssi_pid",
    "si_uid": "ssi_uid",
    "si_fd": "ssi_fd",
    "si_timerid": "ssi_tid",
    "si_band": "ssi_band",
    "si_overrun": "ssi_overrun",
    "si_status": "ssi_status",
    "si_utime": "ssi_utime",
    "si_stime": "ssi_stime",
    "si_addr": "ssi_addr",
}
"""What `siginfo_t` calls the fields that have a counterpart of their own."""
