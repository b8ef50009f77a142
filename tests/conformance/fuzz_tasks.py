"""Processes, signals and what belongs to a task, for the fuzzer. Children are waited for, so both kernels agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conformance.program import (
    HANDLER,
    READ_ONLY,
    RESTORER,
    SIGNAL_LOG,
    UNMAPPED,
    Buffer,
    Edge,
    Packed,
    Result,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conformance.fuzz_calls import Sequence

HANDLED = [1, 2, 10, 10, 12, 12, 14, 15, 17, 23, 28, 34, 35, 64]
"""Signals that a handler is set for; none of them stops."""

ACTION_FLAGS = [0, 0, 0x1000_0000, 0x4000_0000, 0x8000_0000, 0x0800_0000, 2, 0x5000_0000, 1, 0x400, 0x800]
SIGNAL_SETS = [0, 1 << 9, 1 << 11, 1 << 9 | 1 << 11, 1 << 33 | 1 << 34, 2**64 - 1, 1 << 16, 1 << 13]
CODES = [-1, -1, -1, -2, -3, -6, 0, 1, 0x80, -60]
CLONE_FLAGS = [
    0x100, 0x200, 0x400, 0x800, 0x900, 0x1000, 0x4000, 0x8000, 0x10000, 0x20000, 0x40000, 0x80000, 0x100000, 0x200000,
    0x400000, 0x1000000, 0x2000000, 0x4000000, 0x8000000, 0x20000000, 0x40000000, 0x80000000,
]  # fmt: skip
QUIET_FLAGS = [0, 0, 0x200, 0x400, 0x600, 0x4000, 0x4100, 0x4900, 0x40000, 0x100000, 0x200000, 0x800000, 0x20600]
"""What a child may share with a parent that waits."""

WAIT_OPTIONS = [1, 1, 1, 3, 9, 0, 0x2000_0001, 0x4000_0001, 0x8000_0001, 4, 0x10, -1]
WAITID_OPTIONS = [4, 5, 5, 0x0100_0005, 0x0100_0005, 3, 9, 0, 1, 0x10, 0x4000_0005, 0x8000_0005, 0x100_0001, 0x15]
IDS = [1000, 1000, 0, -1, 1001, 65534, 2**31, 2**32 + 1000]
LIMITS = [*range(16), 16, -1, 2**32]
PRCTLS = [1, 2, 3, 4, 7, 8, 13, 14, 15, 16, 27, 28, 29, 30, 36, 37, 38, 39, 40, 57, 58, 41, 42, 9999, 0, 5,
          19, 25, 33, 34, 0x53564D41, 23, 24]  # fmt: skip


def makers(sequence: Sequence) -> list[tuple[Callable[[], None], int]]:
    """Each with its weight."""
    chosen = (
        (handle, 6), (stack, 2), (queue, 4), (wait_for_signal, 3), (fork, 6), (refused_clone, 2), (wait, 4),
        (execute, 2), (futex, 4), (credentials, 3), (groups, 2), (process_control, 4), (schedule, 4), (limit, 3),
        (pidfd, 3), (robust, 1), (names, 1),
    )  # fmt: skip
    return [(lambda maker=maker: maker(sequence), weight) for maker, weight in chosen]  # type: ignore[misc]


def _me(s: Sequence) -> Result:
    return s.add(s.random.choice(("getpid", "getpid", "gettid")), show="none")


def _logged(s: Sequence) -> list[tuple[str, int, int]]:
    return [(SIGNAL_LOG, 0, 32 * s.random.choice((2, 4, 6)))]


def survive(s: Sequence) -> None:
    """Handlers for the signals that are sent most, so that the sequence goes on."""
    for signo in sorted(set(HANDLED)):
        act = Packed([HANDLER, 0x4000004 | s.random.choice((0, 0, 0x1000_0000, 0x4000_0000)), RESTORER, 0])
        s.add("rt_sigaction", signo, act, 0, 8, show="none")


def handle(s: Sequence) -> None:
    """A handler, most often with a signal that it gets."""
    choose = s.random.choice
    signo = choose(HANDLED)
    act = Packed([HANDLER, 0x4000004 | choose(ACTION_FLAGS), RESTORER, choose(SIGNAL_SETS)])
    old = Buffer("old_action", 32)
    s.add("rt_sigaction", signo, act, old, 8, dump=[("old_action", 8, 8), ("old_action", 24, 8)])
    if s.random.random() < 0.7:
        me = _me(s)
        match s.random.randrange(3):
            case 0:
                s.add("kill", me, signo, dump=_logged(s))
            case 1:
                s.add("tkill", me, signo, dump=_logged(s))
            case _:
                s.add("tgkill", me, me, signo, dump=_logged(s))


def stack(s: Sequence) -> None:
    """sigaltstack; a stack that is set is large enough."""
    choose = s.random.choice
    new: object = Packed([choose((0x2800_0000, 0)), choose((0, 2, 1, 4, 0x8000_0000)), choose((2047, 100, 0, 2048))])
    if s.random.random() < 0.5:
        s.add("mmap", 0x2800_0000, 4 * 4096, 3, 0x32, -1, 0)
        new = Packed([0x2800_0000, choose((0, 0, 0x8000_0000)), 16384])
    if s.random.random() < 0.2:
        new = choose((0, UNMAPPED, Edge(23)))
    old = choose((Buffer("old_stack", 24), 0, READ_ONLY))
    s.add("sigaltstack", new, old, dump=[("old_stack", 0, 24)] if isinstance(old, Buffer) else [])


def queue(s: Sequence) -> None:
    """rt_sigqueueinfo and rt_tgsigqueueinfo to itself."""
    choose = s.random.choice
    signo = choose((*HANDLED, 0, 65, 11))
    information: object = Packed([choose((signo, 0, 99)), choose(CODES) & 0xFFFF_FFFF, 5, 0x1234_5678, 0, 0] + [0] * 10)
    if s.random.random() < 0.1:
        information = choose((0, UNMAPPED, Edge(127)))
    me = _me(s)
    if s.random.random() < 0.5:
        s.add("rt_sigqueueinfo", choose((me, me, me, 2**30, -1)), signo, information, dump=_logged(s))
    else:
        s.add("rt_tgsigqueueinfo", choose((me, me, 0)), choose((me, me, 2**30)), signo, information, dump=_logged(s))


def wait_for_signal(s: Sequence) -> None:
    """rt_sigtimedwait without waiting, rt_sigsuspend, pause, signalfd."""
    choose = s.random.choice
    wanted: object = choose((Packed([choose(SIGNAL_SETS)]), Packed([choose(SIGNAL_SETS)]), 0, UNMAPPED))
    size = choose((8, 8, 8, 8, 4, 16))
    match s.random.randrange(8):
        case 0 | 1 | 2:
            where: object = choose((Buffer("info", 128), Buffer("info", 128), 0, Edge(100)))
            dump = [("info", 0, 12), ("info", 24, 8)] if isinstance(where, Buffer) else []
            zero = choose((Packed([0, 0]), Packed([0, 0]), Packed([0, -1]), Packed([-1, 0]), UNMAPPED))
            s.add("rt_sigtimedwait", wanted, where, zero, size, dump=dump)
        case 3 | 4:
            s.add("rt_sigsuspend", wanted, size, dump=_logged(s))
        case 5:
            s.add("pause", dump=_logged(s))
        case _:
            old = choose((-1, -1, -1, s.fd()))
            s.result("signalfd4", old, wanted, size, choose((0o4000, 0o4000, 0o2004000, 1, 2)))
            s.add("read", s.fd(), Buffer("b"), choose((128, 256, 127, 0)), dump=[("b", 0, 12), ("b", 40, 12)])


def fork(s: Sequence) -> None:
    """A child that does a few steps and ends. Its descriptors are the next steps' too, where they agree."""
    choose = s.random.choice
    match s.random.randrange(5):
        case 0:
            opened = s.add("vfork", show=choose(("reaped", "left")))
        case 1:
            signo = choose((17, 17, 0, 10, 34))
            opened = s.add("clone", choose(QUIET_FLAGS) | signo, 0, 0, 0, 0, show=choose(("reaped", "left")))
        case 2:
            words = [choose(QUIET_FLAGS), 0, 0, 0, choose((17, 17, 0, 10)), 0, 0, 0]
            opened = s.add("clone3", Packed(words), 64, show=choose(("reaped", "left")))
        case _:
            opened = s.add("fork", show=choose(("reaped", "reaped", "left")))
    descriptors = list(s.descriptors)
    for _ in range(s.random.randint(0, 4)):
        s.random.choices(*s.choices)[0]()
    if s.random.random() < 0.4:
        s.add(choose(("exit", "exit_group")), choose((0, 1, 255, 256, -1)))
    elif s.random.random() < 0.2:
        s.add("kill", _me(s), choose((9, 15, 6, 11, 17)))
    s.descriptors = descriptors
    s.encloses(opened)


