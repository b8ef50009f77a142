"""System V semaphores: the same on Linux and here, in the order of the errors too.

Every case removes what it makes: identifiers are the machine's, not the process's.
"""

from __future__ import annotations

from struct import pack

from app.trace.events import Return
from tests.conformance.harness import KERNEL_ADDRESS, UNMAPPED, Buffer, Edge, Packed, Result, call, check
from tests.conformance.test_procfs import both

CREAT, EXCL, NOWAIT, UNDO = 0o1000, 0o2000, 0o4000, 0x1000
RMID, SET, STAT, INFO = 0, 1, 2, 3
GETPID, GETVAL, GETALL, GETNCNT, GETZCNT, SETVAL, SETALL, SEM_STAT, SEM_INFO, STAT_ANY = range(11, 21)
KEY = 0x7A39_51D4
GONE = 0x7FFF_FFFF


def get(count, flags=0o600, key=0):
    return call("semget", key, count, flags, show="sign")


def ops(*operations):
    return b"".join(pack("<Hhh", *operation) for operation in operations)


def semop(index, *operations):
    return call("semop", Result(index), ops(*operations), len(operations))


def control(index, number, command, argument=0, **more):
    return call("semctl", Result(index), number, command, argument, **more)


def test_making_sets():
    check(
        get(0),
        get(-1),
        get(32001),
        get(-1, CREAT, KEY),
        get(1, 0, KEY),
        get(0, CREAT, KEY),
        get(3, CREAT | 0o640, KEY),
        get(3, CREAT | EXCL, KEY),
        get(4, CREAT | EXCL, KEY),
        get(4, CREAT, KEY),
        get(0, 0, KEY),
        get(2, 0o066, KEY),
        get(2, 0o007, KEY),
        get(2, 0o002, KEY),
        call("semctl", Result(6), 0, STAT, Buffer("ds", 128), dump=[("ds", 0, 4), ("ds", 20, 4), ("ds", 80, 8)]),
        control(6, 0, RMID),
        control(6, 0, RMID),
        get(0, 0, KEY),
    )


def test_operations():
    check(
        get(3),
        semop(0, (0, 5, 0)),
        semop(0, (0, -2, 0), (1, 7, 0), (0, -3, 0), (0, 0, 0)),
        control(0, 0, GETALL, Buffer("all", 8), dump=[("all", 0, 6)]),
        semop(0, (1, -8, NOWAIT)),
        semop(0, (1, 0, NOWAIT)),
        semop(0, (2, 1, 0), (1, -8, NOWAIT)),
        control(0, 2, GETVAL),
        semop(0, (1, 32767, 0)),
        semop(0, (1, 32760, 0)),
        semop(0, (1, 1, NOWAIT)),
        semop(0, (1, 1, NOWAIT), (0, -1, 0)),
        semop(0, (1, -32767, 0), (1, 32767, 0), (1, -1, 0)),
        control(0, 1, GETVAL),
        semop(0, (3, 1, 0)),
        semop(0, (3, 1, 0), (0, -1, NOWAIT)),
        call("semop", Result(0), ops((0, 1, 0)), 0),
        call("semop", Result(0), UNMAPPED, 501),
        call("semop", Result(0), UNMAPPED, -1),
        call("semop", Result(0), UNMAPPED, 1),
        call("semop", Result(0), Edge(5), 1),
        call("semop", Result(0), Edge(6), 2),
        call("semop", -1, UNMAPPED, 1),
        call("semop", -1, ops((0, 1, 0)), 1),
        call("semop", GONE, ops((0, 1, 0)), 1),
        call("semop", GONE, ops((0, 1, UNDO)), 1),
        call("semop", GONE, ops((999, 1, UNDO)), 1),
        control(0, 0, RMID),
        semop(0, (0, 1, 0)),
    )


