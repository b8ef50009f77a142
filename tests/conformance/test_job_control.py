"""Job control on a pseudo-terminal, compared with Linux: a parent holds the master, a child leads the session."""

from __future__ import annotations

from tests.conformance.assembly import PRELUDE, data, end, forked, invoke, shown, shown_value, wait_for
from tests.conformance.harness import check_source

TIOCSCTTY, TIOCGPGRP, TIOCSPGRP, TIOCNOTTY, TIOCGSID = 0x540E, 0x540F, 0x5410, 0x5422, 0x5429
TIOCSPTLCK, TIOCGPTPEER = 0x4004_5431, 0x5441
MASTER, SLAVE = 3, 4
O_RDWR, O_NOCTTY = 2, 0o400
SIGHUP, SIGCONT, SIGTTIN, SIGTTOU, SIGCHLD = 1, 18, 21, 22, 17
WUNTRACED = 2

DATA = data(
    """
ptmx: .asciz "/dev/ptmx"
tty: .asciz "/dev/tty"
ignore: .quad 1, 0x04000000, 0, 0
zero: .quad 0
long: .quad 1000, 0
"""
)

PAIR = (
    invoke("open", "&ptmx", O_RDWR | O_NOCTTY)
    + invoke("ioctl", MASTER, TIOCSPTLCK, "&zero")
    + invoke("ioctl", MASTER, TIOCGPTPEER, O_RDWR | O_NOCTTY)
)
"""Master 3 and slave 4."""


def lead(body: str) -> str:
    """The whole program: its child leads a session on the slave, executes `body` and ends."""
    leader = invoke("setsid") + shown("ioctl", SLAVE, TIOCSCTTY, 0) + body + end()
    return PRELUDE + PAIR + forked(leader, "parent") + wait_for("r14") + end() + DATA


def test_a_session_gets_its_terminal() -> None:
    check_source(
        lead(
            shown("open", "&tty", O_RDWR)
            + shown("ioctl", SLAVE, TIOCSCTTY, 0)
            + invoke("getpid")
            + "mov r13, rax\n"
            + shown("ioctl", SLAVE, TIOCGPGRP, "&word")
            + "mov eax, dword ptr [word]\nsub rax, r13\ncall show\n"
            + shown("ioctl", MASTER, TIOCGSID, "&word")
            + "mov eax, dword ptr [word]\nsub rax, r13\ncall show\n"
            + shown("ioctl", 5, TIOCGPGRP, "&word")
            + "mov dword ptr [word], 1\n"
            + shown("ioctl", SLAVE, TIOCSPGRP, "&word")
            + "mov dword ptr [word], 4000000\n"
            + shown("ioctl", SLAVE, TIOCSPGRP, "&word")
            + "mov dword ptr [word], -5\n"
            + shown("ioctl", SLAVE, TIOCSPGRP, "&word")
            + shown("ioctl", SLAVE, TIOCSPGRP, 0x100)
            + "mov dword ptr [word], r13d\n"
            + shown("ioctl", SLAVE, TIOCSPGRP, "&word")
        )
    )


def test_opening_makes_it_the_controlling_terminal() -> None:
    leader = (
        invoke("setsid")
        + shown("open", "&tty", O_RDWR)
        + shown("ioctl", MASTER, TIOCGPTPEER, O_RDWR | O_NOCTTY)
        + shown("open", "&tty", O_RDWR)
        + shown("ioctl", SLAVE, TIOCGPGRP, "&word")
        + end()
    )
    check_source(PRELUDE + PAIR + forked(leader, "parent") + wait_for("r14") + end() + DATA)


def test_who_may_not_have_it() -> None:
    other = invoke("setsid") + shown("ioctl", SLAVE, TIOCSCTTY, 0) + shown("ioctl", SLAVE, TIOCNOTTY, 0) + end()
    check_source(
        lead(
            forked(other, "leader")
            + wait_for("r14")
            + forked(shown("ioctl", SLAVE, TIOCSCTTY, 0) + shown("open", "&tty", O_RDWR) + end(), "again")
            + wait_for("r14")
            + invoke("rt_sigaction", SIGHUP, "&ignore", 0, 8)
            + shown("ioctl", SLAVE, TIOCNOTTY, 0)
            + shown("open", "&tty", O_RDWR)
            + shown("ioctl", SLAVE, TIOCGPGRP, "&word")
            + shown("ioctl", MASTER, TIOCGPGRP, "&word")
            + shown_value("word")
            + shown("ioctl", SLAVE, TIOCSCTTY, 0)
        )
    )