def refused_clone(s: Sequence) -> None:
    """Flags that do not go together, and what needs privileges. A child that comes of it exits at once."""
    choose = s.random.choice
    flags = sum({choose(CLONE_FLAGS) for _ in range(s.random.randint(1, 3))})
    if flags & 0x10000 and flags & 0x800 and flags & 0x100:
        flags &= ~0x100
    if flags & 0x100:
        flags |= 0x4000
    flags &= ~0x8000
    pointer = choose((0, UNMAPPED, READ_ONLY, Edge(4)))
    if s.random.random() < 0.5:
        opened = s.add("clone", flags | choose((17, 0, 64, 65, 255)), 0, pointer, pointer, 0, show="reaped")
    else:
        words = [flags | choose((0, 0, 0, 1 << 32, 1 << 33, 17)), 0, 0, 0, choose((17, 0, 65, 2**32)), 0, 0, 0, 0, 0, 0]
        words[5:7] = choose(((0, 0), (0, 0), (4096, 0), (0, 4096), (UNMAPPED, 4096)))
        size = choose((64, 80, 88, 63, 0, 72, 8192))
        opened = s.add("clone3", choose((Packed(words), Packed(words), UNMAPPED, Edge(64))), size, show="reaped")
    s.encloses(opened)


def wait(s: Sequence) -> None:
    """wait4 and waitid, with zombies or no child at all."""
    choose = s.random.choice
    child = s.child()
    if s.random.random() < 0.5:
        who = choose((-1, -1, child, child, 0, 2**30, -(2**30), -(2**31), 1))
        where = choose((Buffer("status", 8), Buffer("status", 8), 0, UNMAPPED, Edge(3)))
        dump = [("status", 0, 4)] if isinstance(where, Buffer) else []
        usage = choose((0, 0, s.volatile(144)))
        s.add("wait4", who, where, choose(WAIT_OPTIONS), usage, show="sign", dump=dump)
    else:
        kind, who = choose(
            ((0, 0), (1, child), (1, child), (2, 0), (3, s.fd()), (1, 0), (1, -1), (2, -1), (4, 1), (-1, 0))
        )
        where = choose((Buffer("siginfo", 128), Buffer("siginfo", 128), 0, UNMAPPED, Edge(40)))
        dump = [("siginfo", 0, 12), ("siginfo", 20, 8)] if isinstance(where, Buffer) else []
        usage = choose((0, 0, 0, s.volatile(144)))
        s.add("waitid", kind, who, where, choose(WAITID_OPTIONS), usage, show="sign", dump=dump)


