"""System V shared memory, and copies between processes: the same on Linux and here.

Every case removes what it makes: identifiers are the machine's, not the process's.
"""

from __future__ import annotations

from tests.conformance.harness import KERNEL_ADDRESS, UNMAPPED, Buffer, Edge, Packed, Result, call, check
from tests.conformance.test_memory import ANONYMOUS, AT, HERE, PAGE, RW, SHARED, STDOUT, R, mapped, touch
from tests.conformance.test_remap import MAP_FIXED, TO, fill, look, mremap

CREAT, EXCL, HUGETLB = 0o1000, 0o2000, 0o4000
RDONLY, RND, REMAP, EXEC = 0o10000, 0o20000, 0o40000, 0o100000
RMID, SET, STAT, INFO, LOCK, UNLOCK, SHM_STAT, SHM_INFO, STAT_ANY = 0, 1, 2, 3, 11, 12, 13, 14, 15
KEY = 0x7A39_51D3


def get(size, flags=0o600, key=0):
    return call("shmget", key, size, flags, show="sign")


def stat(index):
    """What IPC_STAT says, without times and process ids."""
    shown = [("ds", 0, 4), ("ds", 20, 4), ("ds", 48, 8), ("ds", 88, 8)]
    return call("shmctl", Result(index), STAT, Buffer("ds", 128), dump=shown)


def remove(index):
    return call("shmctl", Result(index), RMID, 0)


def test_making_segments():
    check(
        get(0),
        get(-1),
        get(1 << 63),
        get(1 << 45),
        get(PAGE, HUGETLB | 0o600),
        get(1 << 63, HUGETLB | 0o600),
        get(PAGE, HUGETLB | 5 << 26 | 0o600),
        get(0, HUGETLB | 5 << 26 | 0o600),
        get(PAGE, 0, KEY),
        get(0, 0, KEY),
        get(0, CREAT, KEY),
        get(100, CREAT | 0o640, KEY),
        get(100, CREAT | EXCL, KEY),
        get(100, CREAT | 0o600, KEY),
        get(100, 0o066, KEY),
        get(100, 0o007, KEY),
        get(100, 0o001, KEY),
        get(0, 0, KEY),
        get(101, 0, KEY),
        get(101, CREAT | EXCL, KEY),
        stat(11),
        call("shmget", KEY + (1 << 32), 100, (1 << 32) | 0o600, show="sign"),
        remove(11),
        remove(11),
        get(100, 0, KEY),
    )


def test_attaching():
    check(
        get(2 * PAGE + 1),
        call("shmat", Result(0), AT, 0),
        stat(0),
        *fill(b"one", b"two", b"six"),
        call("shmat", Result(0), TO + 5, RND),
        stat(0),
        look(0, TO),
        look(2, TO),
        touch(3),
        call("shmat", Result(0), AT + 2 * PAGE, 0),
        call("shmat", Result(0), AT + 3 * PAGE, RDONLY),
        look(5),
        call("getcwd", AT + 3 * PAGE, 64, show="sign"),
        call("mprotect", AT + 3 * PAGE, PAGE, RW),
        call("mprotect", AT + 3 * PAGE, PAGE, 5),
        stat(0),
        call("shmat", Result(0), AT + 2 * PAGE, REMAP),
        look(2),
        look(3),
        stat(0),
        remove(0),
        stat(0),
        call("shmat", Result(0), TO + 8 * PAGE, 0),
        stat(0),
        call("shmdt", AT),
        touch(0),
        touch(3),
        stat(0),
        call("shmdt", AT),
        call("shmdt", AT + 1),
        call("shmdt", TO + PAGE),
        call("shmdt", TO),
        call("shmdt", AT + 2 * PAGE),
        call("shmdt", AT + 3 * PAGE),
        stat(0),
        call("shmdt", TO + 8 * PAGE),
        stat(0),
        call("shmat", Result(0), TO, 0),
    )


def test_attaching_badly():
    check(
        get(PAGE),
        mapped(1),
        call("shmat", Result(0), AT, 0),
        call("shmat", Result(0), AT + 1, 0),
        call("shmat", Result(0), 5, RND | REMAP),
        call("shmat", Result(0), 0, REMAP),
        call("shmat", Result(0), KERNEL_ADDRESS, 0),
        call("shmat", Result(0), -PAGE, 0),
        call("shmat", Result(0), (1 << 47) - PAGE, 0),
        call("shmat", -1, AT, 0),
        call("shmat", -1, AT + 1, 0),
        call("shmat", 0x7FFF_FFFF, AT, 0),
        call("shmat", 0x7FFF_FFFF, 0, REMAP),
        call("shmat", Result(0), 0, 0, show="sign"),
        call("shmat", Result(0), TO, EXEC),
        call("shmat", Result(0), TO + PAGE, RDONLY | EXEC),
        call("shmdt", 0),
        call("shmdt", KERNEL_ADDRESS),
        call("shmdt", AT),
        call("shmctl", Result(0), SET, Packed([0, 0, 0, 0, 0, 0, 0, 0])),
        remove(0),
    )


