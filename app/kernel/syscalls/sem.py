"""System V semaphores: semget, semop, semtimedop, semctl (sysvipc(7))."""

from __future__ import annotations

import struct
from typing import Annotated

from app.kernel.abi.ipc_constants import SEM_UNDO, SemCommand
from app.kernel.abi.text import count_of
from app.kernel.arguments import Int, Size, StructIn
from app.kernel.arguments.integers import signed
from app.kernel.arguments.ipc import IpcBuffer, IpcGetFlags, IpcKey, SemOperations
from app.kernel.call import Call
from app.kernel.clock import SECOND
from app.kernel.errno import Errno, KernelError
from app.kernel.ipc.sem import (
    SEMAEM,
    SEMMNI,
    SEMMNS,
    SEMMSL,
    SEMOPM,
    SEMVMX,
    SemaphoreSet,
    SemOperation,
    SemQueue,
    count_semaphores,
    need_memory,
)
from app.kernel.multiplex import KTIME_MAX
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking, Interrupted, Sleep, WaitQueue

_READ_ALL, _WRITE_ALL = 0o444, 0o222
_UNIT_SIZE = 20
"""`semusz` of IPC_INFO, which means nothing any more."""


@syscall
def semget(call: Call, key: IpcKey, nsems: Int, semflg: IpcGetFlags) -> Int:
    """Find the semaphore set with that key, or make one of `nsems` semaphores; returns its identifier.

    `IPC_PRIVATE` always makes one. The low nine bits of `semflg` are its permissions. The values are 0 at first.
    EINVAL: `nsems` is negative, above 32000, 0 for a new set, or more than the set has. ENOENT: no such set, and no
    `IPC_CREAT`. EEXIST: `IPC_CREAT | IPC_EXCL`, and there is one. EACCES: its permissions do not allow what the low
    bits ask for. ENOSPC: too many sets or semaphores. ENOMEM: the kernel has no memory for them. See semget(2).
    """
    sets = call.kernel.semaphores
    who = call.task.credentials
    if not 0 <= nsems <= SEMMSL:
        raise call.refuse(Errno.EINVAL, "nsems", "range", str(nsems), f"A set has at most {SEMMSL} semaphores.")
    found = sets.need_found(key, semflg)
    if found is not None:
        count = len(found.values)
        if nsems > count:
            raise call.refuse(
                Errno.EINVAL, "nsems", "range", str(nsems), f"The set has {count_of(count, 'semaphore')}."
            )
        found.need_permission(who, semflg)
        call.service(
            "system", "find", f"The key {key:#x} is that of set {found.id}, which has {count_of(count, 'semaphore')}."
        )
        return Int(found.id)
    if not nsems:
        raise call.refuse(Errno.EINVAL, "nsems", "range", "0", "A new set needs at least one semaphore.")
    if count_semaphores(sets) + nsems > SEMMNS:
        raise KernelError(Errno.ENOSPC, "All sets together have too many semaphores", "system")
    need_memory(call.kernel, nsems)
    ident = sets.add(SemaphoreSet(call.kernel, key, semflg, who, nsems))
    call.service(
        "system", "create", f"Set {ident} is made, with {count_of(int(nsems), 'semaphore')}. Values begin at 0."
    )
    return Int(ident)


@syscall
def semop(call: Call, semid: Int, sops: Annotated[SemOperations, "nsops"], nsops: Size) -> Blocking[Int]:
    """Carry out `nsops` operations on the semaphores of a set, all of them at once or none.

    A positive `sem_op` is added; a negative one is taken away, and the task sleeps until the value suffices; with 0 it
    sleeps until the value is 0. `SEM_UNDO` undoes the operation when the process ends.
    E2BIG: more than 500 operations. EINVAL: none, or no such set. EFAULT: `sops` can't be read. EFBIG: a number above
    those of the set. EACCES: its permissions do not allow it. EAGAIN: it would sleep, but `IPC_NOWAIT` is set. ERANGE:
    a value above 32767. EIDRM: the set is removed. EINTR: a signal came; it is never restarted. ENOMEM: no memory for
    what is to be undone. See semop(2).
    """
    return (yield from _operate(call, semid, sops, nsops, None))


@syscall
def semtimedop(
    call: Call,
    semid: Int,
    sops: Annotated[SemOperations, "nsops"],
    nsops: Size,
    timeout: Annotated[StructIn, "timespec"],
) -> Blocking[Int]:
    """The same as semop, but sleep for `timeout` at most, unless that is NULL.

    EAGAIN: the time is over. EFAULT: `timeout` can't be read. EINVAL: it is malformed. The other errors are those of
    semop. See semtimedop(2).
    """
    if not timeout.is_null:
        timeout.read()
    return (yield from _operate(call, semid, sops, nsops, timeout))


