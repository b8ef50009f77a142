"""/proc compared with the machine's own: names, modes, errors and the form of the contents; the values are ours."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

import pytest

from app.kernel.config import KernelConfig
from tests.conformance.assembly import PRELUDE, data, end, forked, invoke, shown, wait_for
from tests.conformance.harness import (
    AT_FDCWD,
    READ_ONLY,
    UNMAPPED,
    WORK_DIRECTORY,
    Buffer,
    Call,
    Packed,
    Result,
    call,
    check,
    check_source,
    compile_case,
    run_here,
    run_native,
    why_not_native,
)

O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC = 1, 2, 0o100, 0o200, 0o1000
O_DIRECTORY, O_NOFOLLOW, O_PATH, O_TMPFILE, O_CLOEXEC = 0o200000, 0o400000, 0o10000000, 0o20200000, 0o2000000
ROOM = 1 << 16


def printing(*paths: str) -> list[Call]:
    """Steps that copy files to standard output, one read of each."""
    steps: list[Call] = []
    for index, path in enumerate(paths):
        steps += [
            call("openat", AT_FDCWD, path, 0, show="none"),
            call("read", Result(3 * index), Buffer("text", ROOM), ROOM, show="none"),
            call("write", 1, Buffer("text"), Result(3 * index + 1), show="none"),
        ]
    return steps


def both(*steps: Call) -> tuple[str, str]:
    """What the steps print on the machine's Linux and under this kernel."""
    reason = why_not_native()
    if reason:
        pytest.skip(reason)
    program = compile_case(steps)
    return run_native(program).stdout.decode(), run_here(program).stdout.decode()


def ours(*paths: str, config: KernelConfig | None = None) -> str:
    """The contents of files under this kernel."""
    return run_here(compile_case(printing(*paths)), config=config).stdout.decode("utf-8", "surrogateescape")


# -- names, modes and errors -------------------------------------------------------------------------------------------

MISSING = (
    "/proc/nothing", "/proc/self/nothing", "/proc/0", "/proc/01000", "/proc/-1", "/proc/+1", "/proc/4000000",
    "/proc/99999999999999999999", "/proc/self/fd/999", "/proc/self/fd/00", "/proc/self/fd/-1", "/proc/self/fd/x",
    "/proc/self/fdinfo/999", "/proc/self/task/1", "/proc/self/task/x", "/proc/self/ns/x", "/proc/sys/kernel/x",
    "/proc/self/status/", "/proc/self/status/x", "/proc/version/", "/proc/self/fd/1/", "/proc/self/fd/1/x",
    "/proc/self/comm/..", "/proc/self/cwd/nothing", "/sys/nothing", "/proc/1/environ", "/proc/1/mem", "/proc/1/maps",
    "/proc/1/fd/0", "/proc/1/auxv", "/dev/pts/9999", "/dev/pts/x",
)  # fmt: skip


@pytest.mark.parametrize("path", MISSING)
def test_names_that_cannot_be_opened(path: str) -> None:
    check(
        call("open", path, 0),
        call("open", path, O_PATH),
        call("newfstatat", AT_FDCWD, path, Buffer("st", 144), 0, show="sign"),
        call("readlink", path, Buffer("b", 256), 256, show="sign"),
        call("open", path, O_WRONLY | O_CREAT, 0o644),
        call("open", path, O_WRONLY | O_CREAT | O_EXCL, 0o644),
    )


def test_nothing_can_be_made_or_removed() -> None:
    check(
        call("mkdir", "/proc/x", 0o755),
        call("mkdir", "/proc/self/x", 0o755),
        call("mkdir", "/proc/self", 0o755),
        call("mkdir", "/proc/version", 0o755),
        call("mkdir", "/sys/x", 0o755),
        call("mkdir", "/dev/pts/x", 0o755),
        call("symlink", "a", "/proc/x"),
        call("symlink", "a", "/proc/self/fd/x"),
        call("open", "/dev/pts/x", O_WRONLY | O_CREAT, 0o644),
        call("open", "/sys/x", O_WRONLY | O_CREAT, 0o644),
        call("unlink", "/proc/version"),
        call("unlink", "/proc/self"),
        call("unlink", "/proc/self/status"),
        call("unlink", "/proc/self/fd/0"),
        call("unlink", "/proc/nothing"),
        call("rmdir", "/proc/self"),
        call("rmdir", "/proc/self/fd"),
        call("rmdir", "/proc"),
        call("rmdir", "/dev/shm"),
        call("rename", "/proc/version", "x"),
        call("rename", "/proc/version", "/proc/x"),
        call("rename", "/proc/self/status", "/proc/x"),
        call("rename", "/proc/nothing", "/proc/x"),
        call("rename", "/proc/nothing", "x"),
        call("creat", "a", 0o644),
        call("rename", "a", "/proc/a"),
        call("rename", "a", "/dev/shm/conformance-a"),
        call("open", "/proc", O_TMPFILE | O_RDWR, 0o600),
        call("open", "/proc/self/fd", O_TMPFILE | O_RDWR, 0o600),
        call("open", "/proc/self/status", O_TMPFILE | O_RDWR, 0o600),
    )


ENTRIES = (
    "/proc", "/proc/self", "/proc/thread-self", "/proc/self/.", "/proc/mounts", "/proc/net", "/proc/version",
    "/proc/uptime", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/filesystems", "/proc/loadavg", "/proc/sys",
    "/proc/devices", "/proc/swaps", "/proc/sys/kernel", "/proc/sys/kernel/hostname", "/proc/sys/kernel/osrelease",
    "/proc/sys/kernel/pid_max", "/proc/sys/kernel/random/uuid", "/proc/sys/vm/overcommit_memory",
    *(
        f"/proc/self/{name}"
        for name in (
            "task", "fdinfo", "ns", "environ", "auxv", "status", "personality", "limits", "comm", "cmdline", "stat",
            "statm", "maps", "mem", "cwd", "root", "mounts", "mountinfo", "smaps", "smaps_rollup", "wchan", "schedstat",
            "cgroup", "oom_score", "oom_score_adj", "fd/0", "fd/1", "fdinfo/0", "ns/pid", "ns/user",
        )
    ),
    "/dev/shm", "/dev/pts", "/dev/tty", "/dev/ptmx", "/dev/console", "/dev/fd", "/dev/stdin", "/sys",
    "/sys/devices/system/cpu/online", "/sys/devices/system/cpu/possible",
)  # fmt: skip


