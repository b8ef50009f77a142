"""Random sequences of calls with nasty arguments, for the differential fuzzer. The same seed gives the same sequence.

The generator knows what must not be done on the real machine: signals go only to the process itself, nothing stops it
or makes it sleep for long, and names stay below the directory that the case runs in.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from tests.conformance import fuzz_files, fuzz_tasks, fuzz_waiting
from tests.conformance.fuzz_sockets import add_socket_call
from tests.conformance.program import (
    AT_FDCWD,
    KERNEL_ADDRESS,
    READ_ONLY,
    UNMAPPED,
    Buffer,
    Call,
    Edge,
    Loaded,
    Packed,
    Result,
    call,
)

PAGE = 4096
ARENA = 0x2000_0000
"""Where mappings with a fixed address go."""

SECOND_EDGE = 0x3000_1000
"""The end of memory for what differs between machines, such as times, so that it gets nowhere else."""

ROOM = 4 * PAGE
"""Bytes in the buffer `b`."""

PATHS = [
    "a", "b", "d", "d/a", "d/b", "d/e", "d/e/a", "l", "d/l", "m", "a/", "d/", "d/e/", "l/", "a/b", ".", "d/.", "./a",
    "d//a", "d/../a", "d/..", "l/a", "x/y", "", "n" * 255, "n" * 256, "d/" + "n" * 256, "/dev/null", "/dev/zero",
    "/dev/full", "/etc/new", "/root/x", "/dev/null/x", "./" * 2047 + "a", "./" * 2048,
]  # fmt: skip
TARGETS = ["a", "b", "d", "l", "m", "d/a", "e", "d/", "a/", "nowhere", "/dev/null", "", "t" * 4095, "t" * 4096]
BAD_POINTERS = [0, 1, UNMAPPED, KERNEL_ADDRESS, KERNEL_ADDRESS - 1, 2**64 - 1, 0x7FFF_FFFF_F000]
SIZES = [0, 1, 2, 3, 7, 8, 23, 24, 64, 100, PAGE - 1, PAGE, PAGE + 1, 3 * PAGE]
HUGE_SIZES = [65536, 65537, 0x7FFF_EFFF, 0x7FFF_F000, 0x7FFF_FFFF, 2**31, 2**32, 2**47, 2**63 - 1, 2**63, 2**64 - 1]
OFFSETS = [
    0, 1, 5, 8, 100, PAGE - 1, PAGE, 3 * PAGE, 100_000, -1, -5, -PAGE, 2**31, 2**32, 2**44 - PAGE - 1, 2**44 - PAGE,
    2**44, 2**63 - 1, 2**63 - 5, -(2**63),
]  # fmt: skip
OPEN_FLAGS = [
    0o1, 0o2, 0o3, 0o100, 0o200, 0o400, 0o1000, 0o2000, 0o4000, 0o10000, 0o20000, 0o100000, 0o200000, 0o400000,
    0o1000000, 0o2000000, 0o4010000, 0o10000000, 0o20200000, 0o20000000, 0x4000_0000, 1 << 32,
]  # fmt: skip
USUAL_OPENS = [0, 1, 2, 0o101, 0o102, 0o1101, 0o102, 0o2102, 0o301, 0o302, 0o200000, 0o10000000, 0o20200002]
MODES = [0, 0o644, 0o755, 0o600, 0o777, 0o400, 0o200, 0o111, 0o7777, 0o170644, 0o1777, 2**16 + 0o640]
WORDS = [b"", b"x", b"hello", b"some words\n", b"\0" * 9, bytes(range(64)), b"0123456789" * 30]
FCNTL_FLAGS = [0, 0o2000, 0o4000, 0o6000, 0o20000, 0o1000000, 0o102000, 1, -1 & ~0o1060000, 2**32]
IOCTLS = [0x5401, 0x5402, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451, 0x5410, 0x540F, 0, 0x8004_5430, 2**32 + 0x5401]
SEARCHED_SIGNALS = [1, 2, 3, 9, 10, 11, 12, 13, 15, 17, 18, 19, 23, 28, 32, 33, 34, 63, 64]
BAD_SIGNALS = [0, 65, 66, -1, 2**31, 2**32 + 65]
STOPPING = (19, 20, 21, 22)
MASKS = [0, 1 << 9, 1 << 12, 1 << 14, 1 << 9 | 1 << 14, 2**64 - 1, 1 << 8 | 1 << 18, 2**63, 1 << 33]
TIMES = [(0, 0), (0, 1), (0, 1000), (0, -1), (0, 10**9), (-1, 0), (0, 999_999), (-(2**63), 0), (0, 2**63 - 1)]
CLOCKS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16, -1, -2, -3, -6, -7, -10, 2**31 - 1, 2**32]
WALL_CLOCKS = (0, 1, 4, 5, 6, 7, 10, 11, 12, 15, 16, 2**31 - 1)
MAP_BITS = [0x1, 0x2, 0x3, 0x20, 0x40, 0x80, 0x100, 0x800, 0x1000, 0x2000, 0x4000, 0x8000, 0x10000, 0x20000, 0x40000,
            0x80000, 0x100000, 0x4000000]  # fmt: skip


class Sequence:
    """Builds one sequence."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.steps: list[Call] = []
        self.descriptors: list[object] = []
        self.pointers: list[object] = []
        self.children: list[Result] = []
        self.pipes = 0
        self.makers: list[tuple[Callable[[], None], int]] = [
            (self.open, 12), (self.close, 4), (self.read, 8), (self.write, 8), (self.vector, 5), (self.seek, 5),
            (self.stat, 4), (self.access, 2), (self.dup, 5), (self.fcntl, 7), (self.pipe, 4), (self.ioctl, 3),
            (self.directory, 9), (self.names, 9), (self.listing, 3), (self.memory, 8), (self.heap, 2),
            (self.identity, 2), (self.time, 4), (self.random_bytes, 2), (self.action, 3), (self.mask, 3),
            (self.send, 3), (self.unknown, 1), (self.truncate, 2), (self.remap, 4), (self.advise, 5), (self.lock, 2),
            (self.socket, 10), *fuzz_files.makers(self), *fuzz_tasks.makers(self), *fuzz_waiting.makers(self),
        ]  # fmt: skip
        makers, weights = zip(*self.makers, strict=True)
        self.choices = makers, weights

    def build(self) -> list[Call]:
        """20 to 60 calls, after some that make files, and before those that look at what is left."""
        choose = self.random.choice
        self.add("open", "/dev/null", 2)
        self.add("dup2", 3, 1)
        self.add("dup2", 3, 2)
        self.add("close", 3)
        self.add("read", 0, Buffer("b", ROOM), 1)
        for named, size in (("timer", 8), ("futex", 16), ("caps", 24), ("ready", 96)):
            self.add("read", 0, Buffer(named, size), 0)
        self.add("mmap", SECOND_EDGE - PAGE, 2 * PAGE, 3, 0x32, -1, 0)
        self.add("munmap", SECOND_EDGE, PAGE)
        for made in (
            ("mkdir", "d", 0o755), ("mkdir", "d/e", 0o755), ("symlink", choose(TARGETS[:6]), "l"),
            ("open", "a", 0o102, 0o644),
        ):  # fmt: skip
            if self.random.random() < 0.8:
                self.add(*made)
        for fd in [index for index, step in enumerate(self.steps) if step.arguments[:1] == ("a",)]:
            self.descriptors.append(Result(fd))
            self.add("write", Result(fd), choose(WORDS), 20)
        if self.random.random() < 0.7:
            fuzz_tasks.survive(self)
        for maker in self.random.choices(*self.choices, k=self.random.randint(20, 60)):
            maker()
        self.look()
        if self.random.random() < 0.1:
            self.add(choose(("exit", "exit_group")), choose((0, 1, 255, 256, -1, 2**32 + 3)))
        return self.steps

    def add(self, name: str | int, *arguments: object, show: str = "value", dump: object = ()) -> Result:
        """One more step; returns what stands for its result."""
        self.steps.append(call(name, *arguments, show=show, dump=dump))  # type: ignore[arg-type]
        return Result(len(self.steps) - 1)

    def encloses(self, opened: Result) -> None:
        """The steps since the fork `opened` are its child's."""
        inner = len(self.steps) - 1 - opened.index
        self.steps[opened.index] = replace(self.steps[opened.index], inner=inner)
        self.children.append(opened)

    def child(self) -> object:
        """A child, ended and perhaps waited for; a number that is nobody's when there was none."""
        return self.random.choice(self.children) if self.children else 2**30

    def look(self) -> None:
        """What the calls have left behind."""
        for fd in (0, 1, 2, *range(3, 12)):
            self.add("fcntl", fd, 3)
            self.add("fcntl", fd, 1)
            self.add("lseek", fd, 0, 1)
            self.add("fstat", fd, Buffer("look", 256), dump=[("look", 16, 12), ("look", 48, 8)])
        for path in ("a", "b", "d", "d/a", "d/b", "d/e", "l", "m"):
            self.add("newfstatat", AT_FDCWD, path, Buffer("look"), 0x100, dump=[("look", 16, 12), ("look", 48, 8)])
        for path in ("a", "d/a"):
            fd = self.add("open", path, 0o4000, show="sign")
            self.add("pread64", fd, Buffer("contents", 256), 256, 0, dump=[("contents", 0, 256)])
        self.add("rt_sigpending", Buffer("contents"), 8, dump=[("contents", 0, 8)])
        seen = self.add("open", "seen", 0o102, 0o600, show="none")
        for page in range(ARENA, ARENA + 16 * PAGE, PAGE):
            self.add("mincore", page, PAGE, UNMAPPED)
            self.add("pwrite64", seen, page, 16, 0)
            self.add("pread64", seen, Buffer("contents"), 16, 0, dump=[("contents", 0, 16)])
            self.add("pread64", seen, page, 0 if page == ARENA else 1, 0)
        self.add("umask", 0)

    # -- arguments ---------------------------------------------------------------------------------------------------

    def fd(self) -> object:
        """Most often one that was opened."""
        if self.descriptors and self.random.random() < 0.8:
            return self.random.choice(self.descriptors[-6:])
        return self.random.choice((0, 1, 2, 3, 4, 5, 6, 7, -1, -2, 1023, 1024, 2**31 - 1, 2**31, 2**32, 2**32 + 3))

    def dirfd(self) -> object:
        return self.fd() if self.random.random() < 0.4 else AT_FDCWD

    def path(self) -> object:
        if self.random.random() < 0.07:
            return self.random.choice([*BAD_POINTERS, Edge(1), Edge(0)])
        return self.random.choice(PATHS[:19] if self.random.random() < 0.8 else PATHS)

    def target(self) -> tuple[object, int]:
        """Memory to be filled and its size."""
        chance = self.random.random()
        if chance < 0.6:
            return Buffer("b", ROOM), self.random.choice(SIZES)
        if chance < 0.8:
            return Edge(self.random.choice((0, 1, 5, 100, PAGE))), self.random.choice(SIZES + HUGE_SIZES)
        if chance < 0.9:
            return self.mapped(), self.random.choice(SIZES)
        return self.random.choice([*BAD_POINTERS, READ_ONLY]), self.random.choice(SIZES + HUGE_SIZES)

    def source(self) -> tuple[object, int]:
        """Memory with something to take and its size."""
        if self.random.random() < 0.6:
            data = self.random.choice(WORDS)
            return data, len(data)
        return self.target()

    def mapped(self) -> object:
        """Memory that may be mapped."""
        if self.pointers and self.random.random() < 0.4:
            return self.random.choice(self.pointers)
        return ARENA + self.random.randrange(8) * PAGE + self.random.choice((0, 0, 1, 100, PAGE - 1, PAGE - 8))

    def struct(self, size: int) -> object:
        """A place for a struct of `size` bytes."""
        chance = self.random.random()
        if chance < 0.7:
            return Buffer("b", ROOM)
        if chance < 0.85:
            return Edge(self.random.choice((size, size - 1, size - 8, 0)))
        return self.random.choice([*BAD_POINTERS, READ_ONLY, self.mapped()])

    def volatile(self, size: int) -> object:
        """A place for a struct whose contents are not the same everywhere."""
        if self.random.random() < 0.7:
            return Buffer("v", 1024)
        edges = [SECOND_EDGE - size, SECOND_EDGE - size + 1, SECOND_EDGE - size + 8, SECOND_EDGE]
        return self.random.choice([*BAD_POINTERS, READ_ONLY, *edges, *edges])

    def result(self, name: str, *arguments: object) -> None:
        """A call that gives a descriptor."""
        self.descriptors.append(self.add(name, *arguments))

    # -- calls -------------------------------------------------------------------------------------------------------

    def open(self) -> None:
        choose = self.random.choice
        flags = choose(USUAL_OPENS)
        if self.random.random() < 0.4:
            flags = sum({choose(OPEN_FLAGS) for _ in range(self.random.randint(1, 5))})
        match self.random.randrange(6):
            case 0:
                self.result("creat", self.path(), choose(MODES))
            case 1 | 2:
                self.result("openat", self.dirfd(), self.path(), flags, choose(MODES))
            case _:
                self.result("open", self.path(), flags, choose(MODES))

    def close(self) -> None:
        self.add("close", self.fd())

    def read(self) -> None:
        where, size = self.target()
        dump = [("b", 0, 64)] if isinstance(where, Buffer) else []
        if self.random.random() < 0.3:
            self.add("pread64", self.fd(), where, size, self.random.choice(OFFSETS), dump=dump)
        else:
            self.add("read", self.fd(), where, size, dump=dump)

    def write(self) -> None:
        where, size = self.source()
        if self.random.random() < 0.3:
            self.add("pwrite64", self.fd(), where, size, self.random.choice(OFFSETS))
        else:
            self.add("write", self.fd(), where, size)

    def vector(self) -> None:
        reading = self.random.random() < 0.5
        pieces = [self.target() if reading else self.source() for _ in range(self.random.randint(0, 5))]
        words: list[object] = [word for piece in pieces for word in piece]
        count = len(pieces) if self.random.random() < 0.9 else self.random.choice((0, -1, 1024, 1025, 2**32 + 1, 2**31))
        vector = Packed(words or [0]) if self.random.random() < 0.93 else self.random.choice([*BAD_POINTERS, Edge(16)])
        self.add("readv" if reading else "writev", self.fd(), vector, count)

    def seek(self) -> None:
        self.add(
            "lseek", self.fd(), self.random.choice(OFFSETS), self.random.choice((0, 0, 1, 1, 2, 2, 3, 4, 5, -1, 2**32))
        )

    def truncate(self) -> None:
        self.add("ftruncate", self.fd(), self.random.choice(OFFSETS))

    def stat(self) -> None:
        where = self.volatile(144)
        dump = []
        if isinstance(where, Buffer):
            where, dump = Buffer("stat", 144), [("stat", 16, 12), ("stat", 48, 8)]
        match self.random.randrange(4):
            case 0:
                self.add("fstat", self.fd(), where, dump=dump)
            case 1:
                flags = self.random.choice((0, 0x100, 0x1000, 0x1100, 0x800, 0x200, 0x6000, 1, 2**32))
                self.add("newfstatat", self.dirfd(), self.local(), where, flags, dump=dump)
            case _:
                self.add(self.random.choice(("stat", "lstat")), self.local(), where, dump=dump)

    def local(self) -> object:
        """A path whose attributes are the same everywhere."""
        path = self.path()
        return "a" if isinstance(path, str) and path.startswith("/") else path

    def access(self) -> None:
        mode = self.random.choice((0, 1, 2, 4, 6, 7, 8, -1, 2**32))
        match self.random.randrange(3):
            case 0:
                self.add("access", self.path(), mode)
            case 1:
                self.add("faccessat", self.dirfd(), self.path(), mode, self.random.choice((0, 0x100, -1)))
            case _:
                flags = self.random.choice((0, 0x100, 0x200, 0x1000, 0x1300, 0x400, 1))
                self.add("faccessat2", self.dirfd(), self.path(), mode, flags)

    def dup(self) -> None:
        new = self.random.choice((0, 3, 4, 5, 8, 20, 999, 1001, 1023, 1024, -1, 2**32 + 6, 2**31))
        match self.random.randrange(3):
            case 0:
                self.result("dup", self.fd())
            case 1:
                self.result("dup2", self.fd(), new if self.random.random() < 0.8 else self.fd())
            case _:
                self.result("dup3", self.fd(), new, self.random.choice((0, 0, 0o2000000, 0o4000, 1, 2**32)))

    def fcntl(self) -> None:
        choose = self.random.choice
        match self.random.randrange(7):
            case 0:
                start = choose((0, 1, 3, 7, 100, 1001, 1022, 1023, 1024, -1, 2**31, 2**32 + 9))
                self.result("fcntl", self.fd(), choose((0, 1030)), start)
            case 1:
                self.add("fcntl", self.fd(), choose((1, 3, 1032)), choose((0, -1)))
            case 2:
                self.add("fcntl", self.fd(), 2, choose((0, 1, 2, 3, -1, 2**32, 2**32 + 1)))
            case 3 | 4:
                self.add("fcntl", self.fd(), 4, choose(FCNTL_FLAGS))
            case 5:
                lock = Packed([choose((0, 1, 2, 3, 1 << 16, 2 << 16, 3 << 16)), choose(OFFSETS), choose(OFFSETS), 0])
                where = lock if self.random.random() < 0.8 else self.struct(32)
                self.add("fcntl", self.fd(), choose((5, 6, 7)), where)
            case _:
                sizes = (0, 1, PAGE, PAGE + 1, 65536, 1 << 20, (1 << 20) + 1, 1 << 31, (1 << 31) + 1, 2**32)
                self.add("fcntl", self.fd(), choose((1031, 1031, 12345, -1, 2**32 + 3)), choose(sizes))

    def pipe(self) -> None:
        name = f"fds{self.pipes}"
        self.pipes += 1
        if self.random.random() < 0.2:
            self.add("pipe2", self.random.choice([*BAD_POINTERS, Edge(7), Edge(8), READ_ONLY]), 0o4000)
            return
        flags = self.random.choice((0, 0o4000, 0o4000, 0o4000, 0o2004000, 0o44000, 0o2000, 1))
        if self.random.random() < 0.2:
            self.add("pipe", Buffer(name, 8), dump=[(name, 0, 8)])
        else:
            self.add("pipe2", Buffer(name, 8), flags, dump=[(name, 0, 8)])
        self.descriptors += [Loaded(name, 0), Loaded(name, 4)]

    def ioctl(self) -> None:
        request = self.random.choice(IOCTLS)
        where = self.struct(4) if request & 0xFFFF == 0x541B else self.struct(36)
        dump = [("b", 0, 8)] if isinstance(where, Buffer) else []
        self.add("ioctl", self.fd(), request, where, dump=dump)

    def directory(self) -> None:
        choose = self.random.choice
        match self.random.randrange(6):
            case 0:
                self.add("mkdir", self.path(), choose(MODES))
            case 1:
                self.add("rmdir", self.path())
            case 2:
                self.add("chdir", choose(("d", "d/e", "..", ".", "e", self.path())))
            case 3:
                self.add("fchdir", self.fd())
            case 4:
                self.add("umask", choose((0, 0o22, 0o77, 0o7777, -1)))
            case _:
                where, size = self.target()
                self.add("getcwd", Buffer("v", 1024) if isinstance(where, Buffer | Edge) else where, min(size, 1000))

    def names(self) -> None:
        choose = self.random.choice
        match self.random.randrange(6):
            case 0:
                self.add("unlink", self.path())
            case 1:
                self.add("unlinkat", self.dirfd(), self.path(), choose((0, 0x200, 0x100, 1)))
            case 2:
                self.add("symlink", choose(TARGETS), self.path())
            case 3:
                where, size = self.target()
                self.add("readlink", self.path(), where, choose((size, 0, -1, 2**32 + 5)), show="sign")
            case 4:
                self.add("rename", self.local(), self.local())
            case _:
                flags = choose((0, 1, 2, 3, 6, 8))
                self.add("renameat2", self.dirfd(), self.local(), self.dirfd(), self.local(), flags)

    def listing(self) -> None:
        if self.random.random() < 0.5:
            self.result("open", self.random.choice((".", "d", "d/e", "l")), 0o200000)
        where: object = Buffer("entries", ROOM)
        size = self.random.choice((ROOM, ROOM, 0, 10, 23))
        if self.random.random() < 0.2:
            where, size = self.random.choice([*BAD_POINTERS, READ_ONLY, Edge(20)]), PAGE
        self.add("getdents64", self.fd(), where, size)

    def memory(self) -> None:
        choose = self.random.choice
        where = ARENA + self.random.randrange(8) * PAGE
        if self.random.random() < 0.1:
            where = choose((0, 1, ARENA + 1, ARENA + 5, KERNEL_ADDRESS, 0x7FFF_FFFF_F000, 2**64 - PAGE))
        length = choose((1, 100, PAGE, 2 * PAGE, 3 * PAGE, 5 * PAGE, 0, 2**63, 2**64 - 1, 2**64 - PAGE))
        prot = choose((0, 1, 2, 3, 3, 3, 4, 5, 7, 8, 0x10, 0x100_0000, 0x200_0000, 0x300_0000, 2**32 + 1))
        match self.random.randrange(4):
            case 0:
                self.add("munmap", where, length)
            case 1:
                self.add("mprotect", where, length, prot)
            case _:
                flags = choose((0x32, 0x32, 0x22, 0x12, 0x11, 0x31, 0x2, 0x1, 0x132, 0x10_0032, 0x10_0022))
                if self.random.random() < 0.25:
                    flags = sum({choose(MAP_BITS) for _ in range(self.random.randint(1, 4))}) | choose((0, 0x10))
                offset = choose((0, 0, 0, PAGE, 1, -PAGE, 2**44, 2**63 - 1, 2**63 - PAGE + 1, 2**63))
                fixed = bool(flags & 0x10_0010)
                mapped = self.add(
                    "mmap", where, length, prot, flags, self.fd(), offset, show="value" if fixed else "sign"
                )
                if not fixed:
                    self.pointers.append(mapped)

    def region(self) -> tuple[int, int]:
        """An address and a length in the arena, most often; few of them make no sense."""
        choose = self.random.choice
        where = ARENA + self.random.randrange(8) * PAGE
        length = choose((1, 100, PAGE, PAGE, 2 * PAGE, 3 * PAGE, 5 * PAGE))
        if self.random.random() < 0.1:
            where = choose((0, 1, ARENA + 1, ARENA + 5, KERNEL_ADDRESS, 0x7FFF_FFFF_F000, 2**64 - PAGE))
        if self.random.random() < 0.1:
            where, length = ARENA, choose((0, 2**64 - 1, 2**64 - PAGE))
        return where, length

    def remap(self) -> None:
        choose = self.random.choice
        where, old = self.region()
        _, new = self.region()
        flags = choose((0, 1, 1, 3, 3, 3, 5, 7, 7, 2, 4, 8, -1))
        target = ARENA + self.random.randrange(16) * PAGE if self.random.random() < 0.9 else self.region()[0]
        fixed = flags in (0, 3, 7)
        moved = self.add(
            "mremap", where, choose((old, old, old, 0)), choose((old, old, new)), flags, target,
            show="value" if fixed else "sign",
        )  # fmt: skip
        if not fixed:
            self.pointers.append(moved)

    def advise(self) -> None:
        choose = self.random.choice
        where, length = self.region()
        match self.random.randrange(6):
            case 0:
                self.add("mincore", where, choose((length, PAGE)), choose((Buffer("b", ROOM), self.struct(8))))
            case 1:
                self.add("msync", where, length, choose((1, 2, 4, 4, 6, 5, 0, 8)))
            case _:
                advice = choose((0, 1, 2, 3, 4, 4, 4, 8, 9, 9, 10, 11, 16, 17, 18, 19, 20, 21, 22, 23, 102, 103, 5, -1))
                self.add("madvise", where, length, advice)

    def lock(self) -> None:
        where, length = self.region()
        match self.random.randrange(5):
            case 0:
                self.add("munlock", where, length)
            case 1:
                self.add("mlock2", where, length, self.random.choice((0, 1, 1, 2)))
            case 2:
                self.add("munlockall")
            case _:
                self.add("mlock", where, length)

    def heap(self) -> None:
        end = self.add("brk", 0, show="sign")
        plus = self.random.choice((0, 1, PAGE, 3 * PAGE, -1, -PAGE, -100 * PAGE, 2**46))
        self.add("brk", Result(end.index, plus), show="sign")
        self.pointers.append(Result(end.index, self.random.choice((0, PAGE - 1, PAGE))))

    def identity(self) -> None:
        name = self.random.choice(
            (
                "getpid",
                "gettid",
                "getppid",
                "getuid",
                "geteuid",
                "getgid",
                "getegid",
                "set_tid_address",
                "uname",
                "arch",
            )
        )
        if name == "arch":
            code = self.random.choice((0x1001, 0x1002, 0x1003, 0x1004, 0x1000, -1, 2**32 + 0x1003))
            base = self.random.choice([0x1234_5000, 0x7FFF_FFFF_F000, 0x7FFF_FFFF_EFFF, KERNEL_ADDRESS, 0])
            self.add("arch_prctl", code, self.struct(8) if code & 2 ^ code >> 1 & 2 else base)
            self.add("arch_prctl", 0x1003, Buffer("b", ROOM), dump=[("b", 0, 8)])
        else:
            self.add(name, self.volatile(390), show="sign")

    def time(self) -> None:
        choose = self.random.choice
        clock = choose(CLOCKS)
        duration: object = Packed(choose(TIMES)) if self.random.random() < 0.8 else choose([*BAD_POINTERS, Edge(15)])
        match self.random.randrange(6):
            case 0:
                self.add("nanosleep", duration, self.volatile(16))
            case 1:
                self.add(
                    "clock_nanosleep",
                    clock if clock in WALL_CLOCKS else 0,
                    choose((0, 1, 2, 3, 2**32)),
                    duration,
                    self.volatile(16),
                )
            case 2 | 3:
                self.add("clock_gettime", clock, self.volatile(16))
            case 4:
                self.add("gettimeofday", self.volatile(16), self.volatile(8))
            case _:
                self.add("time", self.volatile(8), show="sign")

    def random_bytes(self) -> None:
        size = self.random.choice(SIZES + HUGE_SIZES)
        where = self.volatile(min(size, 100))
        size = min(size, 1024) if isinstance(where, Buffer) else size
        self.add("getrandom", where, size, self.random.choice((0, 0, 1, 2, 4, 3, 6, 8, -1, 2**32)))

    def action(self) -> None:
        choose = self.random.choice
        act: object = Packed(
            [choose((0, 1)), choose((0, 0x400_0000, 0x1000_0000, 2**32 - 1, 2**64 - 1)), 0x1234, choose(MASKS)]
        )
        if self.random.random() < 0.3:
            act = choose([0, *BAD_POINTERS, Edge(31)])
        old = choose((0, Buffer("b", ROOM), Buffer("b", ROOM), self.struct(32)))
        dump = [("b", 0, 32)] if isinstance(old, Buffer) else []
        signo = choose(SEARCHED_SIGNALS if self.random.random() < 0.9 else BAD_SIGNALS)
        self.add("rt_sigaction", signo, act, old, choose((8, 8, 8, 8, 4, 0, 2**32 + 8)), dump=dump)

    def mask(self) -> None:
        choose = self.random.choice
        signals: object = Packed([choose(MASKS)]) if self.random.random() < 0.8 else choose([0, *BAD_POINTERS, Edge(7)])
        old = choose((0, Buffer("b", ROOM), Buffer("b", ROOM), self.struct(8)))
        dump = [("b", 0, 8)] if isinstance(old, Buffer) else []
        if self.random.random() < 0.2:
            self.add("rt_sigpending", old, choose((8, 4, 0, 9)), dump=dump)
        else:
            how = choose((0, 0, 1, 2, 2, 3, -1, 2**32))
            self.add("rt_sigprocmask", how, signals, old, choose((8, 8, 8, 8, 4)), dump=dump)

    def send(self) -> None:
        choose = self.random.choice
        me = self.add("getpid", show="none")
        if self.random.random() < 0.3:
            self.add("kill", choose((0, -1, -5, 2**30, 2**31 - 1)), choose((65, -1, 100)), show="sign")
            return
        signo = choose(
            [s for s in SEARCHED_SIGNALS if s not in STOPPING] if self.random.random() < 0.7 else BAD_SIGNALS
        )
        if signo in range(1, 65) and self.random.random() < 0.8:
            self.add(choose(("rt_sigaction",)), signo, Packed([1, 0, 0, 0]), 0, 8)
        match self.random.randrange(4):
            case 0:
                self.add("tkill", choose((me, me, 0, -1, 2**30)), signo)
            case 1:
                self.add("tgkill", choose((me, me, 0, 2**30)), choose((me, me, 0, 2**30)), signo)
            case _:
                self.add("kill", me, signo)

    def socket(self) -> None:
        add_socket_call(self)

    def unknown(self) -> None:
        self.add(self.random.choice((500, 511, 600, 1000, -1, 2**31, 2**32 + 39, 2**63)), show="sign")