def _operate(call: Call, semid: int, sops: SemOperations, nsops: int, timeout: StructIn | None) -> Blocking[Int]:
    """Linux `do_semtimedop`."""
    if nsops > SEMOPM:
        raise call.refuse(Errno.E2BIG, "nsops", "range", str(nsops), f"At most {SEMOPM} operations go at once.")
    if nsops < 1:
        raise call.refuse(Errno.EINVAL, "nsops", "range", "0", "There is nothing to do.")
    operations = tuple(SemOperation(one["sem_num"], one["sem_op"], one["sem_flg"]) for one in sops.read(int(nsops)))
    if semid < 0:
        raise call.refuse(Errno.EINVAL, "semid", "identifier", str(semid), "No set has a negative identifier.")
    deadline = None if timeout is None or timeout.is_null else _deadline(call, timeout)
    sems = call.kernel.semaphores.get(semid)
    undo = sems.undo_of(call.task) if any(one.flags & SEM_UNDO for one in operations) else None
    if max(one.number for one in operations) >= len(sems.values):
        raise call.refuse(
            Errno.EFBIG, "sops", "range", str(sops.text()), f"The set has {count_of(len(sems.values), 'semaphore')}."
        )
    wanted = SemQueue(operations, call.task.process.pid, undo, WaitQueue())
    sems.need_permission(call.task.credentials, _WRITE_ALL if wanted.alters else _READ_ALL)
    status = sems.perform(wanted)
    if status == 0:
        _report(call, sems, operations)
        _report_woken(call, sems.update() if wanted.alters else [])
    elif status is None:
        status = yield from _wait(call, sems, wanted, deadline)
    if isinstance(status, Errno):
        raise KernelError(status, _WHY[status], "system")
    return Int(0)


_WHY = {
    Errno.EAGAIN: "It would have to wait, but IPC_NOWAIT is set or the time is over",
    Errno.ERANGE: "A value would leave the range that semaphores have",
    Errno.EIDRM: "The set has been removed",
}


def _deadline(call: Call, timeout: StructIn) -> int:
    """When the sleep ends, ns of the machine's clock. Raises EINVAL."""
    fields = timeout.fields or {}
    if fields["tv_sec"] < 0 or not 0 <= fields["tv_nsec"] < SECOND:
        raise call.refuse(Errno.EINVAL, "timeout", "range", str(timeout.text()), "That is no valid time.")
    wanted: int = fields["tv_sec"] * SECOND + fields["tv_nsec"]
    return min(call.kernel.clock.now + wanted, KTIME_MAX)


def _wait(call: Call, sems: SemaphoreSet, wanted: SemQueue, deadline: int | None) -> Blocking[Errno | int]:
    """Sleep until somebody has carried out the operations in our place. Raises EINTR."""
    sems.pending.append(wanted)
    try:
        while wanted.status is None:
            if deadline is not None and call.kernel.clock.now >= deadline:
                return Errno.EAGAIN
            blocking = wanted.blocking
            what = f"Semaphore {blocking.number} is {sems.values[blocking.number]}" if blocking else "It has to wait"
            sentence = f"{what}, so the task sleeps until the operations are possible."
            yield from call.sleep(Sleep("semaphore", sentence, (wanted.queue,), deadline))
        return wanted.status
    except Interrupted:
        raise KernelError(Errno.EINTR, "A signal ends the sleep, and this call is never restarted", "system") from None
    finally:
        if wanted.status is None:
            sems.pending.remove(wanted)


def _report(call: Call, sems: SemaphoreSet, operations: tuple[SemOperation, ...]) -> None:
    numbers = sorted({one.number for one in operations})[:8]
    values = ", ".join(f"semaphore {number} is {sems.values[number]}" for number in numbers)
    call.service("system", "semop", f"All operations are possible and done at once; now {values}.")


def _report_woken(call: Call, pids: list[int]) -> None:
    for pid in pids:
        call.service("system", "wake", f"The operations that a task of process {pid} waits for are done now; it wakes.")