def test_waiting_with_a_time_limit():
    check(
        get(2),
        call("semtimedop", Result(0), ops((0, -1, 0)), 1, Packed([0, 2000])),
        call("semtimedop", Result(0), ops((0, -1, 0)), 1, Packed([0, 0])),
        call("semtimedop", Result(0), ops((0, 0, 0)), 1, Packed([0, 0])),
        call("semtimedop", Result(0), ops((0, -1, 0)), 1, Packed([0, 10**9])),
        call("semtimedop", Result(0), ops((0, -1, 0)), 1, Packed([-1, 0])),
        call("semtimedop", Result(0), ops((0, 0, 0)), 1, Packed([0, -1])),
        call("semtimedop", Result(0), ops((0, 1, 0)), 1, UNMAPPED),
        call("semtimedop", Result(0), UNMAPPED, 501, UNMAPPED),
        call("semtimedop", Result(0), UNMAPPED, 501, Packed([-1, 0])),
        call("semtimedop", Result(0), UNMAPPED, 1, Packed([-1, 0])),
        call("semtimedop", GONE, ops((0, 1, 0)), 1, Packed([-1, 0])),
        call("semtimedop", Result(0), ops((0, 1, 0)), 1, 0),
        control(0, 0, GETNCNT),
        control(0, 0, RMID),
    )


def test_undoing_keeps_to_its_range():
    check(
        get(2),
        semop(0, (0, 32767, UNDO)),
        semop(0, (0, -32767, 0)),
        semop(0, (0, 1, UNDO)),
        semop(0, (0, 1, UNDO)),
        semop(0, (0, -1, UNDO)),
        semop(0, (0, 2, UNDO)),
        control(0, 0, SETVAL, 0),
        semop(0, (0, 2, UNDO)),
        control(0, 0, GETVAL),
        control(0, 0, RMID),
    )


def test_control():
    check(
        get(3),
        control(0, 0, SETVAL, -1),
        call("semctl", GONE, 0, SETVAL, -1),
        call("semctl", GONE, 0, SETVAL, 1),
        control(0, 0, SETVAL, 32768),
        control(0, 3, SETVAL, 32768),
        control(0, 3, SETVAL, 1),
        control(0, -1, SETVAL, 1),
        control(0, 1, SETVAL, (7 << 32) + 5),
        control(0, 1, GETVAL),
        control(0, 3, GETVAL),
        control(0, -1, GETPID),
        control(0, 2, GETPID),
        control(0, 0, GETZCNT),
        control(0, 9, GETALL, Buffer("all", 8), dump=[("all", 0, 8)]),
        control(0, 0, GETALL, UNMAPPED),
        control(0, 0, GETALL, Edge(5)),
        control(0, 0, SETALL, Edge(5)),
        control(0, 0, SETALL, KERNEL_ADDRESS),
        control(0, 0, SETALL, pack("<3H", 1, 32768, 3)),
        control(0, 9, SETALL, pack("<3H", 1, 32767, 3)),
        control(0, 0, GETALL, Buffer("all", 8), dump=[("all", 0, 8)]),
        control(0, 0, 99),
        control(0, 0, -1),
        call("semctl", GONE, 0, 99, 0),
        call("semctl", -1, 0, 99, 0),
        call("semctl", -1, 0, INFO, 0),
        control(0, 0, STAT, 0),
        control(0, 0, STAT, Edge(103)),
        control(0, 0, STAT, Edge(104)),
        call("semctl", GONE, 0, SET, UNMAPPED),
        call("semctl", GONE, 0, SET, Buffer("z", 128)),
        control(0, 0, SET, Packed([1000 << 32, 1000, 0o7440 << 32, 0, 0, 0, 0])),
        control(0, 0, STAT, Buffer("ds", 128), dump=[("ds", 20, 4)]),
        control(0, 0, SETVAL, 1),
        semop(0, (0, 0, NOWAIT)),
        semop(0, (0, 1, NOWAIT)),
        control(0, 0, SETALL, UNMAPPED),
        call("semctl", 0, 0, INFO, UNMAPPED),
        call("semctl", 0, 0, INFO, Buffer("info", 64), show="sign", dump=[("info", 0, 40)]),
        call("semctl", 0, 0, SEM_INFO, UNMAPPED),
        call("semctl", 0x7FFF, 0, SEM_STAT, UNMAPPED),
        call("semctl", 0x7FFF, 0, STAT_ANY, UNMAPPED),
        control(0, 0, RMID),
        control(0, 0, STAT, Buffer("ds")),
    )