@pytest.mark.parametrize("path", ENTRIES)
def test_types_permissions_and_sizes(path: str) -> None:
    dump = [("st", 24, 12), ("st", 40, 8)]
    size = [] if path in ("/proc/self", "/dev/shm", "/dev/pts", "/sys", "/proc/net") else [("st", 48, 8)]
    check(call("newfstatat", AT_FDCWD, path, Buffer("st", 144), 0x100, dump=[*dump, *size]))


@pytest.mark.parametrize(
    "path",
    [
        "/proc/version", "/proc/self/status", "/proc/self/maps", "/proc/self/mem", "/proc/self/environ",
        "/proc/self/fd", "/proc/self/cwd", "/proc/sys/kernel/hostname", "/proc/sys/kernel/ostype", "/proc/self/comm",
        "/proc/self/ns/pid", "/dev/console", "/dev/tty", "/proc/self", "/proc/1/cwd", "/proc/1/root/etc", "/proc/1/exe",
        "/proc/1/fd", "/proc/1/ns/pid", "/proc/1/fdinfo", "/proc/1/status", "/proc/1/cmdline", "/proc/1/comm",
        "/proc/1/limits",
    ],
)  # fmt: skip
def test_opening_in_all_ways(path: str) -> None:
    ways = (
        0, O_WRONLY, O_RDWR, O_RDWR | O_TRUNC, O_DIRECTORY, O_NOFOLLOW, O_PATH, O_PATH | O_NOFOLLOW, O_RDWR | O_CREAT,
        O_RDWR | O_CREAT | O_EXCL, 0o40000,
    )  # fmt: skip
    check(*(call("open", path, flags, 0o600) for flags in ways))


# -- reading and writing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/proc/self/comm", "/proc/self/status", "/proc/self/maps", "/proc/version"])
def test_seeking(path: str) -> None:
    check(
        call("open", path, 0),
        *(call("lseek", Result(0), offset, whence) for offset, whence in ((0, 2), (-1, 0), (5, 0), (-2, 1), (-9, 1))),
        call("lseek", Result(0), 1 << 40, 0),
        call("read", Result(0), Buffer("b", 16), 16),
        call("lseek", Result(0), 0, 3),
        call("lseek", Result(0), 0, 0),
        call("read", Result(0), UNMAPPED, 10),
        call("read", Result(0), UNMAPPED, 0),
        call("ftruncate", Result(0), 0),
        call("getdents64", Result(0), Buffer("b"), 16),
        call("write", Result(0), b"x", 1),
        call("fcntl", Result(0), 3),
        call("ioctl", Result(0), 0x5401, Buffer("b")),
    )


