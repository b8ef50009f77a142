"""Odds and ends of a process or thread (prctl(2))."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from app.kernel.abi.constants import MAX_SIGNAL
from app.kernel.arguments import Address, Int, Long
from app.kernel.call import Call
from app.kernel.credentials import KEEP_CAPS, Capability
from app.kernel.errno import Errno, KernelError
from app.kernel.syscall import syscall

NAME_SIZE = 16


class PrctlOption(IntEnum):
    """What prctl(2) is asked to do."""

    PR_SET_PDEATHSIG = 1
    PR_GET_PDEATHSIG = 2
    PR_GET_DUMPABLE = 3
    PR_SET_DUMPABLE = 4
    PR_GET_KEEPCAPS = 7
    PR_SET_KEEPCAPS = 8
    PR_GET_TIMING = 13
    PR_SET_TIMING = 14
    PR_SET_NAME = 15
    PR_GET_NAME = 16
    PR_GET_SECCOMP = 21
    PR_SET_SECCOMP = 22
    PR_CAPBSET_READ = 23
    PR_CAPBSET_DROP = 24
    PR_GET_TSC = 25
    PR_GET_SECUREBITS = 27
    PR_SET_SECUREBITS = 28
    PR_SET_TIMERSLACK = 29
    PR_GET_TIMERSLACK = 30
    PR_SET_CHILD_SUBREAPER = 36
    PR_GET_CHILD_SUBREAPER = 37
    PR_SET_NO_NEW_PRIVS = 38
    PR_GET_NO_NEW_PRIVS = 39
    PR_GET_TID_ADDRESS = 40
    PR_SET_THP_DISABLE = 41
    PR_GET_THP_DISABLE = 42
    PR_CAP_AMBIENT = 47
    PR_SET_IO_FLUSHER = 57
    PR_GET_IO_FLUSHER = 58
    PR_SET_VMA = 0x53564D41
    PR_SET_PTRACER = 0x59616D61


@syscall
def prctl(call: Call, option: PrctlOption, arg2: Address, arg3: Long, arg4: Long, arg5: Long) -> Int:
    """Ask or change one of many small things of the process or thread: its name, what happens when its parent dies ...

    EINVAL: no such option, or wrong arguments. EFAULT: a bad pointer. EPERM: it needs privileges. See prctl(2).

    Not served: PR_SET_MM, PR_SET_SECCOMP, PR_SET_SECUREBITS, PR_SET_MDWE, PR_SET_SYSCALL_USER_DISPATCH, and options
    about speculation, performance counters, memory errors and other architectures, which answer EINVAL.
    """
    needed = _PRIVILEGED.get(int(option))
    if needed is not None and not call.task.credentials.capable(needed):
        raise call.refuse(Errno.EPERM, "option", "permission", str(option), f"It needs {needed.name}.")
    serve = _OPTIONS.get(int(option))
    if serve is None:
        raise call.refuse(Errno.EINVAL, "option", "choice", str(option), "This kernel has no such option.")
    unused = [int(value) for value in (arg3, arg4, arg5)]
    if option in _STRICT and any(unused):
        raise call.refuse(Errno.EINVAL, "arg3", "range", hex(unused[0]), "The arguments that are not used must be 0.")
    return Int(serve(call, int(arg2)))


def _store_int(call: Call, address: int, value: int) -> int:
    if call.task.mm.copy_out(address, value.to_bytes(4, "little")) < 4:
        raise call.refuse(Errno.EFAULT, "arg2", "memory", Address.show(address), "There is no writable int.")
    return 0


def _need(call: Call, fits: bool, value: int) -> None:
    if not fits:
        raise call.refuse(Errno.EINVAL, "arg2", "range", str(value), "This option takes no such value.")


def _set_death_signal(call: Call, value: int) -> int:
    _need(call, 0 <= value <= MAX_SIGNAL, value)
    call.task.parent_death_signal = value
    return 0


def _get_death_signal(call: Call, address: int) -> int:
    return _store_int(call, address, call.task.parent_death_signal)


def _get_dumpable(call: Call, _: int) -> int:
    return call.task.process.dumpable


def _set_dumpable(call: Call, value: int) -> int:
    _need(call, value in (0, 1), value)
    call.task.process.dumpable = value
    return 0


def _set_name(call: Call, address: int) -> int:
    data = b""
    while len(data) < NAME_SIZE - 1:
        byte = call.task.mm.copy_in(address + len(data), 1)
        if not byte:
            raise call.refuse(Errno.EFAULT, "arg2", "memory", Address.show(address), "The name is not readable.")
        if byte == b"\0":
            break
        data += byte
    call.task.name = data.decode(errors="surrogateescape")
    call.service("sched", "name", f"The thread is called {call.task.name} now.")
    return 0


def _get_name(call: Call, address: int) -> int:
    name = call.task.name.encode(errors="surrogateescape")[: NAME_SIZE - 1].ljust(NAME_SIZE, b"\0")
    if call.task.mm.copy_out(address, name) < NAME_SIZE:
        raise call.refuse(Errno.EFAULT, "arg2", "memory", Address.show(address), "There is no room for 16 bytes.")
    return 0


def _read_bounding(call: Call, capability: int) -> int:
    _need(call, 0 <= capability <= max(Capability), capability)
    return call.task.credentials.cap_bounding >> capability & 1


def _drop_bounding(call: Call, capability: int) -> int:
    if not call.task.credentials.capable(Capability.CAP_SETPCAP):
        raise KernelError(Errno.EPERM, "Dropping from the bounding set needs CAP_SETPCAP", "sched")
    _need(call, 0 <= capability <= max(Capability), capability)
    call.task.credentials = call.task.credentials.without_bounding(capability)
    return 0


def _set_slack(call: Call, value: int) -> int:
    call.task.timer_slack = value if value > 0 else call.task.default_timer_slack
    return 0


def _set_subreaper(call: Call, value: int) -> int:
    call.task.process.is_subreaper = bool(value)
    return 0


def _get_subreaper(call: Call, address: int) -> int:
    return _store_int(call, address, int(call.task.process.is_subreaper))


def _set_no_new_privs(call: Call, value: int) -> int:
    _need(call, value == 1, value)
    call.task.no_new_privs = True
    return 0


def _get_no_new_privs(call: Call, value: int) -> int:
    _need(call, value == 0, value)
    return int(call.task.no_new_privs)


def _get_tid_address(call: Call, address: int) -> int:
    if call.task.mm.copy_out(address, call.task.clear_child_tid.to_bytes(8, "little")) < 8:
        raise call.refuse(Errno.EFAULT, "arg2", "memory", Address.show(address), "There is no room for a pointer.")
    return 0


def _get_keep_capabilities(call: Call, _: int) -> int:
    return int(bool(call.task.credentials.securebits & KEEP_CAPS))


def _set_keep_capabilities(call: Call, value: int) -> int:
    _need(call, value in (0, 1), value)
    call.task.credentials = call.task.credentials.keeping(bool(value))
    return 0


def _set_timing(call: Call, value: int) -> int:
    _need(call, value == 0, value)
    return 0


def _get_tsc(call: Call, address: int) -> int:
    return _store_int(call, address, 1)


def _get_thp_disable(call: Call, value: int) -> int:
    _need(call, value == 0, value)
    return int(call.task.mm.thp_disabled)


def _set_thp_disable(call: Call, value: int) -> int:
    call.task.mm.thp_disabled = value != 0
    return 0


def _set_io_flusher(call: Call, value: int) -> int:
    _need(call, value in (0, 1), value)
    call.task.io_flusher = bool(value)
    return 0


def _nothing(call: Call, _: int) -> int:
    return 0


_OPTIONS: dict[int, Callable[[Call, int], int]] = {
    PrctlOption.PR_SET_PDEATHSIG: _set_death_signal,
    PrctlOption.PR_GET_PDEATHSIG: _get_death_signal,
    PrctlOption.PR_GET_DUMPABLE: _get_dumpable,
    PrctlOption.PR_SET_DUMPABLE: _set_dumpable,
    PrctlOption.PR_GET_KEEPCAPS: _get_keep_capabilities,
    PrctlOption.PR_SET_KEEPCAPS: _set_keep_capabilities,
    PrctlOption.PR_GET_TIMING: _nothing,
    PrctlOption.PR_SET_TIMING: _set_timing,
    PrctlOption.PR_SET_NAME: _set_name,
    PrctlOption.PR_GET_NAME: _get_name,
    PrctlOption.PR_GET_SECCOMP: _nothing,
    PrctlOption.PR_CAPBSET_READ: _read_bounding,
    PrctlOption.PR_CAPBSET_DROP: _drop_bounding,
    PrctlOption.PR_GET_TSC: _get_tsc,
    PrctlOption.PR_GET_SECUREBITS: lambda call, _: call.task.credentials.securebits,
    PrctlOption.PR_SET_TIMERSLACK: _set_slack,
    PrctlOption.PR_GET_TIMERSLACK: lambda call, _: call.task.timer_slack,
    PrctlOption.PR_SET_CHILD_SUBREAPER: _set_subreaper,
    PrctlOption.PR_GET_CHILD_SUBREAPER: _get_subreaper,
    PrctlOption.PR_SET_NO_NEW_PRIVS: _set_no_new_privs,
    PrctlOption.PR_GET_NO_NEW_PRIVS: _get_no_new_privs,
    PrctlOption.PR_GET_TID_ADDRESS: _get_tid_address,
    PrctlOption.PR_GET_THP_DISABLE: _get_thp_disable,
    PrctlOption.PR_SET_THP_DISABLE: _set_thp_disable,
    PrctlOption.PR_SET_PTRACER: _nothing,
    PrctlOption.PR_SET_IO_FLUSHER: _set_io_flusher,
    PrctlOption.PR_GET_IO_FLUSHER: lambda call, _: int(call.task.io_flusher),
}
_STRICT = (
    PrctlOption.PR_SET_NO_NEW_PRIVS,
    PrctlOption.PR_GET_NO_NEW_PRIVS,
    PrctlOption.PR_GET_THP_DISABLE,
    PrctlOption.PR_SET_THP_DISABLE,
    PrctlOption.PR_SET_IO_FLUSHER,
    PrctlOption.PR_GET_IO_FLUSHER,
)
_PRIVILEGED: dict[int, Capability] = {
    PrctlOption.PR_SET_SECUREBITS: Capability.CAP_SETPCAP,
    PrctlOption.PR_SET_IO_FLUSHER: Capability.CAP_SYS_RESOURCE,
    PrctlOption.PR_GET_IO_FLUSHER: Capability.CAP_SYS_RESOURCE,
}