def test_permissions():
    check(
        get(1, 0o400),
        semop(0, (0, 0, 0)),
        semop(0, (0, 1, 0)),
        semop(0, (9, 1, 0)),
        control(0, 0, GETVAL),
        control(0, 9, SETVAL, 0),
        control(0, 0, SETVAL, 0),
        control(0, 0, RMID),
        get(1, 0o200),
        semop(8, (0, 0, 0)),
        semop(8, (0, 1, 0)),
        control(8, 0, GETVAL),
        control(8, 9, GETVAL),
        control(8, 0, GETALL, UNMAPPED),
        control(8, 0, STAT, UNMAPPED),
        control(8, 0, RMID),
    )


def test_strace_text():
    outcome = check(
        get(2),
        call("semop", Result(0), ops((0, 1, UNDO), (1, 0, NOWAIT | UNDO)), 2),
        call("semtimedop", Result(0), ops((1, -1, 0)), 1, Packed([0, 5])),
        control(0, 0, SETVAL, 7),
        control(0, 0, GETVAL),
        control(0, 0, RMID),
    )
    told = [event.strace for event in outcome.events if isinstance(event, Return)]
    for line in (
        "semget(IPC_PRIVATE, 2, 0600) = 0",
        "semop(0, [{sem_num=0, sem_op=1, sem_flg=SEM_UNDO}, {sem_num=1, sem_op=0, sem_flg=SEM_UNDO|IPC_NOWAIT}], 2) = "
        "0",
        "semtimedop(0, [{sem_num=1, sem_op=-1, sem_flg=0}], 1, {tv_sec=0, tv_nsec=5}) = -1 EAGAIN "
        "(Resource temporarily unavailable)",
        "semctl(0, 0, SETVAL, 0x7) = 0",
        "semctl(0, 0, GETVAL, NULL) = 7",
        "semctl(0, 0, IPC_RMID, NULL) = 0",
    ):
        assert line in told


def test_listing_of_all_objects():
    """Times and identifiers are the machine's; keys, modes, sizes and owners have to agree."""
    steps = [
        get(3, CREAT | 0o640, KEY),
        call("msgget", KEY, CREAT | 0o600, show="sign"),
        call("msgsnd", Result(1), pack("<q", 1) + b"four", 4, 0),
        call("shmget", KEY, 5000, CREAT | 0o604, show="sign"),
    ]
    for name in ("sem", "msg", "shm"):
        first = len(steps)
        steps += [
            call("openat", -100, f"/proc/sysvipc/{name}", 0),
            call("read", Result(first), Buffer(name, 65536), 65536, show="none"),
            call("write", 1, Buffer(name), Result(first + 1), show="none"),
        ]
    steps += [control(0, 0, RMID), call("msgctl", Result(1), 0, 0), call("shmctl", Result(3), 0, 0)]
    rows = []
    for text in both(*steps):
        found = [line.split() for line in text.splitlines() if line.split()[:1] == [str(KEY)]]
        assert [len(row) for row in found] == [10, 14, 16]
        sems, queue, segment = found
        rows.append([sems[2:8], queue[2:5], queue[6:11], segment[2:4], segment[5:11], segment[14:]])
        rows[-1] += [line for line in text.splitlines() if " key " in line]
    assert rows[0] == rows[1]
