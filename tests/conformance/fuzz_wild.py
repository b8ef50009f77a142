"""Sequences of calls that no real machine should see: every served call, with hostile arguments, from several tasks.

The arguments are made from the signatures of the handlers, so that a new call takes part by itself. The interpreter of
the cases forks and makes threads of itself: these go on with the same steps, in the same memory or a copy of it, and
step on each other's toes. The same seed gives the same sequence.
"""

from __future__ import annotations

import enum
import random

from app.kernel import syscalls
from app.kernel.abi import ABIS, Variant
from app.kernel.arguments.integers import EnumArgument
from app.kernel.syscall import Parameter, served
from tests.conformance.fuzz_32 import tame
from tests.conformance.fuzz_calls import (
    ARENA,
    BAD_POINTERS,
    CLOCKS,
    HUGE_SIZES,
    IOCTLS,
    MASKS,
    MODES,
    OFFSETS,
    OPEN_FLAGS,
    PAGE,
    PATHS,
    ROOM,
    SIZES,
)
from tests.conformance.fuzz_sockets import ADDRESSES, CONTROLS
from tests.conformance.interpreters import family
from tests.conformance.program import (
    AT_FDCWD,
    HANDLER,
    READ_ONLY,
    RESTORER,
    Buffer,
    Call,
    Edge,
    Loaded,
    Packed,
    Result,
    call,
)

syscalls.load()

NUMBERS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 255, 256, 999, 1000, 1001, 4096, -1, -2,
           -100, 2**15, 2**16, 2**31 - 1, 2**31, -(2**31), 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1]  # fmt: skip
"""Counts, identifiers and whatever else is a plain number."""

SIGNALS = [1, 2, 3, 5, 10, 11, 12, 13, 14, 15, 17, 17, 18, 19, 20, 21, 22, 23, 26, 27, 28, 29, 32, 34, 35, 64]
CLONE_BITS = [0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000, 0x4000, 0x8000, 0x10000, 0x20000, 0x40000, 0x80000, 0x100000,
              0x200000, 0x800000, 0x1000000, 0x80000000, 0x100000000]  # fmt: skip
USUAL_CLONES = [17, 17, 0, 0x4111, 0x50F00, 0x10F00, 0x3D0F00, 0x911, 0x411, 0x111]
PROCFS = ["/proc/self/maps", "/proc/self/fd", "/proc/self/mem", "/proc/self/status", "/proc/1000/stat", "/proc",
          "/proc/1001/maps", "/proc/self/fd/3", "/dev/ptmx", "/dev/tty", "/dev/pts/0", "/dev/shm/x",
          "/proc/self/exe", "/proc/sys/kernel/pid_max"]  # fmt: skip
DENSE = ["fork", "vfork", "clone", "clone3", "kill", "tgkill", "rt_sigaction", "setitimer", "timer_create",
         "timer_settime", "timerfd_create", "timerfd_settime", "mmap", "mremap", "munmap", "mprotect", "futex", "pipe2",
         "socketpair", "epoll_create1", "epoll_ctl", "epoll_wait", "wait4", "waitid", "ptrace", "rt_sigtimedwait",
         "eventfd2", "signalfd4", "sendmsg", "recvmsg", "splice", "ioctl", "openat", "inotify_init1",
         "inotify_add_watch", "execve", "sched_yield", "sigaltstack", "ppoll"]  # fmt: skip
"""Calls that make others interesting: they come more often."""

SHORT = [[0, 0], [0, 1], [0, 1000], [0, 10**6], [1, 0], [2**40, 0], [2**63 - 1, 999_999_999]]
"""A timespec or a timeval."""

TIMER = [[*first, *second] for first in SHORT for second in SHORT]

STRUCTS: dict[str, list[list[object]]] = {
    "timespec": [*SHORT, [0, 2**30 - 1]],
    "timeval": SHORT,
    "itimerspec": TIMER,
    "itimerval": TIMER,
    "sigset": [[mask] for mask in (0, 1 << 9, 1 << 16, 1 << 13, 0xFFFF_FFFF, 2**64 - 1)],
    "sigevent": [[1, 14, 0, 0], [2, 34 | 0 << 32, 0], [5, 10 | 4 << 32, 1000], [0, 1 << 32, 0], [0, 64, 0]],
    "rlimit": [[0, 0], [1, 1], [10, 10], [4096, 4096], [1 << 20, 1 << 20], [2**64 - 1, 2**64 - 1], [5, 1]],
    "sigaction": [
        [HANDLER, 0x400_0000, RESTORER, 0],
        [HANDLER, 0x4C00_0000, RESTORER, 2**64 - 1],
        [0, 0, 0, 0],
        [1, 0, 0, 0],
        [2**63, 0x400_0000, 1, 0],
    ],
    "stack": [
        [Buffer("b", 4 * PAGE), 0, 4 * PAGE],
        [Buffer("b", 4 * PAGE), 0, 2048],
        [0, 2, 0],
        [2**64 - 4096, 0, 2**40],
    ],
    "sched_param": [[0], [1], [50]],
}
"""The words of structs that make sense, more or less."""