@syscall
def semctl(call: Call, semid: Int, semnum: Int, cmd: SemCommand, arg: Annotated[IpcBuffer, "cmd"]) -> Int:
    """Look at a set or a semaphore of it, set values (`SETVAL`, `SETALL`), or remove the set (`IPC_RMID`).

    `GETVAL`, `GETPID`, `GETNCNT` and `GETZCNT` return a semaphore's value, its last user, and how many wait for it to
    grow or to become 0; `GETALL` and `SETALL` copy all values. `IPC_STAT`, `IPC_SET`, `SEM_STAT`, `IPC_INFO` and
    `SEM_INFO` are as in shmctl. Who sleeps in a set that is removed fails with EIDRM.
    EINVAL: no such set, semaphore or command. EIDRM: the set has been removed. ERANGE: a value outside 0 to 32767.
    EACCES: its permissions do not allow it. EPERM: neither its owner nor its creator. EFAULT: `arg` can't be used.
    See semctl(2).
    """
    if semid < 0:
        raise call.refuse(Errno.EINVAL, "semid", "identifier", str(semid), "No set has a negative identifier.")
    sets = call.kernel.semaphores
    match cmd:
        case SemCommand.IPC_INFO | SemCommand.SEM_INFO:
            return _limits(call, arg, cmd == SemCommand.SEM_INFO)
        case SemCommand.IPC_STAT | SemCommand.SEM_STAT | SemCommand.SEM_STAT_ANY:
            sems = sets.get(semid) if cmd == SemCommand.IPC_STAT else sets.at_index(semid)
            if cmd != SemCommand.SEM_STAT_ANY:
                sems.need_permission(call.task.credentials, _READ_ALL)
            arg.write_struct(
                "semid_ds",
                **sems.fields("sem_perm"),
                sem_otime=sems.operation_time,
                sem_ctime=sems.change_time,
                sem_nsems=len(sems.values),
            )
            return Int(0 if cmd == SemCommand.IPC_STAT else sems.id)
        case SemCommand.SETVAL:
            _set_value(call, semid, semnum, signed(arg.address, 32))
        case SemCommand.GETALL | SemCommand.SETALL:
            _all_values(call, semid, cmd, arg)
        case SemCommand.GETVAL | SemCommand.GETPID | SemCommand.GETNCNT | SemCommand.GETZCNT:
            return _look(call, semid, semnum, cmd)
        case SemCommand.IPC_SET:
            fields = arg.read_struct("semid_ds")
            sems = sets.get(semid)
            sems.need_owner(call.task.credentials)
            sems.set_permissions(fields["sem_perm.uid"], fields["sem_perm.gid"], fields["sem_perm.mode"])
            sems.touch()
        case SemCommand.IPC_RMID:
            sems = sets.get(semid)
            sems.need_owner(call.task.credentials)
            waiting = len(sems.pending)
            sems.remove()
            call.service(
                "system",
                "remove",
                f"Set {semid} is removed. Slept in it, and fail with EIDRM: {count_of(waiting, 'task')}.",
            )
        case _:
            raise call.refuse(Errno.EINVAL, "cmd", "choice", str(int(cmd)), "There is no such command.")
    return Int(0)


def _limits(call: Call, arg: IpcBuffer, of_use: bool) -> Int:
    """IPC_INFO and SEM_INFO."""
    sets = call.kernel.semaphores
    arg.write_struct(
        "seminfo",
        semmap=SEMMNS,
        semmni=SEMMNI,
        semmns=SEMMNS,
        semmnu=SEMMNS,
        semmsl=SEMMSL,
        semopm=SEMOPM,
        semume=SEMOPM,
        semusz=len(sets) if of_use else _UNIT_SIZE,
        semvmx=SEMVMX,
        semaem=count_semaphores(sets) if of_use else SEMAEM,
    )
    return Int(max(sets.highest_index, 0))


def _need_number(call: Call, sems: SemaphoreSet, semnum: int) -> None:
    """Raises EINVAL."""
    if not 0 <= semnum < len(sems.values):
        raise call.refuse(
            Errno.EINVAL, "semnum", "range", str(semnum), f"The set has {count_of(len(sems.values), 'semaphore')}."
        )


def _need_value(call: Call, value: int) -> None:
    """Raises ERANGE."""
    if not 0 <= value <= SEMVMX:
        raise call.refuse(Errno.ERANGE, "arg", "range", str(value), f"A semaphore is between 0 and {SEMVMX}.")


def _set_value(call: Call, semid: int, semnum: int, value: int) -> None:
    _need_value(call, value)
    sems = call.kernel.semaphores.get(semid)
    _need_number(call, sems, semnum)
    sems.need_permission(call.task.credentials, _WRITE_ALL)
    sems.set_value(semnum, value, call.task.process.pid)
    sems.touch()
    call.service("system", "set", f"Semaphore {semnum} of set {semid} is {value} now.")
    _report_woken(call, sems.update())


def _all_values(call: Call, semid: int, cmd: int, arg: IpcBuffer) -> None:
    """GETALL and SETALL: an array of `unsigned short`."""
    sems = call.kernel.semaphores.get(semid)
    count = len(sems.values)
    form = struct.Struct(f"<{count}H")
    setting = cmd == SemCommand.SETALL
    sems.need_permission(call.task.credentials, _WRITE_ALL if setting else _READ_ALL)
    mm = call.task.mm
    if not setting:
        if mm.copy_out(arg.address, form.pack(*sems.values)) < form.size:
            raise KernelError(Errno.EFAULT, f"There is no room for {count} values at {arg.address:#x}", "system")
        return
    data = mm.copy_in(arg.address, form.size)
    if len(data) < form.size:
        raise KernelError(Errno.EFAULT, f"There are no {count} values at {arg.address:#x}", "system")
    values = form.unpack(data)
    _need_value(call, max(values))
    for number, value in enumerate(values):
        sems.set_value(number, value, call.task.process.pid)
    sems.touch()
    call.service("system", "set", f"Every semaphore of set {semid} has a new value.")
    _report_woken(call, sems.update())


def _look(call: Call, semid: int, semnum: int, cmd: int) -> Int:
    """GETVAL, GETPID, GETNCNT and GETZCNT."""
    sems = call.kernel.semaphores.get(semid)
    sems.need_permission(call.task.credentials, _READ_ALL)
    _need_number(call, sems, semnum)
    if cmd == SemCommand.GETVAL:
        return Int(sems.values[semnum])
    if cmd == SemCommand.GETPID:
        return Int(sems.pids[semnum])
    return Int(sems.waiting(semnum, for_zero=cmd == SemCommand.GETZCNT))