def execute(s: Sequence) -> None:
    """execve of what cannot be executed."""
    choose = s.random.choice
    vector = choose((0, Packed([0]), Packed(["x", 0]), UNMAPPED, Packed([UNMAPPED, 0]), Packed([0, 0]), Edge(8)))
    environment = choose((0, Packed([0]), Packed(["x", 0]), UNMAPPED, Packed([UNMAPPED, 0]), Edge(8)))
    path = s.local()
    if s.random.random() < 0.5:
        name = choose(("x", "y"))
        text = choose(
            (b"#!a\n", b"#!", b"#! \n", b"", b"\x7fELF", b"#!/missing\n", b"#!x\n", b"#!" + b"z" * 300, b"#!d\n")
        )
        made = s.add("open", name, 0o1102, choose((0o755, 0o755, 0o644)))
        s.add("write", made, text, len(text))
        s.add("close", made)
        path = name
    if s.random.random() < 0.6:
        s.add("execve", path, vector, environment)
    else:
        s.add("execveat", s.dirfd(), path, vector, environment, choose((0, 0, 0x100, 0x1000, 0x1100, 1)))


def futex(s: Sequence) -> None:
    """Operations that do not sleep."""
    choose = s.random.choice
    word: object = Buffer("futex", 16)
    if s.random.random() < 0.25:
        word = choose((UNMAPPED, READ_ONLY, Edge(4), Edge(2), Buffer("futex", 0, 2), 0, s.mapped()))
    second: object = choose((Buffer("futex", 0, 4), Buffer("futex", 0, 8), UNMAPPED, Edge(4), Buffer("futex", 0, 5)))
    private = choose((0, 128, 128, 256, 384))
    zero = choose((Packed([0, 0]), Packed([0, 1000]), Packed([-1, 0]), Packed([0, 10**9]), UNMAPPED))
    number = choose((0, 0, 1, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 13, 14, 99))
    match number:
        case 0 | 9 | 13:
            s.add("futex", word, number | private, choose((0, 0, 1, -1)), zero, second, choose((-1, 0, 1)))
        case 3 | 4:
            s.add(
                "futex", word, number | private, choose((0, 1, -1, 2**31)), choose((0, 1, -1)), second, choose((0, 1))
            )
        case 5:
            operation = choose((0, 0x1000_1000, 0x2000_0000, 0x7000_0000, 0x0F00_0000, 0x8000_5001, -1, 0x80FF_F000))
            s.add("futex", word, 5 | private, 1, 1, second, operation, dump=[("futex", 0, 16)])
        case 6 | 7 | 8:
            s.add("futex", word, number | private, 0, zero if number == 6 else 0)
        case _:
            s.add("futex", word, number | private, choose((0, 1, -1)), 0, 0, choose((-1, 0, 1)))