def test_contents_are_the_same_in_small_pieces() -> None:
    for path in ("/proc/self/maps", "/proc/self/limits", "/proc/cpuinfo"):
        steps = [call("open", path, 0, show="none")]
        for index in range(40):
            steps.append(call("read", Result(0), Buffer("b", 50), 50, show="none"))
            steps.append(call("write", 1, Buffer("b"), Result(2 * index + 1), show="none"))
        steps += [
            call("pread64", Result(0), Buffer("whole", ROOM), ROOM, 0, show="none"),
            call("write", 1, Buffer("whole"), Result(len(steps)), show="none"),
        ]
        text = run_here(compile_case(steps)).stdout
        assert len(text) > 400
        assert text[: len(text) // 2] == text[len(text) // 2 :]


def test_one_read_of_maps_ends_with_a_line() -> None:
    mapping = [call("mmap", 0x2000_0000 + (i << 16), 4096, 1 + i % 2 * 2, 0x32, -1, 0, show="none") for i in range(200)]
    count = len(mapping)
    reads = []
    for index in range(4):
        reads.append(call("read", Result(count), Buffer("b", ROOM), ROOM, show="none"))
        reads.append(call("write", 1, Buffer("b"), Result(count + 1 + 3 * index), show="none"))
        reads.append(call("write", 1, b"|", 1, show="none"))
    for text in both(*mapping, call("open", "/proc/self/maps", 0, show="none"), *reads):
        pieces = text.split("|")
        assert all(piece.endswith("\n") for piece in pieces[:2])
        assert all(4096 - 128 < len(piece) < 4096 for piece in pieces[:2])


def test_the_own_name() -> None:
    check(
        call("open", "/proc/self/comm", O_RDWR | O_TRUNC),
        call("write", Result(0), b"walker\n", 7),
        call("pread64", Result(0), Buffer("b", 32), 32, 0, dump=[("b", 0, 32)]),
        call("pwrite64", Result(0), b"abcdefghijklmnopqrstuvwxyz", 26, 0),
        call("pread64", Result(0), Buffer("b"), 32, 0, dump=[("b", 0, 32)]),
        call("pread64", Result(0), Buffer("c", 32), 32, 3, dump=[("c", 0, 32)]),
        call("open", "/proc/self/task/1/comm", 0),
        call("open", "/proc/thread-self/comm", O_WRONLY),
        call("write", Result(7), b"thread", 6),
        call("pread64", Result(0), Buffer("d", 32), 32, 0, dump=[("d", 0, 32)]),
        call("write", Result(7), b"", 0),
        call("pread64", Result(0), Buffer("e", 32), 32, 0, dump=[("e", 0, 32)]),
        call("write", Result(7), UNMAPPED, 3),
    )


@pytest.mark.parametrize(
    "text", [b"5\n", b"0", b"-1", b"1000", b"1001", b"0x10", b"010", b"", b"x", b" 7 ", b"7x", b"+3", b"--3", b"-"]
)
def test_the_out_of_memory_adjustment(text: bytes) -> None:
    check(
        call("open", "/proc/self/oom_score_adj", O_RDWR),
        call("pread64", Result(0), Buffer("b", 16), 16, 0, dump=[("b", 0, 16)]),
        call("write", Result(0), text or b"\0", len(text)),
        call("pread64", Result(0), Buffer("c", 16), 16, 0, dump=[("c", 0, 16)]),
    )


def test_memory_as_a_file() -> None:
    mapped = 0x2000_0000
    check(
        call("open", "/proc/self/mem", O_RDWR),
        call("mmap", mapped, 12288, 3, 0x32, -1, 0),
        call("pwrite64", Result(0), b"written", 7, mapped + 4092),
        call("pread64", Result(0), Buffer("b", 32), 16, mapped + 4090, dump=[("b", 0, 16)]),
        call("mprotect", mapped + 4096, 4096, 0),
        call("pread64", Result(0), Buffer("b"), 8, mapped + 4096, dump=[("b", 0, 16)]),
        call("pwrite64", Result(0), b"WRITTEN", 7, mapped + 4096),
        call("mprotect", mapped + 4096, 4096, 1),
        call("pwrite64", Result(0), b"again", 5, mapped + 4097),
        call("lseek", Result(0), mapped + 4096, 0),
        call("read", Result(0), Buffer("b"), 8, dump=[("b", 0, 16)]),
        call("lseek", Result(0), 0, 1),
        call("munmap", mapped + 8192, 4096),
        call("pread64", Result(0), Buffer("b"), 32, mapped + 8190, dump=[("b", 0, 8)]),
        call("pread64", Result(0), Buffer("b"), 8, mapped + 8192),
        call("pwrite64", Result(0), b"x", 1, mapped + 8192),
        call("pread64", Result(0), Buffer("b"), 8, 0),
        call("pread64", Result(0), Buffer("b"), 0, 0),
        call("pread64", Result(0), UNMAPPED, 8, mapped),
        call("pwrite64", Result(0), UNMAPPED, 8, mapped),
        call("lseek", Result(0), 0, 2),
        call("lseek", Result(0), -4096, 0, show="sign"),
        call("read", Result(0), Buffer("b"), 8),
        call("open", "/proc/self/mem", 0),
        call("pwrite64", Result(23), b"x", 1, mapped),
        call("pread64", Result(0), Buffer("code", 8), 8, READ_ONLY),
        call("pwrite64", Result(0), Buffer("code"), 8, READ_ONLY),
    )


# -- the open files ----------------------------------------------------------------------------------------------------


def fd_path(directory: str, count: int) -> str:
    """The path of the descriptor that the `count`-th open file of a case gets."""
    return f"{directory}/{count}"


@pytest.mark.parametrize("directory", ["/proc/self/fd", "/dev/fd", "/proc/thread-self/fd"])
def test_reopening_a_file(directory: str) -> None:
    path = fd_path(directory, 3)
    check(
        call("open", "a", O_RDWR | O_CREAT, 0o600),
        call("write", Result(0), b"contents", 8),
        call("open", path, 0),
        call("read", Result(2), Buffer("b", 16), 4, dump=[("b", 0, 8)]),
        call("lseek", Result(0), 0, 1),
        call("write", Result(2), b"x", 1),
        call("unlink", "a"),
        call("open", path, O_RDWR),
        call("write", Result(7), b"CON", 3),
        call("pread64", Result(2), Buffer("b"), 16, 0, dump=[("b", 0, 16)]),
        call("open", path, O_RDWR | O_TRUNC),
        call("pread64", Result(0), Buffer("b"), 16, 0),
        call("open", path, O_RDWR | O_CREAT, 0o600),
        call("open", path, O_RDWR | O_CREAT | O_EXCL, 0o600),
        call("open", path, O_NOFOLLOW),
        call("open", path, O_PATH),
        call("open", path, O_PATH | O_NOFOLLOW),
        call("newfstatat", Result(16), "", Buffer("st", 144), 0x1000, dump=[("st", 24, 4)]),
        call("open", path + "/", 0),
        call("open", path, O_DIRECTORY),
        call("newfstatat", AT_FDCWD, path, Buffer("st", 144), 0, dump=[("st", 24, 4), ("st", 16, 8)]),
        call("close", Result(0)),
        call("open", path, 0),
        call("readlink", path, Buffer("name", 256), 256),
    )


def test_what_the_links_say() -> None:
    def link(number: int, size: int = 64) -> Call:
        return call("readlink", f"/proc/self/fd/{number}", Buffer(f"n{number}", 128), size)

    real, here = both(
        call("creat", "a", 0o644, show="none"),
        call("mkdir", "d", 0o755, show="none"),
        call("open", "d", 0, show="none"),
        call("unlink", "a", show="none"),
        call("pipe2", Buffer("fds", 8), 0, show="none"),
        call("open", "/dev/null", O_PATH, show="none"),
        call("open", ".", O_TMPFILE | O_RDWR, 0o600, show="none"),
        *(link(number) for number in (3, 4, 7)),
        link(3, 1),
        *(
            step
            for number in (3, 4, 5, 7)
            for step in (
                call("readlink", f"/proc/self/fd/{number}", Buffer(f"x{number}", 128), 128, show="none"),
                call("write", 1, Buffer(f"x{number}"), 100, show="none"),
                call("write", 1, b"\n", 1, show="none"),
            )
        ),
    )
    pattern = re.compile(r"/tmp/conformance-[^/\0 ]{8}")
    normal = [re.sub(r"pipe:\[\d+\]\0*", "pipe", pattern.sub("DIR", text)) for text in (real, here)]
    assert normal[0] == normal[1]


def test_reopening_pipes() -> None:
    check(
        call("pipe", Buffer("fds", 8)),
        call("write", 4, b"hello world", 11),
        call("open", "/proc/self/fd/3", 0),
        call("read", Result(2), Buffer("b", 16), 5, dump=[("b", 0, 8)]),
        call("read", 3, Buffer("b"), 3, dump=[("b", 0, 8)]),
        call("open", "/proc/self/fd/3", O_WRONLY),
        call("write", Result(5), b"!", 1),
        call("close", 4),
        call("read", 3, Buffer("b"), 16, dump=[("b", 0, 8)]),
        call("close", Result(5)),
        call("read", 3, Buffer("b"), 16),
        call("open", "/proc/self/fd/3", O_RDWR | 0o4000),
        call("read", Result(11), Buffer("b"), 16),
        call("write", Result(11), b"again", 5),
        call("read", 3, Buffer("b"), 16, dump=[("b", 0, 8)]),
        call("open", "/proc/self/fd/3", O_PATH),
        call("close", Result(11)),
        call("close", Result(2)),
        call("close", 3),
        call("open", "/proc/self/fd/3", 0),
    )


def test_walking_through_a_descriptor() -> None:
    check(
        call("mkdir", "d", 0o755),
        call("open", "d", O_PATH),
        call("creat", "/proc/self/fd/3/inside", 0o644),
        call("newfstatat", Result(1), "inside", Buffer("st", 144), 0, dump=[("st", 24, 4)]),
        call("open", "/proc/self/fd/3/../d/inside", 0),
        call("mkdir", "/proc/self/cwd/e", 0o755),
        call("rename", "/proc/self/cwd/d/inside", "/proc/self/fd/3/other"),
        call("unlink", "/proc/self/fd/3/other"),
        call("rmdir", "d"),
        call("creat", "/proc/self/fd/3/late", 0o644),
        call("chdir", "/proc/self/fd"),
        call("newfstatat", AT_FDCWD, "3", Buffer("st"), 0x100, dump=[("st", 24, 4)]),
        call("chdir", "/proc/self/root/tmp"),
        call("getcwd", Buffer("cwd", 64), 64, dump=[("cwd", 0, 8)]),
        call("openat", 3, "/proc/self/fd", O_DIRECTORY),
        call("openat", Result(14), "3", 0),
    )


def test_a_file_that_may_not_be_reopened_for_writing() -> None:
    check(
        call("open", "a", O_RDWR | O_CREAT, 0o444),
        call("open", "/proc/self/fd/3", 0),
        call("open", "/proc/self/fd/3", O_RDWR),
        call("open", "a", O_PATH),
        call("open", "/proc/self/fd/5", 0),
        call("open", "/proc/self/fd/5", O_WRONLY),
        call("newfstatat", AT_FDCWD, "/proc/self/fd/3", Buffer("st", 144), 0x100, dump=[("st", 24, 4), ("st", 48, 8)]),
        call("newfstatat", AT_FDCWD, "/proc/self/fd/4", Buffer("st"), 0x100, dump=[("st", 24, 4)]),
        call("newfstatat", AT_FDCWD, "/proc/self/fd/5", Buffer("st"), 0x100, dump=[("st", 24, 4)]),
    )


def test_fdinfo() -> None:
    steps = [
        call("open", "a", O_RDWR | O_CREAT | O_CLOEXEC | 0o2000, 0o600, show="none"),
        call("write", 3, b"12345", 5, show="none"),
        call("open", "/proc/self/fdinfo/3", 0, show="none"),
        call("read", 4, Buffer("b", 512), 512, show="none"),
        call("write", 1, Buffer("b"), Result(3), show="none"),
    ]
    real, here = both(*steps)
    assert re.fullmatch(r"pos:\t5\nflags:\t02102002\nmnt_id:\t\d+\nino:\t\d+\n", here)
    assert [line.partition("\t")[0] for line in real.splitlines()] == ["pos:", "flags:", "mnt_id:", "ino:"]
    assert real.splitlines()[:2] == here.replace("02102002", "02102002").splitlines()[:2]


# -- listings ----------------------------------------------------------------------------------------------------------


def listing(path: str, opened: int = 0) -> list[Call]:
    """Steps that print what getdents64 gives for a directory; `opened` descriptors are opened before."""
    steps = [call("open", "/dev/null", 0, show="none") for _ in range(opened)]
    first = len(steps)
    steps.append(call("open", path, O_DIRECTORY, show="none"))
    for index in range(3):
        steps.append(call("getdents64", Result(first), Buffer("b", ROOM), ROOM, show="none"))
        steps.append(call("write", 1, Buffer("b"), Result(first + 1 + 2 * index), show="none"))
    return steps


def entries(data: bytes) -> Iterator[tuple[str, int]]:
    """(name, type) of the entries in a buffer of getdents64."""
    while data:
        _, _, length, kind = struct.unpack_from("<QqHB", data)
        yield data[19:length].partition(b"\0")[0].decode(), kind
        data = data[length:]


@pytest.mark.parametrize(
    "path", ["/proc", "/proc/self", "/proc/self/ns", "/proc/thread-self", "/proc/sys", "/proc/sys/kernel", "/proc/net"]
)
def test_listings_have_the_order_of_linux(path: str) -> None:
    reason = why_not_native()
    if reason:
        pytest.skip(reason)
    program = compile_case(listing(path))
    real, here = (list(entries(run(program).stdout)) for run in (run_native, run_here))
    names = {name for name, _ in here}
    known = [entry for entry in real if entry[0] in names and not entry[0].isdigit()]
    assert [entry for entry in here if entry in known] == known
    assert len(known) >= len([name for name in names if not name.isdigit()]) - 1


def test_listing_the_descriptors() -> None:
    reason = why_not_native()
    if reason:
        pytest.skip(reason)
    for path in ("/proc/self/fd", "/proc/self/fdinfo"):
        program = compile_case(listing(path, opened=3))
        real, here = (list(entries(run(program).stdout)) for run in (run_native, run_here))
        assert real == here
        assert [name for name, _ in here][:7] == [".", "..", "0", "1", "2", "3", "4"]


# -- the form of the contents ------------------------------------------------------------------------------------------


def rows(text: str) -> list[str]:
    """What stands before the colons."""
    return [line.partition(":")[0] for line in text.splitlines() if ":" in line]


@pytest.mark.parametrize(
    "name", ["self/status", "self/smaps_rollup", "cpuinfo", "meminfo", "self/fdinfo/1", "self/cgroup"]
)
def test_rows(name: str) -> None:
    real, here = (rows(text.partition("\n\n")[0]) for text in both(*printing(f"/proc/{name}")))
    assert [row for row in here if row in real] == [row for row in real if row in here]
    assert len(set(here) & set(real)) >= len(set(here)) - 2
    if name == "self/status":
        assert {"Name", "Umask", "State", "Uid", "VmRSS", "Threads", "SigCgt", "CapEff", "Cpus_allowed_list"} <= set(
            here
        )


def test_status_has_the_form_of_linux() -> None:
    real, here = (
        dict(line.split("\t", 1) for line in text.splitlines()) for text in both(*printing("/proc/self/status"))
    )
    for name in real.keys() & here.keys():
        if not name.startswith(("Cpus_", "Mems_", "Spec", "Groups", "Name")):
            assert re.sub(r"\d+", "0", real[name].lstrip()).replace("f", "0") != "", name
            assert re.sub(r" *[0-9a-f]+", "0", real[name]) == re.sub(r" *[0-9a-f]+", "0", here[name]), name
    for name in ("Uid:", "Gid:", "Umask:", "State:", "SigBlk:", "CapEff:", "Threads:"):
        assert real[name] == here[name]


def test_stat_and_statm_have_all_numbers() -> None:
    for text in both(*printing("/proc/self/stat", "/proc/self/statm")):
        stat, statm = text.splitlines()
        name, rest = stat.rsplit(")", 1)
        assert re.fullmatch(r"\d+ \([^)]*", name)
        fields = rest.split()
        assert len(fields) == 50
        assert fields[0] == "R"
        assert fields[35] == "17"
        assert len(statm.split()) == 7


def test_limits() -> None:
    real, here = both(*printing("/proc/self/limits"))
    assert [(line[:26], line[68:]) for line in real.splitlines()] == [
        (line[:26], line[68:]) for line in here.splitlines()
    ]
    assert "Max open files            1024                 1024                 files     \n" in here


@pytest.mark.parametrize(
    "name",
    [
        "net/raw",
        "net/raw6",
        "net/tcp",
        "net/udp",
        "net/tcp6",
        "net/udp6",
        "net/unix",
        "net/route",
        "swaps",
        "partitions",
    ],
)
def test_headings(name: str) -> None:
    real, here = both(*printing(f"/proc/{name}"))
    assert here.splitlines()[0] == real.splitlines()[0]


def test_interfaces() -> None:
    real, here = (text.splitlines() for text in both(*printing("/proc/net/dev")))
    assert real[:2] == here[:2]
    assert len(here[2].split()) == len(real[2].split())
    assert here[2].startswith("    lo:")


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("uptime", r"\d+\.\d\d \d+\.\d\d\n"), ("loadavg", r"\d+\.\d\d \d+\.\d\d \d+\.\d\d \d+/\d+ \d+\n"),
        ("version", r"Linux version \d\S* \(\S+\) \(.*\) #.*\n"), ("self/wchan", "0"), ("self/personality", "0{8}\n"),
        ("sys/kernel/random/uuid", r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n"),
        ("sys/kernel/ostype", "Linux\n"), ("sys/kernel/cap_last_cap", "40\n"), ("sys/kernel/ngroups_max", "65536\n"),
        ("sys/fs/pipe-max-size", "1048576\n"), ("sys/kernel/shmmni", "4096\n"), ("sys/net/core/somaxconn", r"\d+\n"),
        ("self/schedstat", r"\d+ \d+ \d+\n"),
        ("self/mountinfo", r"(\d+ \d+ \d+:\d+ \S+ \S+ \S+( \S+)* - \S+ \S+ \S+\n)+"),
        ("mounts", r"(\S+ \S+ \S+ \S+ 0 0\n)+"), ("filesystems", r"((nodev)?\t\S+\n)+"),
        ("stat", r"cpu  (\d+ ){9}\d+\n(cpu\d+ (\d+ ){9}\d+\n)+intr[ \d]+\nctxt \d+\nbtime \d+\nprocesses \d+\n"
                 r"procs_running \d+\nprocs_blocked \d+\nsoftirq[ \d]+\n"),
    ],
)  # fmt: skip
def test_forms(name: str, form: str) -> None:
    for text in both(*printing(f"/proc/{name}")):
        assert re.fullmatch(form, text), text