def test_the_background_is_stopped_when_it_reads() -> None:
    reader = (
        invoke("setpgid", 0, 0)
        + shown("read", SLAVE, "&buffer", 64)
        + invoke("ioctl", SLAVE, TIOCGPGRP, "&word")
        + end(7)
    )
    check_source(
        lead(
            forked(reader, "leader")
            + wait_for("r14", WUNTRACED)
            + "mov dword ptr [word], r14d\n"
            + shown("ioctl", SLAVE, TIOCSPGRP, "&word")
            + invoke("write", MASTER, "&line", 5)
            + shown("kill", "r14", SIGCONT)
            + wait_for("r14")
        )
    )


def test_the_background_is_stopped_when_it_changes_the_terminal() -> None:
    changer = invoke("setpgid", 0, 0) + "mov dword ptr [word], 1\n" + shown("ioctl", SLAVE, TIOCSPGRP, "&word") + end()
    check_source(
        lead(
            forked(changer, "leader")
            + wait_for("r14", WUNTRACED)
            + shown("kill", "r14", 9)
            + wait_for("r14")
            + shown("write", SLAVE, "&line", 5)
        )
    )


def test_a_background_that_ignores_the_signals() -> None:
    stubborn = (
        invoke("setpgid", 0, 0)
        + invoke("rt_sigaction", SIGTTOU, "&ignore", 0, 8)
        + invoke("rt_sigaction", SIGTTIN, "&ignore", 0, 8)
        + shown("read", SLAVE, "&buffer", 64)
        + shown("write", SLAVE, "&line", 5)
        + invoke("getpid")
        + "mov dword ptr [word], eax\n"
        + shown("ioctl", SLAVE, TIOCSPGRP, "&word")
        + end()
    )
    check_source(lead(forked(stubborn, "leader") + wait_for("r14") + shown("ioctl", SLAVE, TIOCGPGRP, "&word")))


def test_the_end_of_the_leader_hangs_up_the_foreground() -> None:
    job = invoke("nanosleep", "&long", 0) + end()
    leader = (
        invoke("setsid")
        + invoke("ioctl", SLAVE, TIOCSCTTY, 0)
        + forked(job, "leader")
        + "mov dword ptr [word], r14d\n"
        + invoke("setpgid", "r14", "r14")
        + shown("ioctl", SLAVE, TIOCSPGRP, "&word")
        + end(3)
    )
    adopt = invoke("prctl", 36, 1, 0, 0, 0)
    check_source(PRELUDE + adopt + PAIR + forked(leader, "parent") + wait_for("r14") + wait_for("-1") + end() + DATA)


def test_the_end_of_the_master_hangs_up_the_foreground() -> None:
    leader = (
        invoke("setsid")
        + invoke("ioctl", SLAVE, TIOCSCTTY, 0)
        + invoke("close", MASTER)
        + invoke("write", 1, "&line", 5)
        + invoke("nanosleep", "&long", 0)
        + end()
    )
    check_source(
        PRELUDE
        + PAIR
        + invoke("pipe", "&buffer")
        + forked(invoke("dup2", 6, 1) + leader, "parent")
        + invoke("read", 5, "&text", 5)
        + shown("close", MASTER)
        + wait_for("r14")
        + shown("read", SLAVE, "&buffer", 8)
        + shown("write", SLAVE, "&buffer", 8)
        + end()
        + DATA
    )


def test_keys_signal_the_foreground_only() -> None:
    job = invoke("setpgid", 0, 0) + invoke("nanosleep", "&long", 0) + end()
    check_source(
        lead(
            forked(job, "leader")
            + invoke("setpgid", "r14", "r14")
            + "mov dword ptr [word], r14d\n"
            + shown("ioctl", SLAVE, TIOCSPGRP, "&word")
            + "mov byte ptr [buffer], 3\n"
            + shown("write", MASTER, "&buffer", 1)
            + wait_for("r14")
        )
    )


def test_resizing_tells_the_foreground() -> None:
    check_source(
        lead(
            "mov qword ptr [word], 0x08000000\n"
            + invoke("rt_sigprocmask", 0, "&word", 0, 8)
            + "mov dword ptr [buffer], 0x00500018\n"
            + shown("ioctl", MASTER, 0x5414, "&buffer")
            + shown("rt_sigpending", "&status", 8)
            + shown_value("status", "qword")
        )
    )