def test_permissions():
    check(
        get(PAGE, 0o400),
        call("shmat", Result(0), TO, 0),
        call("shmat", Result(0), TO, RDONLY),
        call("shmat", Result(0), AT, RDONLY | EXEC),
        stat(0),
        remove(0),
        get(PAGE, 0o200),
        stat(6),
        call("shmat", Result(6), TO, RDONLY),
        call("shmat", Result(6), AT, 0),
        call("shmctl", Result(6), SHM_STAT, UNMAPPED, show="none"),
        remove(6),
        get(PAGE, 0o700),
        call("shmat", Result(12), AT, EXEC),
        remove(12),
    )


def test_control():
    check(
        get(PAGE),
        call("shmctl", Result(0), STAT, 0),
        call("shmctl", Result(0), STAT, UNMAPPED),
        call("shmctl", Result(0), STAT, Edge(111)),
        call("shmctl", Result(0), STAT, Edge(112)),
        call("shmctl", Result(0), SET, UNMAPPED),
        call("shmctl", 0x7FFF_FFFF, SET, UNMAPPED),
        call("shmctl", 0x7FFF_FFFF, SET, Buffer("z", 128)),
        call("shmctl", 0x7FFF_FFFF, RMID, 0),
        call("shmctl", 0x7FFF_FFFF, STAT, UNMAPPED),
        call("shmctl", Result(0), 4, 0),
        call("shmctl", Result(0), -1, 0),
        call("shmctl", -1, RMID, 0),
        call("shmctl", -1, INFO, Buffer("z")),
        call("shmctl", 0, INFO, UNMAPPED),
        call("shmctl", 0, INFO, Edge(71)),
        call("shmctl", 0, INFO, Buffer("info", 128), show="sign", dump=[("info", 0, 40)]),
        call("shmctl", 0, SHM_INFO, UNMAPPED),
        call("shmctl", 0, SHM_INFO, Buffer("info", 128), show="sign"),
        call("shmctl", 0x7FFF, SHM_STAT, UNMAPPED),
        call("shmctl", 0x7FFF, STAT_ANY, UNMAPPED),
        call("shmctl", Result(0), LOCK, 0),
        stat(0),
        call("shmctl", Result(0), UNLOCK, 0),
        stat(0),
        call("shmctl", Result(0), SET, Packed([1000 << 32, 1000, 0o7440 << 32, 0, 0, 0, 0])),
        stat(0),
        call("shmat", Result(0), AT, 0),
        remove(0),
        get(PAGE, CREAT | 0o600, KEY),
        call("shmat", Result(29), AT, 0),
        remove(29),
        stat(29),
        get(PAGE, 0, KEY),
        call("shmctl", Result(29), LOCK, 0),
        call("shmdt", AT),
        call("shmctl", Result(29), LOCK, 0),
    )


def test_regions_of_a_segment():
    check(
        get(4 * PAGE),
        call("shmat", Result(0), AT, 0),
        call("munmap", AT + PAGE, PAGE),
        stat(0),
        call("mprotect", AT + 2 * PAGE, PAGE, R),
        stat(0),
        mremap(AT, 0, PAGE, 3, TO),
        stat(0),
        mremap(AT + 3 * PAGE, PAGE, 2 * PAGE),
        touch(4),
        call("shmdt", AT),
        stat(0),
        *[touch(page) for page in range(5)],
        remove(0),
        call("munmap", TO, PAGE),
        stat(0),
    )


def test_advice_on_a_segment():
    check(
        get(2 * PAGE),
        call("shmat", Result(0), AT, 0),
        remove(0),
        *fill(b"one", b"two"),
        call("madvise", AT, PAGE, 4),
        look(0),
        call("madvise", AT, PAGE, 9),
        look(0),
        look(1),
        call("msync", AT, 2 * PAGE, 4),
        call("mlock", AT, 2 * PAGE),
        call("munmap", AT, 2 * PAGE),
    )