LINE = re.compile(r"[0-9a-f]{8,}-[0-9a-f]{8,} [r-][w-][x-][sp] [0-9a-f]{8,} [0-9a-f]{2,}:[0-9a-f]{2,} \d+ *( .+)?")


def test_maps_show_what_was_mapped() -> None:
    base = 0x2000_0000
    real, here = both(
        call("open", "file", O_RDWR | O_CREAT, 0o600, show="none"),
        call("pwrite64", 3, b"x", 1, 0x5FFF, show="none"),
        call("mmap", base, 0x3000, 3, 0x32, -1, 0, show="none"),
        call("mmap", base + 0x10000, 0x2000, 1, 0x12, 3, 0x1000, show="none"),
        call("mmap", base + 0x20000, 0x2000, 3, 0x11, 3, 0, show="none"),
        call("mmap", base + 0x30000, 0x4000, 5, 0x12, 3, 0x2000, show="none"),
        call("mprotect", base + 0x31000, 0x1000, 0, show="none"),
        call("munmap", base + 0x1000, 0x1000, show="none"),
        call("mmap", base + 0x40000, 0x1000, 7, 0x32, -1, 0, show="none"),
        call("open", "/proc/self/maps", 0, show="none"),
        call("read", 4, Buffer("b", ROOM), ROOM, show="none"),
        call("write", 1, Buffer("b"), Result(10), show="none"),
    )
    assert all(LINE.fullmatch(line) for line in (*real.splitlines(), *here.splitlines()))
    normal = []
    for text in (real, here):
        lines = [line for line in text.splitlines() if line.startswith("200")]
        assert all(line.index("/") == 73 for line in lines if "/" in line)
        normal.append([re.sub(r" [0-9a-f:]+ [1-9]\d* +/tmp/conformance-\w+", " FILE ", line) for line in lines])
    assert normal[0] == normal[1]
    assert normal[1][0] == "20000000-20001000 rw-p 00000000 00:00 0 "
    assert len(normal[1]) == 8
    assert here.splitlines()[-1].endswith("[stack]")


