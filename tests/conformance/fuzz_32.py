"""The sequences of the fuzzer as 32-bit programs: the same calls with the structs, the registers and the generations of
calls that 32-bit ABIs have, and calls that only these have.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.conformance import fuzz_32_calls
from tests.conformance.fuzz_calls import Sequence
from tests.conformance.interpreters import family
from tests.conformance.program import HANDLER, Buffer, Call, Field, Label, Packed, Result

PLAIN_HANDLER, PLAIN_RESTORER = Label("plain_handler"), Label("plain_restorer")
_SIGINFO = 4
BUFFERS = [
    *(("ipc", 256), ("shm_ds", 256), ("msg_ds", 256), ("message", 64), ("address", 8), ("old_mask", 16), ("v", 1024)),
    *((f"{name}_{kind}", 256) for name in ("look", "stat") for kind in ("stat", "stat64")),
]
"""What several makers look at."""

_CONTROL_HEADER = 16

Dump = tuple[str, int, int]

_FIRST_NAMES = {"_llseek": "lseek", "mmap2": "mmap", "_newselect": "select", "fstatat64": "newfstatat"}
_WIDE_WORDS = {
    *("rt_sigprocmask", "rt_sigpending", "rt_sigtimedwait", "rt_sigsuspend", "signalfd4", "ppoll", "epoll_pwait"),
    *("poll", "capget", "capset", "epoll_ctl", "write", "setsockopt", "clone3", "prlimit64", "sched_setaffinity"),
    *("splice", "copy_file_range", "getsockopt", "setgroups", "sched_setscheduler", "sched_setparam"),
}
"""Calls whose structs have the same words in all ABIs, apart from the times in them."""

_IDS = {
    *("chown", "lchown", "fchown", "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid"),
    *("getresuid", "getresgid", "setfsuid", "setfsgid", "getgroups", "setgroups", "getuid", "getgid"),
    *("geteuid", "getegid"),
}
_TIMED = {
    "ppoll": (2,),
    "pselect6": (4,),
    "rt_sigtimedwait": (2,),
    "futex": (3,),
    "utimensat": (2,),
    "clock_nanosleep": (2,),
}
"""Where the time is that a later generation has with 64 bits."""

_INTERVALS = {"timer_settime": 2, "timerfd_settime": 2}
_CLOCK_CALLS = {
    "clock_gettime": "64",
    "timer_gettime": "64",
    "timerfd_gettime": "64",
    "sched_rr_get_interval": "_time64",
}
_SOCKETCALLS = {
    name: number
    for number, name in enumerate(
        ("socket", "bind", "connect", "listen", "accept", "getsockname", "getpeername", "socketpair", "send", "recv",
         "sendto", "recvfrom", "shutdown", "setsockopt", "getsockopt", "sendmsg", "recvmsg", "accept4"), 1
    )
}  # fmt: skip

_STATS = {
    "stat64": {"i386": [(16, 8), (44, 8)], "arm": [(16, 8), (48, 8)]},
    "stat": {"i386": [(8, 4), (20, 4)], "arm": [(8, 4), (20, 4)]},
}
"""Where the mode, the number of links and the size are."""


def first_name(name: str | int) -> str | int:
    """The call that this one is a generation of."""
    if not isinstance(name, str):
        return name
    plain = name.removesuffix("_time64")
    if plain in ("pread64", "pwrite64", "getdents64", "prlimit64"):
        return plain
    plain = plain.removesuffix("64").removesuffix("32")
    return _FIRST_NAMES.get(name, "sendfile" if plain == "sendfile" else plain)


class Sequence32(Sequence):
    """Builds one sequence for `arch`."""

    def __init__(self, seed: int, arch: str) -> None:
        self.arch = arch
        self.aligned = arch != "i386"
        super().__init__(seed)
        if arch == "i386":
            self.makers += fuzz_32_calls.makers(self)
        else:
            self.makers = [(maker, weight) for maker, weight in self.makers if maker.__name__ in EMULATED]
            self.makers += fuzz_32_calls.portable_makers(self)
        makers, weights = zip(*self.makers, strict=True)
        self.choices = makers, weights

    def build(self) -> list[Call]:
        """As `Sequence` does, with buffers that several makers look at."""
        for named, size in BUFFERS:
            self.raw("read", 0, Buffer(named, size), 0)
        return super().build()

    def add(self, name: str | int, *arguments: object, show: str = "value", dump: object = ()) -> Result:
        """One more step, as this ABI has it."""
        dumps: list[Dump] = list(dump)  # type: ignore[call-overload]
        if isinstance(name, str):
            name, arguments, dumps = self.narrowed(name, arguments, dumps)
        return super().add(name, *arguments, show=show, dump=dumps)

    def raw(self, name: str | int, *arguments: object, show: str = "value", dump: object = ()) -> Result:
        """One more step, as it is."""
        return super().add(name, *arguments, show=show, dump=dump)

    # -- the same calls ----------------------------------------------------------------------------------------------

    def narrowed(
        self, name: str, arguments: tuple[object, ...], dumps: list[Dump]
    ) -> tuple[str, tuple[object, ...], list[Dump]]:
        """One of the calls that do this, its arguments, and what to look at."""
        own: Callable[..., tuple[str, tuple[object, ...], list[Dump]]] | None = getattr(self, f"as_{name}", None)
        if own is not None:
            return own(arguments, dumps)
        if name in _IDS:
            return name + self.random.choice(("", "32")), self.words(name, arguments), dumps
        if name in _TIMED:
            return self.timed(name, arguments, dumps)
        if name in _INTERVALS:
            at = _INTERVALS[name]
            wide = self.random.random() < 0.5
            timed = [wider(value) if number == at and wide else value for number, value in enumerate(arguments)]
            return name + "64" * wide, tuple(timed), dumps
        if name in _CLOCK_CALLS:
            return name + self.random.choice(("", _CLOCK_CALLS[name])), arguments, dumps
        if name in _SOCKETCALLS:
            return self.socket_call(name, arguments, dumps)
        return name, self.words(name, arguments), dumps

    @staticmethod
    def words(name: str, arguments: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(map(wider, arguments)) if name in _WIDE_WORDS else arguments

    def wide(self, before: int, *values: object) -> list[object]:
        """Values of 64 bits in two registers, behind so many others."""
        result: list[object] = []
        for value in values:
            if self.aligned and (before + len(result)) % 2:
                result.append(0)
            number = int(value) & 2**64 - 1  # type: ignore[call-overload]
            result += [number & 0xFFFF_FFFF, number >> 32]
        return result

    def timed(self, name: str, arguments: tuple[object, ...], dumps: list[Dump]):  # type: ignore[no-untyped-def]
        places = _TIMED[name]
        later = self.random.random() < 0.5
        done = [
            value if not later and number in places else wider(value) if later or name in _WIDE_WORDS else value
            for number, value in enumerate(arguments)
        ]
        if name == "rt_sigtimedwait":
            dumps = [(where, 20, 4) if at == 24 else (where, at, size) for where, at, size in dumps]
        if name == "pselect6":
            done[1:4] = map(wider, arguments[1:4])
            done[5] = self.select_mask(arguments[5])
        return name + "_time64" * later, tuple(done), dumps

    @staticmethod
    def select_mask(mask: object) -> object:
        if isinstance(mask, Packed):
            return Packed([wider(mask.words[0]), mask.words[1]])
        return mask

    def socket_call(self, name: str, arguments: tuple[object, ...], dumps: list[Dump]):  # type: ignore[no-untyped-def]
        arguments = self.words(name, arguments)
        if name in ("sendmsg", "recvmsg") and isinstance(arguments[1], Packed):
            arguments = (arguments[0], self.message(arguments[1]), *arguments[2:])
        if (
            self.arch == "i386"
            and self.random.random() < 0.5
            and not any(type(value).__name__ in ("Result", "Loaded") for value in arguments)
        ):
            return "socketcall", (_SOCKETCALLS[name], Packed(list(arguments))), dumps
        return name, arguments, dumps

    @staticmethod
    def message(header: Packed) -> Packed:
        words = list(header.words)
        control = words[4]
        if isinstance(control, bytes) and len(control) >= _CONTROL_HEADER:
            length = int.from_bytes(control[:8], "little") - 4
            words[4] = (length & 0xFFFF_FFFF).to_bytes(4, "little") + control[8:]
            words[5] = int(words[5]) - 4  # type: ignore[call-overload]
        return Packed(words)

    def as_lseek(self, arguments, dumps):  # type: ignore[no-untyped-def]
        fd, offset, whence = arguments
        if self.random.random() < 0.4:
            return "lseek", arguments, dumps
        number = int(offset) & 2**64 - 1
        place = f"llseek{len(self.steps)}"
        where = Buffer(place, 8) if self.random.random() < 0.9 else self.struct(8)
        shown = [(place, 0, 8)] if isinstance(where, Buffer) and where.name == place else []
        return "_llseek", (fd, number >> 32, number & 0xFFFF_FFFF, where, whence), shown

    def as_pread64(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return "pread64", (*arguments[:3], *self.wide(3, arguments[3])), dumps

    def as_pwrite64(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return "pwrite64", (*arguments[:3], *self.wide(3, arguments[3])), dumps

    def as_ftruncate(self, arguments, dumps):  # type: ignore[no-untyped-def]
        if self.random.random() < 0.4:
            return "ftruncate", arguments, dumps
        return "ftruncate64", (arguments[0], *self.wide(1, arguments[1])), dumps

    def as_truncate(self, arguments, dumps):  # type: ignore[no-untyped-def]
        if self.random.random() < 0.4:
            return "truncate", arguments, dumps
        return "truncate64", (arguments[0], *self.wide(1, arguments[1])), dumps

    def as_fallocate(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return "fallocate", (*arguments[:2], *self.wide(2, *arguments[2:])), dumps

    def as_fadvise64(self, arguments, dumps):  # type: ignore[no-untyped-def]
        fd, offset, length, advice = arguments
        if self.arch == "i386":
            if self.random.random() < 0.5:
                return "fadvise64", (fd, *self.wide(1, offset), length, advice), dumps
            return "fadvise64_64", (fd, *self.wide(1, offset, length), advice), dumps
        return "arm_fadvise64_64", (fd, advice, *self.wide(2, offset, length)), dumps

    def as_sync_file_range(self, arguments, dumps):  # type: ignore[no-untyped-def]
        fd, offset, length, flags = arguments
        if self.arch == "i386":
            return "sync_file_range", (fd, *self.wide(1, offset, length), flags), dumps
        return "arm_sync_file_range", (fd, flags, *self.wide(2, offset, length)), dumps

    def as_readahead(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return "readahead", (arguments[0], *self.wide(1, arguments[1]), arguments[2]), dumps

    def vector_at(self, name: str, arguments, dumps):  # type: ignore[no-untyped-def]
        low, high = int(arguments[3]) & 0xFFFF_FFFF, int(arguments[3]) >> 32
        return name, (*arguments[:3], low, high, *arguments[5:]), dumps

    def as_preadv(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return self.vector_at("preadv", arguments, dumps)

    def as_pwritev(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return self.vector_at("pwritev", arguments, dumps)

    def as_preadv2(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return self.vector_at("preadv2", arguments, dumps)

    def as_pwritev2(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return self.vector_at("pwritev2", arguments, dumps)

    def as_mmap(self, arguments, dumps):  # type: ignore[no-untyped-def]
        *rest, offset = arguments
        plain = not any(type(value).__name__ in ("Result", "Loaded") for value in rest)
        if self.arch == "i386" and plain and (offset & 4095 or self.random.random() < 0.3):
            return "mmap", (Packed([*rest, offset]),), dumps
        return "mmap2", (*rest, offset >> 12), dumps

    def as_sendfile(self, arguments, dumps):  # type: ignore[no-untyped-def]
        if self.random.random() < 0.5:
            return "sendfile", arguments, dumps
        return "sendfile64", tuple(map(wider, arguments)), dumps

    def stats(self, name: str, arguments, dumps):  # type: ignore[no-untyped-def]
        kind = self.random.choice(("stat64", "stat64", "stat"))
        return name.removesuffix("stat") + kind, *self.stat_buffer(kind, arguments, dumps)

    def stat_buffer(self, kind: str, arguments, dumps):  # type: ignore[no-untyped-def]
        """A buffer of its own for each struct, so that what one call has left does not show in another."""
        named = tuple(
            Buffer(f"{value.name}_{kind}", value.size) if isinstance(value, Buffer) and dumps else value
            for value in arguments
        )
        return named, [(f"{dumps[0][0]}_{kind}", *place) for place in _STATS[kind][self.arch]] if dumps else []

    def as_stat(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return self.stats("stat", arguments, dumps)

    def as_lstat(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return self.stats("lstat", arguments, dumps)

    def as_fstat(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return self.stats("fstat", arguments, dumps)

    def as_newfstatat(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return "fstatat64", *self.stat_buffer("stat64", arguments, dumps)

    def as_fcntl(self, arguments, dumps):  # type: ignore[no-untyped-def]
        fd, command, *rest = arguments
        argument = rest[0] if rest else 0
        later = self.random.random() < 0.6
        if isinstance(argument, Packed):
            large = command in (36, 37, 38) or (later and self.random.random() < 0.7)
            if command in (5, 6, 7) and large:
                command += 7
            sizes = (4, 8, 8, 4) if large else (4, 4, 4, 4)
            if self.aligned and large:
                sizes = (8, 8, 8, 8)
            argument = Packed([Field(value, size) for value, size in zip(argument.words, sizes, strict=False)])
        return "fcntl64" if later or self.arch != "i386" else "fcntl", (fd, command, argument), dumps

    def as_select(self, arguments, dumps):  # type: ignore[no-untyped-def]
        count, *sets, time = arguments
        done = (count, *map(wider, sets), time)
        if self.arch == "i386" and self.random.random() < 0.3:
            return "select", (Packed(list(done)),), dumps
        return "_newselect", done, dumps

    def as_getrlimit(self, arguments, dumps):  # type: ignore[no-untyped-def]
        dumps = [(name, at, size // 2) for name, at, size in dumps]
        if self.arch == "i386" and self.random.random() < 0.5:
            return "getrlimit", arguments, dumps
        return "ugetrlimit", arguments, dumps

    def as_rt_sigaction(self, arguments, dumps):  # type: ignore[no-untyped-def]
        signo, act, old, size = arguments
        dumps = [
            (name, {0: 0, 8: 4, 24: 12}[at], {(0, 32): 20, (8, 8): 4, (24, 8): 8}[at, length])
            for name, at, length in dumps
        ]
        older = self.random.random() < 0.3
        if older:
            dumps = [(name, {0: 0, 4: 4, 12: 8}[at], {20: 16, 4: 4, 8: 4}[length]) for name, at, length in dumps]
        if isinstance(act, Packed):
            handler, flags, restorer, mask = act.words
            flags = int(flags)
            if handler == HANDLER and self.random.random() < 0.4:
                handler, restorer, flags = PLAIN_HANDLER, PLAIN_RESTORER, flags & ~_SIGINFO
            words = [handler, mask, flags, restorer] if older else [handler, flags, restorer, Field(mask, 8)]
            act = Packed(words)
        return ("sigaction", (signo, act, old), dumps) if older else ("rt_sigaction", (signo, act, old, size), dumps)

    def as_madvise(self, arguments, dumps):  # type: ignore[no-untyped-def]
        where, length, advice = arguments
        guards = advice in (102, 103) and length & 0xFFFF_FFFF > 2**30
        return "madvise", (where, 4096 if guards else length, advice), dumps

    def as_sched_getattr(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return (
            "sched_getattr",
            tuple(Buffer("v", 1024) if isinstance(value, Buffer) else value for value in arguments),
            [],
        )

    def as_sigaltstack(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return "sigaltstack", arguments, [(name, at, size // 2) for name, at, size in dumps]

    def as_rt_sigqueueinfo(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return "rt_sigqueueinfo", tuple(map(information, arguments)), dumps

    def as_rt_tgsigqueueinfo(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return "rt_tgsigqueueinfo", tuple(map(information, arguments)), dumps

    def as_pidfd_send_signal(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return "pidfd_send_signal", tuple(map(information, arguments)), dumps

    def as_waitid(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return "waitid", arguments, [(name, 16, 8) if at == 20 else (name, at, size) for name, at, size in dumps]

    def as_wait4(self, arguments, dumps):  # type: ignore[no-untyped-def]
        if self.arch == "i386" and self.random.random() < 0.3:
            return "waitpid", arguments[:3], dumps
        return "wait4", arguments, dumps

    def as_timer_create(self, arguments, dumps):  # type: ignore[no-untyped-def]
        clock, event, where = arguments
        if isinstance(event, Packed):
            value, kind, *rest = event.words
            event = Packed([value, Field(kind, 8), *rest, *rest])
        return "timer_create", (clock, event, where), dumps

    def as_arch_prctl(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return ("arch_prctl" if self.arch == "i386" else "getpid"), arguments, []

    def as_uname(self, arguments, dumps):  # type: ignore[no-untyped-def]
        names = ("uname", "olduname", "oldolduname") if self.arch == "i386" else ("uname",)
        return self.random.choice(names), arguments, dumps

    def as_time(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return ("time" if self.arch == "i386" else "getpid"), arguments, dumps

    def as_alarm(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return ("alarm" if self.arch == "i386" else "getpid"), arguments, dumps

    def as_utime(self, arguments, dumps):  # type: ignore[no-untyped-def]
        return ("utime" if self.arch == "i386" else "utimes"), arguments, dumps

    def as_rt_sigprocmask(self, arguments, dumps):  # type: ignore[no-untyped-def]
        if self.random.random() < 0.3:
            return "sigprocmask", arguments[:3], [(name, at, 4) for name, at, _ in dumps]
        return "rt_sigprocmask", tuple(map(wider, arguments)), dumps

    def as_rt_sigpending(self, arguments, dumps):  # type: ignore[no-untyped-def]
        if self.random.random() < 0.3:
            return "sigpending", arguments[:1], [(name, at, 4) for name, at, _ in dumps]
        return "rt_sigpending", arguments, dumps


def wider(value: object) -> object:
    """A struct whose words stay those of 64 bits."""
    if not isinstance(value, Packed):
        return value
    return Packed([word if isinstance(word, Field) else Field(word, 8) for word in value.words])


def information(value: object) -> object:
    """`siginfo_t`: the number and the error, the code, and one word for each field."""
    if not isinstance(value, Packed):
        return value
    number, code, *rest = value.words
    return Packed([Field(number, 8), code, *rest, *[0] * 16])


EMULATED = {
    *("open", "close", "read", "write", "vector", "seek", "stat", "access", "dup", "pipe", "directory", "names"),
    *("random_bytes", "mask", "heap", "identity"),
}
"""Makers whose calls a user-mode emulator hands on as they are."""


def tame(seed: int, arch: str = "x86_64") -> list[Call]:
    """The sequence of that seed, of calls that the real machine survives."""
    if arch in ("i386", "arm", "thumb"):
        return Sequence32(seed, family(arch)).build()
    return Sequence(seed).build()