USUAL: dict[str, list[object]] = {
    "sigsetsize": [8],
    "cl_size": [64, 88],
    "iovcnt": [0, 1, 1, 2, 3, 1024],
    "liovcnt": [1, 1, 2],
    "riovcnt": [1, 1, 2],
    "vlen": [1, 2, 3, 1024],
    "nfds": [0, 1, 2, 3, 64, 1024],
    "maxevents": [1, 2, 64],
    "length": [1, PAGE, 2 * PAGE, 3 * PAGE, 16 * PAGE],
    "timeout": [0, 0, 1, 10, 1000],
    "pid": [0, 0, 1000, 1001, 1002, -1, 999],
    "tid": [0, 1000, 1001, 1002],
    "tgid": [1000, 1001, 1002],
    "addrlen": [3, 16, 28, 110],
    "owner": [1000, -1],
    "group": [1000, -1],
    "timerid": [0, 1, 2],
}
"""Values that make sense by the name of the parameter."""


FORK = call("clone", 17, 0, 0, 0, 0, show="none")
"""What stands for a call that the architecture does not have."""


class WildSequence:
    """Builds one sequence."""

    def __init__(self, seed: int, arch: str = "x86_64") -> None:
        self.random = random.Random(seed)
        self.arch = arch
        self.steps: list[Call] = []
        self.pairs = 0
        self.abi = ABIS[family(arch)]
        self.known = set(self.abi.names.values())
        self.table = {}
        self.shapes: dict[str, tuple[tuple[int, ...], ...]] = {}
        for name in self.known:
            variant = self.abi.variants.get(name, Variant())
            if (row := served().get(variant.handler or name)) is not None:
                self.table[name] = row
                self.shapes[name] = variant.shape

    def build(self) -> list[Call]:
        """30 to 90 calls; half of the sequences begin with some that succeed."""
        choose = self.random.choice
        if self.random.random() < 0.5:
            self.steps += tame(self.random.randrange(1 << 30), self.arch)[:30]
        names = sorted(self.table)
        favourites = self.random.sample(names, 12)
        self.handlers()
        for _ in range(self.random.randint(30, 90)):
            chance = self.random.random()
            if chance < 0.02:
                self.step(choose([*self.abi.names, 700, -1, 2**63]))
            elif chance < 0.08:
                self.pair()
            else:
                self.step(choose(names if chance < 0.5 else DENSE if chance < 0.75 else favourites))
        return [step if isinstance(step.name, int) or step.name in self.known else FORK for step in self.steps]

    def handlers(self) -> None:
        """Many signals are caught, with odd flags; some timers run."""
        choose = self.random.choice
        for signo in set(SIGNALS):
            if self.random.random() < 0.7:
                action = Packed([HANDLER, 0x400_0000 | choose(ACTION_FLAGS), RESTORER, choose((0, 0, *MASKS))])
                self.steps.append(call("rt_sigaction", signo, action, 0, 8, show="none"))
        if self.random.random() < 0.6:
            times = [0, choose((100, 1000)), 0, choose((100, 1000))]
            action = Packed([HANDLER, 0x400_0000, RESTORER, 0])
            self.steps.append(call("rt_sigaction", 14, action, 0, 8, show="none"))
            self.steps.append(call("setitimer", 0, Packed(times), 0, show="none"))
        for _ in range(self.random.randrange(3)):
            self.steps.append(call(choose(("fork", "fork", "vfork", "inotify_init1", "epoll_create1")), show="none"))
        for _ in range(self.random.randrange(3)):
            self.steps.append(
                call("clone", choose(USUAL_CLONES), Buffer("stacks", 8 * PAGE, PAGE * choose(range(1, 8))))
            )
        for _ in range(self.random.randrange(3)):
            times = [choose((0, 0, 1)), choose((0, 1, 100, 10_000)), 0, choose((0, 1, 100, 10_000))]
            self.steps.append(call("setitimer", choose((0, 1, 2)), Packed(times), 0, show="none"))

    def step(self, name: str | int) -> None:
        """One call with arguments as its signature says."""
        row_name = str(name)
        row = self.table.get(row_name)
        arguments = [self.any() for _ in range(6)]
        if row is not None:
            typed = [self.argument(row.name, parameter) for parameter in row.parameters]
            arguments[: len(typed)] = typed
            for value, registers in zip(typed, self.shapes[row_name], strict=False):
                for register in registers[:1]:
                    arguments[register] = value
        if isinstance(name, int) or name in self.known:
            self.steps.append(call(name, *arguments, show=self.random.choice(("value", "none", "none"))))

    def pair(self) -> None:
        """Two descriptors that lead to each other."""
        name = f"wild{self.pairs}"
        self.pairs += 1
        choose = self.random.choice
        if self.random.random() < 0.5:
            self.steps.append(call("pipe2", Buffer(name, 8), choose((0, 0o4000, 0o4000, 0o40000)), show="none"))
        else:
            kind = choose((1, 2, 5)) | choose((0, 0o4000))
            self.steps.append(call("socketpair", 1, kind, 0, Buffer(name, 8), show="none"))

    # -- arguments ---------------------------------------------------------------------------------------------------

    def argument(self, name: str, parameter: Parameter) -> object:
        """Most often of the kind that the parameter wants."""
        choose = self.random.choice
        chance = self.random.random()
        if chance < 0.03:
            return self.any()
        kind = parameter.type
        if isinstance(kind, EnumArgument):
            return self.flags(kind.names)
        if chance < 0.75:
            if parameter.name in USUAL:
                return choose(USUAL[parameter.name])
            if parameter.detail in STRUCTS:
                return Packed(choose(STRUCTS[parameter.detail]))
        match kind.__name__:
            case "Fd" | "SocketFd":
                return self.fd()
            case "DirFd":
                return choose((AT_FDCWD, AT_FDCWD, AT_FDCWD, self.fd()))
            case "Path" | "AttributeName" | "MemfdName":
                return choose(choose((PATHS[:6], PATHS[:19], PATHS, PROCFS, ["user.x", Edge(1), 0])))
            case "Size" | "Unsigned":
                return choose(choose((SIZES[:10], SIZES, SIZES, HUGE_SIZES, NUMBERS)))
            case "Offset" | "FileLength" | "PageOffset":
                return choose(choose((OFFSETS[:8], OFFSETS)))
            case "Mode" | "CreationMode" | "NodeMode":
                return choose([*MODES, 0o10644, 0o20644, 0o40755, 0o140644])
            case "SignalNumber":
                return choose(choose((SIGNALS, SIGNALS, SIGNALS, NUMBERS)))
            case "CloneFlags":
                return self.clone_flags()
            case "CloneArguments":
                words = [self.clone_flags() & ~0xFF, Buffer("b", ROOM), Buffer("b", ROOM), Buffer("b", ROOM)]
                return Packed(
                    [*words, choose((17, 17, 0, 10, 65)), choose((0, 0, ARENA)), choose((0, 0, PAGE)), 0, 0, 0, 0]
                )
            case "ChildStack" | "ChildTid" | "ParentTid" | "Tls":
                return choose((0, 0, 0, Buffer("b", ROOM, ROOM - 512), self.pointer()))
            case "Address":
                return choose((self.pointer(), ARENA + PAGE * self.random.randrange(8), self.result(), 0))
            case "IoctlRequest":
                return choose([*IOCTLS, *IOCTLS, *range(0x5401, 0x5460), 0x8004_5430, 0x4004_5431, 0x541D])
            case "Int" | "Long" | "UserId" | "GroupId" | "OwnerId" | "FutexValue" | "IpcKey" | "Millis" | "HighHalf":
                return choose((choose(NUMBERS), choose((0, 0, 1, 2, 3)), self.result(), choose((0, 0, 1, 2, 1000, -1))))
            case "FutexOperation":
                return choose(range(14)) | choose((0, 0, 128, 256, 384))
            case "OptionLevel":
                return choose((0, 1, 1, 6, 17, 41, 255, -1))
            case "OptionName" | "SocketProtocol" | "FcntlArgument" | "Reserved" | "DeviceNumber" | "StatxFlags":
                return choose((choose(range(64)), 0, choose(NUMBERS), self.pointer()))
            case "SockaddrIn":
                return choose([address for address, _ in ADDRESSES])
        if kind.__name__.endswith(("Out", "Size")) and chance < 0.7:
            return Buffer("b", ROOM, choose((0, 0, 256, 512)))
        return self.pointer()

    def flags(self, names: type[enum.Enum]) -> int:
        """A few of the named values, and now and then something else."""
        known = [int(member.value) for member in names]
        if not known or self.random.random() < 0.1:
            return self.random.choice([*NUMBERS, *OPEN_FLAGS])
        if issubclass(names, enum.Flag):
            value = 0
            for _ in range(self.random.choice((0, 0, 1, 1, 2, 3, 6))):
                value |= self.random.choice(known)
            return value | self.random.choice((0, 0, 0, 0, 1, 1 << 31))
        return self.random.choice(known) + self.random.choice((0, 0, 0, 0, 1, -1))

    def clone_flags(self) -> int:
        """Usual ones, or any."""
        if self.random.random() < 0.6:
            return self.random.choice(USUAL_CLONES)
        flags = 0
        for _ in range(self.random.randrange(8)):
            flags |= self.random.choice(CLONE_BITS)
        return flags | self.random.choice((0, 17, 10, 64, 255))

    def fd(self) -> object:
        """A descriptor that may be open."""
        choose = self.random.choice
        if self.pairs and self.random.random() < 0.4:
            return Loaded(f"wild{self.random.randrange(self.pairs)}", choose((0, 4)))
        return choose([*range(10), *range(10), self.result(), self.result(), -1, 1000, 1023, 2**31 - 1, 2**32])

    def result(self) -> object:
        """What an earlier call gave: a descriptor, a pid, an address."""
        if not self.steps:
            return 0
        index = self.random.randrange(max(0, len(self.steps) - 30), len(self.steps))
        return Result(index, self.random.choice((0, 0, 0, 0, 1, -1)))

    def pointer(self) -> object:
        """Memory: a struct of numbers, a buffer, the end of a page, the program's code, nothing."""
        choose = self.random.choice
        chance = self.random.random()
        if chance < 0.4:
            return Packed([self.word() for _ in range(choose((1, 2, 2, 4, 8, 16, 24)))])
        if chance < 0.6:
            return Buffer("b", ROOM, choose((0, 0, 0, 1, 8, PAGE - 4, PAGE, ROOM - 8)))
        if chance < 0.7:
            return Edge(choose((0, 1, 4, 7, 8, 15, 16, 31, 32, 64, 144, PAGE)))
        if chance < 0.75:
            return choose(CONTROLS)
        if chance < 0.85:
            return choose([*BAD_POINTERS, READ_ONLY, HANDLER])
        if chance < 0.9:
            return self.result()
        return choose((0, 0, ARENA, ARENA + PAGE - 4, ARENA + 3 * PAGE))

    def word(self) -> object:
        """Part of a struct."""
        choose = self.random.choice
        return choose([
            choose(NUMBERS), choose(SIZES), choose(HUGE_SIZES), choose(range(8)), choose(range(8)), 0, 0,
            choose(MASKS), choose(SIGNALS), Buffer("b", ROOM), Edge(8), choose(PATHS[:19]), choose(BAD_POINTERS),
            HANDLER, choose(range(8)) | choose(range(8)) << 32, choose(CLOCKS) & 0xFFFF_FFFF, choose(USUAL_CLONES),
            Packed([choose(NUMBERS), choose(SIZES)]),
        ])  # fmt: skip

    def any(self) -> object:
        """Anything."""
        choose = self.random.choice
        return choose((choose(NUMBERS), self.pointer(), self.fd(), self.result(), choose(OFFSETS), choose(PATHS)))


ACTION_FLAGS = [0, 0, 0x1, 0x2, 0x4, 0x800_0000, 0x1000_0000, 0x4000_0000, 0x8000_0000]
"""SA_NOCLDSTOP, SA_NOCLDWAIT, SA_SIGINFO, SA_ONSTACK, SA_RESTART, SA_NODEFER, SA_RESETHAND."""


def wild(seed: int, arch: str = "x86_64") -> list[Call]:
    """The sequence of that seed."""
    return WildSequence(seed, arch).build()