def test_smaps_count_the_pages_that_were_touched() -> None:
    base = 0x2000_0000
    text = run_here(
        compile_case(
            [
                call("mmap", base, 0x8000, 3, 0x32, -1, 0, show="none"),
                call("read", 0, base + 0x1000, 0, show="none"),
                call("getcwd", base, 100, show="none"),
                call("getcwd", base + 0x4000, 100, show="none"),
                call("open", "/proc/self/smaps", 0, show="none"),
                call("read", 3, Buffer("b", ROOM), ROOM, show="none"),
                call("write", 1, Buffer("b"), Result(5), show="none"),
                call("read", 3, Buffer("b", ROOM), ROOM, show="none"),
                call("write", 1, Buffer("b"), Result(7), show="none"),
            ]
        )
    ).stdout.decode()
    region = text[text.index("20000000-") :]
    assert re.search(r"^Size: +32 kB$", region, re.M)
    assert re.search(r"^Rss: +8 kB$", region, re.M)
    assert "VmFlags: rd wr mr mw me ac \n" in region


# -- what only we can know ---------------------------------------------------------------------------------------------


def test_arguments_and_environment() -> None:
    config = KernelConfig(argv=("walk", "a b", ""), env=("X=1", "Y="), cwd=WORK_DIRECTORY, streams=("stream",) * 3)
    assert ours("/proc/self/cmdline", config=config) == "walk\0a b\0\0"
    assert ours("/proc/self/environ", config=config) == "X=1\0Y=\0"
    vector = ours("/proc/self/auxv", config=config).encode("utf-8", "surrogateescape")
    pairs = dict(struct.iter_unpack("<QQ", vector))
    assert pairs[6] == 4096
    assert pairs[11] == 1000
    assert vector[-16:] == bytes(16)