def credentials(s: Sequence) -> None:
    """Identities that an unprivileged process may or may not take."""
    choose = s.random.choice
    a, b, c = choose(IDS), choose(IDS), choose(IDS)
    match s.random.randrange(8):
        case 0:
            s.add(choose(("setuid", "setgid", "setfsuid", "setfsgid")), a)
        case 1:
            s.add(choose(("setreuid", "setregid")), a, b)
        case 2:
            s.add(choose(("setresuid", "setresgid")), a, b, c)
        case 3:
            name = choose(("getresuid", "getresgid"))
            second = choose((Buffer("ids", 0, 4), UNMAPPED))
            s.add(name, Buffer("ids", 12), second, choose((Buffer("ids", 0, 8), Edge(3))), dump=[("ids", 0, 12)])
        case 4:
            s.add("setgroups", choose((0, 1, -1, 65537)), choose((Packed([1000]), UNMAPPED)))
        case 5:
            s.add("getgroups", choose((0, 0, -1, 65536)), Buffer("list", 256), show="sign")
        case 6:
            version = choose((0x2008_0522, 0x1998_0330, 0x2007_1026, 0, 0x2008_0522))
            header = Packed([version | choose((0, 0, 2**30 << 32, 2**63))])
            s.add(
                "capget",
                choose((header, header, UNMAPPED)),
                choose((Buffer("caps", 24), 0, UNMAPPED)),
                dump=[("caps", 0, 24)],
            )
        case _:
            version = choose((0x2008_0522, 0x1998_0330, 0))
            sets = Packed([choose((0, 1, 2**64 - 1)), choose((0, 0, 1)), 0])
            s.add("capset", Packed([version | choose((0, 0, 1 << 32))]), choose((sets, sets, UNMAPPED)))


def groups(s: Sequence) -> None:
    """Process groups and sessions."""
    choose = s.random.choice
    me, child = _me(s), s.child()
    match s.random.randrange(5):
        case 0:
            s.add("setpgid", choose((0, me, child, 2**30, -1, 1)), choose((0, me, child, 2**30, -1, 1)))
        case 1:
            s.add("getpgid", choose((0, me, child, 2**30, -1)), show="sign")
        case 2:
            s.add("getsid", choose((0, me, child, 2**30, -1)), show="sign")
        case 3:
            s.add("setsid", show="sign")
        case _:
            s.add("getpgrp", show="sign")


def process_control(s: Sequence) -> None:
    """prctl."""
    choose = s.random.choice
    option = choose(PRCTLS)
    values: list[object] = [0, 0, 1, 1, 2, 3, 15, 64, 65, -1, 2**31, "a name that is too long", UNMAPPED]
    argument = choose(values)
    dump: list[tuple[str, int, int]] = []
    if option in (2, 5, 9, 11, 16, 19, 25, 37, 40) and s.random.random() < 0.8:
        argument, dump = Buffer("prctl", 16), [("prctl", 0, 4 if option == 40 else 16)]
    if option == 40:
        dump = []
    rest = [choose((0, 0, 0, 0, 1, 2**32)) for _ in range(3)]
    s.add("prctl", option, argument, *rest, dump=dump)