def test_posix_shared_memory():
    check(
        call("open", "/dev/shm/trapgate-test", 0o302, 0o600),
        call("ftruncate", Result(0), 2 * PAGE),
        call("mmap", AT, 3 * PAGE, RW, SHARED | MAP_FIXED, Result(0), 0),
        call("mmap", TO, PAGE, R, SHARED | MAP_FIXED, Result(0), PAGE),
        call("pwrite64", Result(0), b"hello", 5, PAGE),
        look(0, TO),
        look(2),
        call("unlink", "/dev/shm/trapgate-test"),
        call("close", Result(0)),
        look(1),
        call("madvise", TO, PAGE, 9),
        call("madvise", AT + PAGE, PAGE, 9),
        look(0, TO),
    )


def test_copying_between_processes():
    iovec = Packed([Buffer("b", 64), 8, Buffer("b", 0, 16), 8])
    remote = Packed([AT, 3, AT + PAGE, 3, UNMAPPED, 4, AT, 3])
    check(
        mapped(2),
        *fill(b"one", b"two"),
        call("getpid", show="none"),
        call("process_vm_readv", Result(6), iovec, 2, remote, 2, 0, dump=[("b", 0, 24)]),
        call("process_vm_readv", Result(6), iovec, 2, remote, 4, 0, dump=[("b", 0, 24)]),
        call("process_vm_readv", Result(6), iovec, 1, remote, 2, 0, dump=[("b", 0, 24)]),
        call("process_vm_readv", Result(6), iovec, 2, Packed([UNMAPPED, 4]), 1, 0),
        call("process_vm_readv", Result(6), iovec, 2, Packed([KERNEL_ADDRESS, 4]), 1, 0),
        call("process_vm_readv", Result(6), Packed([UNMAPPED, 4]), 1, remote, 1, 0),
        call("process_vm_readv", Result(6), Packed([KERNEL_ADDRESS, 4]), 1, remote, 1, 0),
        call("process_vm_readv", Result(6), iovec, 2, remote, 2, 1),
        call("process_vm_readv", Result(6), iovec, 0, remote, 2, 0),
        call("process_vm_readv", Result(6), iovec, 0, UNMAPPED, 2, 0),
        call("process_vm_readv", Result(6), iovec, 2, remote, 0, 0),
        call("process_vm_readv", Result(6), iovec, 2, UNMAPPED, 1, 0),
        call("process_vm_readv", Result(6), UNMAPPED, 1, UNMAPPED, 1, 0),
        call("process_vm_readv", Result(6), iovec, 1025, remote, 1, 0),
        call("process_vm_readv", Result(6), iovec, 1, remote, 1025, 0),
        call("process_vm_readv", Result(6), iovec, 1, remote, (1 << 32) + 1, 0),
        call("process_vm_readv", Result(6), iovec, (1 << 32) + 1, remote, 1, 0),
        call("process_vm_readv", Result(6), iovec, 1, Packed([AT, -1]), 1, 0),
        call("process_vm_readv", Result(6), Packed([AT, -1]), 1, remote, 1, 0),
        call("process_vm_readv", 0, iovec, 2, remote, 2, 0),
        call("process_vm_readv", -1, iovec, 2, remote, 2, 0),
        call("process_vm_readv", 0x3FFF_FFFF, iovec, 2, remote, 2, 0),
        call("process_vm_readv", 0x3FFF_FFFF, iovec, 0, remote, 2, 0),
        call("process_vm_readv", 0x3FFF_FFFF, iovec, 1, remote, 0, 0),
        call("process_vm_readv", 0x3FFF_FFFF, iovec, 1, Packed([AT, 0]), 1, 0),
        call("process_vm_writev", Result(6), Packed(["five", 4, "six", 3]), 2, remote, 2, 0),
        look(0),
        look(1),
        call("process_vm_writev", Result(6), Packed(["seventeen", 9]), 1, remote, 4, 0),
        look(0),
        call("process_vm_writev", Result(6), Packed([UNMAPPED, 9]), 1, remote, 4, 0),
        call("process_vm_writev", Result(6), Packed(["x", 1]), 1, Packed([UNMAPPED, 9]), 1, 0),
        call("mprotect", AT, PAGE, R),
        call("process_vm_writev", Result(6), Packed(["x", 1]), 1, remote, 1, 0),
        call("mmap", TO, PAGE, RW, HERE, -1, 0),
        call("process_vm_readv", Result(6), Packed([TO + PAGE - 2, 9]), 1, remote, 2, 0),
        call("write", STDOUT, TO + PAGE - 2, 2),
        call("mmap", AT, PAGE, RW, SHARED | ANONYMOUS | MAP_FIXED, -1, 0),
        call("process_vm_writev", Result(6), Packed(["x", 1]), 1, remote, 1, 0),
        look(0),
    )