def test_a_process_sees_itself_by_all_names() -> None:
    steps = [
        call("readlink", "/proc/self", Buffer("b", 32), 32, show="none"),
        call("write", 1, Buffer("b"), Result(0), show="none"),
        call("readlink", "/proc/thread-self", Buffer("b", 32), 32, show="none"),
        call("write", 1, Buffer("b"), Result(2), show="none"),
        call("readlink", "/proc/1000/cwd", Buffer("b", 64), 64, show="none"),
        call("write", 1, Buffer("b"), Result(4), show="none"),
    ]
    assert run_here(compile_case(steps)).stdout.decode() == f"10001000/task/1000{WORK_DIRECTORY}"
    assert ours("/proc/1000/task/1000/comm", "/proc/self/comm") == "program\nprogram\n"


def test_standard_input_can_be_opened_again() -> None:
    steps = [
        call("open", "/dev/stdin", 0),
        call("read", Result(0), Buffer("b", 16), 3, dump=[("b", 0, 3)]),
        call("read", 0, Buffer("b"), 16, dump=[("b", 0, 3)]),
        call("open", "/dev/stdout", O_WRONLY),
        call("write", Result(3), b"out\n", 4),
        call("open", "/dev/stdin", O_WRONLY),
    ]
    assert run_here(compile_case(steps), stdin=b"abcdef").stdout == b"3\n3\n616263\n3\n646566\n4\nout\n4\n-6\n"


def test_the_configuration_is_a_gzip_file() -> None:
    import gzip

    steps = printing("/proc/config.gz")
    first, second = (run_here(compile_case(steps)).stdout for _ in range(2))
    assert first == second
    text = gzip.decompress(first).decode()
    assert "CONFIG_PROC_FS=y\n" in text
    assert "# CONFIG_SMP is not set\n" in text


def test_shared_memory_files() -> None:
    check(
        call("open", "/dev/shm/conformance", O_RDWR | O_CREAT | O_EXCL, 0o600),
        call("write", 3, b"shared", 6),
        call("unlink", "/dev/shm/conformance"),
        call("pread64", 3, Buffer("b", 8), 8, 0, dump=[("b", 0, 8)]),
        call("ftruncate", 3, 8192),
        call("mkdir", "/dev/shm/conformance-d", 0o700),
        call("rmdir", "/dev/shm/conformance-d"),
    )


def test_a_listing_ends_for_a_process_that_ends() -> None:
    names = [name for name, _ in entries(run_here(compile_case(listing("/proc"))).stdout)]
    assert [name for name in names if name.isdigit()] == ["1", "999", "1000"]
    assert names.index("self") < names.index("thread-self") < names.index("1")