def schedule(s: Sequence) -> None:
    """Policies, priorities, affinity."""
    choose = s.random.choice
    who = choose((0, 0, _me(s), s.child(), 2**30, -1, 2**31))
    policy = choose((0, 0, 1, 2, 3, 4, 5, 6, 7, -1, 0x4000_0000, 0x4000_0003))
    parameter: object = choose(
        (Packed([0]), Packed([0]), Packed([1]), Packed([99]), Packed([100]), 0, UNMAPPED, Edge(3))
    )
    match s.random.randrange(11):
        case 0:
            s.add("sched_setscheduler", who, policy, parameter)
        case 1:
            s.add("sched_getscheduler", who)
        case 2:
            s.add("sched_setparam", who, parameter)
        case 3:
            s.add("sched_getparam", who, choose((Buffer("b"), 0, Edge(3))), dump=[("b", 0, 8)])
        case 4:
            s.add(choose(("sched_get_priority_max", "sched_get_priority_min")), policy)
        case 5:
            s.add("sched_rr_get_interval", who, s.volatile(16))
        case 6:
            s.add("sched_getaffinity", who, choose((0, 1, 7)), Buffer("v", 1024))
        case 7:
            s.add(
                "sched_setaffinity",
                who,
                choose((8, 8, 1, 0, 128)),
                choose((Packed([1] + [0] * 15), Packed([0] * 16), UNMAPPED)),
            )
        case 8:
            s.add(
                "getpriority",
                choose((0, 1, 2, 0, 3, -1)),
                choose((0, 0, 2**30, -1)) if s.random.random() < 0.8 else who,
            )
        case 9:
            s.add("setpriority", choose((0, 0, 0, 3, -1)), who, choose((0, 1, 5, 19, 20, 100, -1, -20)))
        case _:
            s.add(
                "sched_getattr",
                who,
                choose((Buffer("b"), 0)),
                choose((48, 56, 47, 4096, 4097)),
                choose((0, 0, 1)),
                dump=[("b", 0, 16)],
            )


def limit(s: Sequence) -> None:
    """Limits, with values that let the rest go on."""
    choose = s.random.choice
    number = choose(LIMITS)
    pair: object = Packed(choose(((2**20, 2**20), (5, 4), (-1, -1), (0, -1), (2**30, 2**31), (200, 1000), (200, 2000))))
    if number not in (5, 10):
        pair = choose((Packed([5, 4]), UNMAPPED, Packed([2**40, -2])))
    match s.random.randrange(3):
        case 0:
            s.add("getrlimit", number, s.volatile(16))
        case 1:
            s.add("setrlimit", number, pair)
        case _:
            who = choose((0, _me(s), s.child(), 2**30, -1))
            s.add("prlimit64", who, number, choose((pair, 0)), choose((s.volatile(16), 0)))
            if number == 5:
                s.add("getrlimit", 5, Buffer("limit", 16), dump=[("limit", 0, 16)])


def pidfd(s: Sequence) -> None:
    """pidfd_open and its kin."""
    choose = s.random.choice
    who = choose((_me(s), _me(s), s.child(), s.child(), 2**30, 0, -1))
    match s.random.randrange(4):
        case 0 | 1:
            s.result("pidfd_open", who, choose((0, 0, 0, 0o4000, 0, 1)))
        case 2:
            information = choose((0, 0, Packed([10, 0xFFFF_FFFF, 5] + [0] * 13), UNMAPPED))
            s.add(
                "pidfd_send_signal",
                s.fd(),
                choose((0, 10, 17, 65, -1)),
                information,
                choose((0, 0, 0, 8, -1)),
                dump=_logged(s),
            )
        case _:
            s.result("pidfd_getfd", s.fd(), choose((0, 1, 2, 3, 4, 900, -1)), choose((0, 0, 1)))


def robust(s: Sequence) -> None:
    """The robust list, and rseq-less oddities of a thread."""
    choose = s.random.choice
    if s.random.random() < 0.5:
        s.add("set_robust_list", choose((0, Buffer("robust", 24))), choose((24, 24, 23, 0)))
    else:
        s.add(
            "get_robust_list",
            choose((0, s.child(), 2**30, -1)),
            Buffer("robust", 24),
            choose((Edge(8), Edge(7), Buffer("size", 8))),
        )


def names(s: Sequence) -> None:
    """Calls about the system that are the same everywhere as far as they fail."""
    choose = s.random.choice
    match s.random.randrange(6):
        case 0:
            s.add("sethostname", choose(("x", UNMAPPED)), choose((1, 0, -1, 100)))
        case 1:
            s.add("chroot", s.local())
        case 2:
            s.add("getrusage", choose((0, -1, 1, 2, -2, 5)), s.volatile(144))
        case 3:
            s.add("times", s.volatile(32), show="sign")
        case 4:
            s.add("sysinfo", s.volatile(112))
        case _:
            s.add("getcpu", s.volatile(4), s.volatile(4), 0, show="sign")
