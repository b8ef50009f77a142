"""Futexes: the one call under every mutex, condition variable and thread join (futex(7))."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable
from typing import Annotated

from app.kernel.arguments import Address, Int, NumberOut, Size
from app.kernel.arguments import futex as op
from app.kernel.arguments.futex import FutexOperation, FutexTimeout, FutexValue, SecondFutex, ThirdValue
from app.kernel.call import Call
from app.kernel.clock import BOOT_OFFSET, REALTIME_EPOCH, SECOND
from app.kernel.credentials import Capability
from app.kernel.errno import Errno, KernelError
from app.kernel.futex import ANY_BIT, OWNER_DIED, TID_MASK, WAITERS, robust_head_size
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking, Interrupted, Restart, Sleep

_CLOCK_ALLOWED = (op.FUTEX_WAIT_BITSET, op.FUTEX_WAIT_REQUEUE_PI, op.FUTEX_LOCK_PI2)


@syscall
def futex(
    call: Call,
    uaddr: Address,
    op: FutexOperation,
    val: FutexValue,
    timeout: FutexTimeout,
    uaddr2: SecondFutex,
    val3: ThirdValue,
) -> Blocking[Int]:
    """Sleep while the word at `uaddr` is `val`, or wake those who sleep for it.

    `FUTEX_WAIT` compares and goes to sleep without a gap in between, so no wake is lost; `FUTEX_WAKE` wakes up to `val`
    sleepers. `FUTEX_REQUEUE` lets sleepers sleep for another word, `FUTEX_WAKE_OP` changes one word and wakes for two,
    the `_BITSET` forms wake only sleepers whose bits match, and the `_PI` forms keep the owner's thread id in the word.
    EAGAIN: the word is not `val`. ETIMEDOUT: nobody woke the sleeper in time. EINTR: a signal did. EINVAL: `uaddr` is
    not a multiple of 4, or another argument is wrong. EFAULT: nothing is mapped there. EDEADLK: the caller owns the
    lock. EPERM: somebody else does. ESRCH: the owner is gone. ENOSYS: no such operation. See futex(2).
    Not served: FUTEX_WAIT_REQUEUE_PI and FUTEX_CMP_REQUEUE_PI, which no C library uses any more.
    """
    return (yield from _futex(call, uaddr, op, int(val), timeout, uaddr2, int(val3)))


def _futex(
    call: Call, uaddr: int, operation: FutexOperation, val: int, timeout: FutexTimeout, uaddr2: int, val3: int
) -> Blocking[Int]:
    """Choose the operation (Linux `do_futex`)."""
    command = operation.command
    until = _deadline(call, operation, timeout)
    if operation & op.CLOCK_REALTIME and command not in _CLOCK_ALLOWED:
        raise call.refuse(Errno.ENOSYS, "op", "choice", str(operation.text()), "This operation takes no clock.")
    private = operation.private
    if command in (op.FUTEX_WAIT, op.FUTEX_WAIT_BITSET):
        bitset = val3 if command == op.FUTEX_WAIT_BITSET else ANY_BIT
        _need_bits(call, bitset)
        return (yield from _wait(call, uaddr, private, val, bitset, until))
    if command in (op.FUTEX_WAKE, op.FUTEX_WAKE_BITSET):
        bitset = val3 if command == op.FUTEX_WAKE_BITSET else ANY_BIT
        _need_bits(call, bitset)
        key = _key(call, "uaddr", uaddr, private)
        return _told(call, call.kernel.futexes.wake(key, max(_signed(val), 1), bitset))
    if command in (op.FUTEX_REQUEUE, op.FUTEX_CMP_REQUEUE):
        expected = val3 if command == op.FUTEX_CMP_REQUEUE else None
        return _requeue(call, uaddr, uaddr2, private, _signed(val), timeout.count, expected)
    if command == op.FUTEX_WAKE_OP:
        return _wake_op(call, uaddr, uaddr2, private, _signed(val), timeout.count, val3)
    if command in (op.FUTEX_LOCK_PI, op.FUTEX_LOCK_PI2, op.FUTEX_TRYLOCK_PI):
        return (yield from _lock_pi(call, uaddr, private, until, command == op.FUTEX_TRYLOCK_PI))
    if command == op.FUTEX_UNLOCK_PI:
        return _unlock_pi(call, uaddr, private)
    raise call.refuse(Errno.ENOSYS, "op", "choice", str(operation.text()), "This kernel has no such operation.")


def _signed(value: int) -> int:
    return value - (1 << 32) if value >> 31 else value


def _need_bits(call: Call, bitset: int) -> None:
    if not bitset:
        raise call.refuse(Errno.EINVAL, "val3", "range", "0", "A bit set without bits matches nobody.")


def _deadline(call: Call, operation: FutexOperation, timeout: FutexTimeout) -> int | None:
    """The virtual time at which a wait ends; None for never. Raises EFAULT and EINVAL."""
    command = operation.command
    if timeout.is_null or command not in op.WITH_TIMEOUT:
        return None
    fields = timeout.read()
    seconds, nanoseconds = fields["tv_sec"], fields["tv_nsec"]
    if seconds < 0 or not 0 <= nanoseconds < SECOND:
        raise call.refuse(
            Errno.EINVAL,
            "timeout",
            "range",
            str(timeout.text()),
            "Seconds must not be negative, nanoseconds must be below 10^9.",
        )
    time: int = seconds * SECOND + nanoseconds
    if command == op.FUTEX_WAIT:
        return call.kernel.clock.now + time
    realtime = command == op.FUTEX_LOCK_PI or operation & op.CLOCK_REALTIME
    return time - (REALTIME_EPOCH if realtime else BOOT_OFFSET)


def _key(call: Call, name: str, address: int, private: bool) -> Hashable:
    """What tells the futex from others. Raises EINVAL, EFAULT (Linux `get_futex_key`)."""
    shown = Address.show(address)
    if address % 4:
        raise call.refuse(Errno.EINVAL, name, "alignment", shown, "A futex is an int at a multiple of 4.")
    key = call.task.mm.futex_key(address, private)
    kind = "of this process alone" if private else "that processes may share"
    call.passed(name, "memory", shown, f"It is an address for a futex {kind}.")
    return key


def _value(call: Call, name: str, address: int) -> int:
    """The word. Raises EFAULT."""
    data = call.task.mm.copy_in(address, 4)
    if len(data) < 4:
        raise call.refuse(Errno.EFAULT, name, "memory", Address.show(address), "The word is not in readable memory.")
    return int.from_bytes(data, "little")


def _store(call: Call, name: str, address: int, value: int) -> None:
    """Change the word. Raises EFAULT."""
    if call.task.mm.copy_out(address, (value & 0xFFFF_FFFF).to_bytes(4, "little")) < 4:
        raise call.refuse(Errno.EFAULT, name, "memory", Address.show(address), "The word is not in writable memory.")


def _told(call: Call, woken: int) -> Int:
    words = (
        "Nobody sleeps for this futex" if not woken else f"{woken} sleeper{'s' * (woken > 1)} wake{'s' * (woken == 1)}"
    )
    call.service("sched", "futex-wake", f"{words}.")
    return Int(woken)


def _wait(call: Call, uaddr: int, private: bool, val: int, bitset: int, until: int | None) -> Blocking[Int]:
    """Sleep for the word, unless it has changed already. Raises EAGAIN, ETIMEDOUT."""
    table = call.kernel.futexes
    key = _key(call, "uaddr", uaddr, private)
    value = _value(call, "uaddr", uaddr)
    if value != val:
        raise call.refuse(
            Errno.EAGAIN, "val", "value", str(val), f"The word is {value} by now: what the caller waits for happened."
        )
    call.passed("val", "value", str(val), f"The word is still {value}, so the caller really has to wait.")
    waiter = table.enqueue(call.task, key, bitset)
    sleep = Sleep("futex", f"The task sleeps until the futex at {uaddr:#x} is woken.", (waiter.queue,), until)
    restart = Restart.SYS if until is None else Restart.BLOCK
    try:
        while not waiter.woken:
            if until is not None and call.kernel.clock.now >= until:
                raise KernelError(Errno.ETIMEDOUT, "Nobody woke the sleeper in time", "sched")
            yield from call.sleep(sleep, restart)
    except Interrupted:
        call.task.restart_block = _again(uaddr, private, val, bitset, until)
        raise
    finally:
        table.remove(waiter)
    return Int(0)


def _again(
    uaddr: int, private: bool, val: int, bitset: int, until: int | None
) -> Callable[[Call], Generator[Sleep, None, Int]]:
    """The wait with its deadline, for restart_syscall(2)."""

    def restarted(call: Call) -> Generator[Sleep, None, Int]:
        return _wait(call, uaddr, private, val, bitset, until)

    return restarted


def _requeue(call: Call, uaddr: int, uaddr2: int, private: bool, wake: int, move: int, expected: int | None) -> Int:
    """Wake some, let others sleep for the second futex. Raises EINVAL, EAGAIN."""
    if wake < 0 or move < 0:
        raise call.refuse(Errno.EINVAL, "val", "range", str(min(wake, move)), "Counts must not be negative.")
    table = call.kernel.futexes
    key, other = _key(call, "uaddr", uaddr, private), _key(call, "uaddr2", uaddr2, private)
    if expected is not None and (value := _value(call, "uaddr", uaddr)) != expected:
        raise call.refuse(Errno.EAGAIN, "val3", "value", hex(expected), f"The word is {value} by now.")
    woken = table.wake(key, wake)
    moved = table.requeue(key, other, move)
    call.service("sched", "futex-requeue", f"{woken} wake, {moved} sleep for the futex at {uaddr2:#x} from now on.")
    return Int(woken + moved)


def _wake_op(call: Call, uaddr: int, uaddr2: int, private: bool, wake: int, wake2: int, encoded: int) -> Int:
    """Change the second word, wake for the first, and for the second when its old value compares so."""
    key, other = _key(call, "uaddr", uaddr, private), _key(call, "uaddr2", uaddr2, private)
    operation, comparison = encoded >> 28 & 7, encoded >> 24 & 15
    operand = _twelve_bits(encoded >> 12)
    if encoded >> 31:
        operand = 1 << (operand & 31)
    compared = _twelve_bits(encoded)
    old = _signed(_value(call, "uaddr2", uaddr2))
    changes = {0: operand, 1: old + operand, 2: old | operand, 3: old & ~operand, 4: old ^ operand}
    compares = {
        0: old == compared,
        1: old != compared,
        2: old < compared,
        3: old <= compared,
        4: old > compared,
        5: old >= compared,
    }
    if operation not in changes or comparison not in compares:
        raise call.refuse(Errno.ENOSYS, "val3", "choice", hex(encoded), "There is no such operation or comparison.")
    _store(call, "uaddr2", uaddr2, changes[operation])
    table = call.kernel.futexes
    woken = table.wake(key, max(wake, 1))
    if compares[comparison]:
        woken += table.wake(other, max(wake2, 1))
    return _told(call, woken)


def _twelve_bits(value: int) -> int:
    """A signed number of 12 bits."""
    value &= 0xFFF
    return value - 0x1000 if value >> 11 else value


def _lock_pi(call: Call, uaddr: int, private: bool, until: int | None, only_try: bool) -> Blocking[Int]:
    """Own the lock, or sleep until its owner hands it over. Raises EDEADLK, ESRCH, EAGAIN, ETIMEDOUT."""
    table = call.kernel.futexes
    tid = call.task.tid
    key = _key(call, "uaddr", uaddr, private)
    value = _value(call, "uaddr", uaddr)
    owner = value & TID_MASK
    if owner == tid:
        raise call.refuse(Errno.EDEADLK, "uaddr", "owner", hex(value), "The caller owns the lock already.")
    if not owner:
        waiting = WAITERS if table.waiters(key) else 0
        _store(call, "uaddr", uaddr, value & OWNER_DIED | tid | waiting)
        call.service("sched", "futex-lock", f"The lock was free; now it is owned by thread {tid}.")
        return Int(0)
    # Linux says that somebody waits before it looks for the owner.
    _store(call, "uaddr", uaddr, value | WAITERS)
    if owner not in call.kernel.tasks:
        raise call.refuse(Errno.ESRCH, "uaddr", "owner", hex(value), f"There is no thread {owner} that could own it.")
    if only_try:
        raise call.refuse(Errno.EAGAIN, "uaddr", "owner", hex(value), f"Thread {owner} owns the lock.")
    waiter = table.enqueue(call.task, key, ANY_BIT)
    sleep = Sleep(
        "futex", f"Thread {owner} owns the lock; the task sleeps until it is handed over.", (waiter.queue,), until
    )
    try:
        while not waiter.woken:
            if until is not None and call.kernel.clock.now >= until:
                raise KernelError(Errno.ETIMEDOUT, "The owner kept the lock for too long", "sched")
            yield from call.sleep(sleep, Restart.NOINTR)
    finally:
        table.remove(waiter)
    return Int(0)


def _unlock_pi(call: Call, uaddr: int, private: bool) -> Int:
    """Hand the lock to the first waiter, or set it free. Raises EPERM."""
    value = _value(call, "uaddr", uaddr)
    if value & TID_MASK != call.task.tid:
        raise call.refuse(Errno.EPERM, "uaddr", "owner", hex(value), "Only the owner may unlock it.")
    key = _key(call, "uaddr", uaddr, private)
    waiters = call.kernel.futexes.waiters(key)
    if not waiters:
        _store(call, "uaddr", uaddr, 0)
        return _told(call, 0)
    _store(call, "uaddr", uaddr, waiters[0].task.tid | (WAITERS if len(waiters) > 1 else 0))
    call.kernel.futexes.wake(key, 1)
    call.service("sched", "futex-unlock", f"The lock is handed to thread {waiters[0].task.tid}.")
    return Int(0)


@syscall
def set_robust_list(call: Call, head: Address, len: Size) -> Int:
    """Tell the kernel where this thread keeps the list of the locks it holds.

    When the thread ends with locks held, each is marked and one sleeper woken, who learns it as EOWNERDEAD.
    EINVAL: `len` is not the size of the list's head. See set_robust_list(2).
    """
    size = robust_head_size(call.abi)
    if len != size:
        raise call.refuse(Errno.EINVAL, "len", "size", str(int(len)), f"A list head has {size} bytes.")
    call.task.robust_list = int(head)
    return Int(0)


@syscall
def get_robust_list(
    call: Call,
    pid: Int,
    head_ptr: Annotated[NumberOut, "unsigned long"],
    len_ptr: Annotated[NumberOut, "unsigned long"],
) -> Int:
    """Tell where a thread (0 means the caller) keeps the list of the locks it holds.

    ESRCH: there is no such thread. EPERM: it belongs to somebody else. EFAULT: there is no room for the answer.
    See get_robust_list(2).
    """
    task = call.kernel.find_task(int(pid)) if pid else call.task
    if task is None:
        raise call.refuse(Errno.ESRCH, "pid", "process", str(pid.text()), f"There is no thread {int(pid)}.")
    mine = call.task.credentials
    if task.credentials.uid != mine.fsuid and not mine.capable(Capability.CAP_SYS_PTRACE):
        raise call.refuse(Errno.EPERM, "pid", "permission", str(pid.text()), "It belongs to another user.")
    len_ptr.write(robust_head_size(call.abi))
    head_ptr.write(task.robust_list)
    return Int(0)