# -- other calls about these files -------------------------------------------------------------------------------------

SUBJECTS = (
    "/proc/self/status", "/proc/self/comm", "/proc/self", "/proc/self/", "/proc/self/fd", "/proc/self/fd/3",
    "/proc/self/cwd", "/proc/version", "/proc/sys/kernel/hostname", "/proc/self/ns/pid", "/proc", "/proc/self/mem",
)  # fmt: skip


@pytest.mark.parametrize("path", SUBJECTS)
def test_attributes_cannot_be_changed(path: str) -> None:
    check(
        call("open", ".", 0),
        call("access", path, 4),
        call("access", path, 2),
        call("access", path, 1),
        call("truncate", path, 0),
        call("link", path, "other"),
        call("setxattr", path, "user.x", b"v", 1, 0),
        call("getxattr", path, "user.x", Buffer("v", 8), 8),
        call("listxattr", path, Buffer("v"), 8),
        call("chown", path, 0, 0),
        call("chmod", path, 0o777),
    )


@pytest.mark.parametrize("path", ["/proc", "/proc/self/status", "/dev/pts", "/dev/shm", "/sys"])
def test_file_systems(path: str) -> None:
    kind = [("s", 0, 8)] if path == "/dev/shm" else [("s", 0, 16), ("s", 16, 40), ("s", 64, 8)]
    check(call("statfs", path, Buffer("s", 120), dump=kind))


def test_copying_from_a_file_that_is_made_up() -> None:
    check(
        call("open", "/proc/self/comm", 0),
        call("creat", "a", 0o644),
        call("pipe", Buffer("fds", 8)),
        call("sendfile", 4, 3, 0, 100, show="sign"),
        call("splice", 3, 0, 6, 0, 100, 0, show="sign"),
        call("fallocate", 3, 0, 0, 10),
        call("fsync", 3),
        call("fdatasync", 3),
        call("flock", 3, 1),
        call("ioctl", 3, 0x541B, Buffer("n", 4)),
        call("mmap", 0, 4096, 1, 1, 3, 0),
        call("fchmod", 3, 0o666),
        call("fchown", 3, -1, -1),
        call("futimesat", 3, 0, 0),
        call("mknod", "/proc/x", 0o10644, 0),
        call("mknod", "/proc/self/fd/x", 0o10644, 0),
        call("link", "a", "/proc/x"),
        call("linkat", AT_FDCWD, "/proc/self/fd/4", AT_FDCWD, "b", 0x400),
        call("newfstatat", AT_FDCWD, "b", Buffer("st", 144), 0, dump=[("st", 16, 8)]),
    )


def test_a_file_without_a_name_gets_one() -> None:
    check(
        call("open", ".", O_TMPFILE | O_RDWR, 0o600),
        call("write", 3, b"text", 4),
        call("linkat", AT_FDCWD, "/proc/self/fd/3", AT_FDCWD, "named", 0x400),
        call("open", "named", 0),
        call("read", 4, Buffer("b", 8), 8, dump=[("b", 0, 8)]),
        call("memfd_create", "memory", 0),
        call("write", 5, b"memory", 6),
        call("open", "/proc/self/fd/5", 0),
        call("read", 6, Buffer("b"), 8, dump=[("b", 0, 8)]),
        call("readlink", "/proc/self/fd/5", Buffer("n", 32), 32, dump=[("n", 0, 32)]),
        call("open", "/proc/self/fd/5", O_RDWR | O_TRUNC),
        call("read", 5, Buffer("b"), 8),
        call("inotify_init"),
        call("open", "/proc/self/fd/8", 0),
        call("readlink", "/proc/self/fd/8", Buffer("m", 32), 32, dump=[("m", 0, 18)]),
        call("socket", AF_INET, SOCK_STREAM, 0),
        call("open", "/proc/self/fd/9", O_RDWR),
        call("mknod", "fifo", 0o10600, 0),
        call("open", "fifo", O_RDWR),
        call("write", 10, b"x", 1),
        call("open", "/proc/self/fd/10", 0),
        call("read", 11, Buffer("b"), 8),
        call("inotify_add_watch", 8, "/proc/self/fd", 0x100),
    )


def test_maps_of_shared_and_removed_files() -> None:
    base = 0x2000_0000
    texts = both(
        call("open", "file", O_RDWR | O_CREAT, 0o600, show="none"),
        call("ftruncate", 3, 8192, show="none"),
        call("mmap", base, 0x1000, 3, 0x11, 3, 0, show="none"),
        call("mmap", base + 0x10000, 0x1000, 3, 0x31, -1, 0, show="none"),
        call("memfd_create", "memory", 0, show="none"),
        call("ftruncate", 4, 8192, show="none"),
        call("mmap", base + 0x20000, 0x1000, 3, 0x11, 4, 0, show="none"),
        call("unlink", "file", show="none"),
        call("mmap", base + 0x30000, 0x1000, 1, 0x12, 3, 0, show="none"),
        call("open", "/proc/self/maps", 0, show="none"),
        call("read", 5, Buffer("b", ROOM), ROOM, show="none"),
        call("write", 1, Buffer("b"), Result(10), show="none"),
    )
    normal = []
    for text in texts:
        lines = [line for line in text.splitlines() if line.startswith("200")]
        shown = [re.sub(r" [0-9a-f]+:[0-9a-f]+ \d+ +", " DEVICE ", line) for line in lines]
        normal.append([re.sub(r"/tmp/conformance-\w+", "DIR", line) for line in shown])
    assert normal[0] == normal[1]
    assert "DIR/file (deleted)" in normal[1][0]


# -- sockets -----------------------------------------------------------------------------------------------------------

AF_UNIX, AF_INET, AF_INET6, SOCK_STREAM, SOCK_DGRAM = 1, 2, 10, 1, 2
SOL_SOCKET, SO_REUSEADDR = 1, 2


def test_sockets_have_rows() -> None:
    inet = struct.pack("<H2s4s8x", AF_INET, (23456).to_bytes(2, "big"), b"\x7f\0\0\1")
    inet6 = struct.pack("<H2sI16sI", AF_INET6, (23457).to_bytes(2, "big"), 0, bytes(15) + b"\1", 0)
    name = b"\x01\x00\x00conformance-rows"
    steps = [
        call("socket", AF_INET, SOCK_STREAM, 0, show="none"),
        # An earlier test may have left a connection of this port in TIME-WAIT.
        call("setsockopt", 3, SOL_SOCKET, SO_REUSEADDR, Packed([1]), 4, show="none"),
        call("bind", 3, inet, 16, show="none"),
        call("listen", 3, 5, show="none"),
        call("socket", AF_INET, SOCK_STREAM, 0, show="none"),
        call("connect", 4, inet, 16, show="none"),
        call("socket", AF_INET6, SOCK_STREAM, 0, show="none"),
        call("bind", 5, inet6, 28, show="none"),
        call("listen", 5, 5, show="none"),
        call("socket", AF_INET, SOCK_DGRAM, 0, show="none"),
        call("bind", 6, inet, 16, show="none"),
        call("socket", AF_UNIX, SOCK_STREAM, 0, show="none"),
        call("bind", 7, name, len(name), show="none"),
        call("listen", 7, 5, show="none"),
        call("socketpair", AF_UNIX, SOCK_DGRAM, 0, Buffer("pair", 8), show="none"),
    ]
    first = len(steps)
    for index, path in enumerate(("tcp", "tcp6", "udp", "unix")):
        steps += [
            call("open", f"/proc/net/{path}", 0, show="none"),
            call("read", Result(first + 3 * index), Buffer(path, ROOM), ROOM, show="none"),
            call("write", 1, Buffer(path), Result(first + 3 * index + 1), show="none"),
        ]
    tables = []
    for text in both(*steps):
        rows = [line.split() for line in text.splitlines() if re.search(r":5BA[01] |@conformance-rows", line)]
        tables.append(
            sorted([*row[1:6], row[7]] if "@" in row[-1] else [*map(port_hidden, row[1:3]), *row[3:5]] for row in rows)
        )
    assert tables[0] == tables[1]
    assert len(tables[1]) == 6


def port_hidden(address: str) -> str:
    """An address whose port the kernel chose."""
    return re.sub(":(?!5BA|0000)[0-9A-F]{4}", ":PORT", address)


# -- processes that end ------------------------------------------------------------------------------------------------

OTHER = """
    mov rax, r14                # path of /proc/PID/{name}, where r14 is the id
    lea rdi, digits_end
    mov ecx, 10
{name}_digit:
    xor edx, edx
    div rcx
    add edx, 48
    dec rdi
    mov [rdi], dl
    test rax, rax
    jne {name}_digit
    mov eax, 0x6f72702f
    mov [rdi-6], eax
    mov word ptr [rdi-2], 0x2f63
    lea r12, [rdi-6]
    lea rsi, {name}_text
    lea rdi, digits_end
    mov ecx, 8
    rep movsb
"""

NAMES_OF_FILES = {"stat": "/stat", "maps": "/maps", "exe": "/exe", "fd": "/fd", "comm": "/comm"}


def path_of(name: str) -> str:
    """Put the path of a file of process r14 into r12."""
    return OTHER.format(name=name)


def test_a_zombie_is_there_until_it_is_waited_for() -> None:
    variables = "".join(f'{name}_text: .asciz "{text}"\n.zero 8\n' for name, text in NAMES_OF_FILES.items())
    check_source(
        PRELUDE
        + forked(end(7), "parent")
        + invoke("waitid", 1, "r14", "&buffer", 0x100_0004, 0)
        + path_of("stat")
        + shown("open", "r12", 0)
        + invoke("pread64", 3, "&wide", 512, 0)
        + "lea rdi, wide\nmov al, 41\nmov ecx, 512\nrepne scasb\nmovzx eax, word ptr [rdi]\ncall show\n"
        + path_of("maps")
        + shown("open", "r12", 0)
        + shown("read", 4, "&wide", 512)
        + path_of("exe")
        + shown("readlink", "r12", "&wide", 100)
        + path_of("fd")
        + shown("open", "r12", 0)
        + path_of("comm")
        + shown("open", "r12", 0)
        + wait_for("r14")
        + shown("pread64", 3, "&wide", 512, 0)
        + shown("pread64", 4, "&wide", 512, 0)
        + shown("open", "r12", 0)
        + shown("openat", 3, "r12", 0)
        + end()
        + data(variables, "wide: .zero 512\nfront: .zero 32\ndigits_end: .zero 32")
    )


def test_a_dead_process_has_an_empty_directory() -> None:
    variables = 'stat_text: .asciz "/stat"\n.zero 8\n'
    check_source(
        PRELUDE
        + forked(invoke("nanosleep", "&long", 0) + end(), "parent")
        + path_of("stat")
        + "mov byte ptr [digits_end], 0\n"
        + shown("open", "r12", 0o200000)
        + shown("openat", 3, "&relative", 0)
        + invoke("kill", "r14", 9)
        + wait_for("r14")
        + shown("openat", 3, "&relative", 0)
        + shown("getdents64", 3, "&wide", 512)
        + shown("read", 4, "&wide", 512)
        + shown("open", "r12", 0)
        + shown("fchdir", 3)
        + end()
        + data(
            variables + 'relative: .asciz "status"\nlong: .quad 1000, 0',
            "wide: .zero 512\nfront: .zero 32\ndigits_end: .zero 32",
        )
    )
