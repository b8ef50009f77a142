"""Watching another process: ptrace."""

from __future__ import annotations

from typing import Annotated

from app.kernel import ptrace as tracing
from app.kernel import signal_delivery
from app.kernel.abi.constants import Signo
from app.kernel.abi.ptrace_constants import PtraceEvent, PtraceOption, PtraceRequest, RegisterSet
from app.kernel.abi.text import signal_name
from app.kernel.arguments import Int
from app.kernel.arguments.ptrace import TracedAddress, TracedData, TracedPid
from app.kernel.call import Call
from app.kernel.credentials import Capability
from app.kernel.errno import Errno, KernelError
from app.kernel.mm.remote import read_remote, write_remote
from app.kernel.ptrace import Mode, Trace
from app.kernel.ptrace_registers import (
    read_floating_point,
    read_registers,
    write_floating_point,
    write_registers,
)
from app.kernel.signal import LAST, UNBLOCKABLE, SigInfo, SignalSet
from app.kernel.syscall import syscall
from app.kernel.task import Task, TaskState

_R = PtraceRequest
_OPTIONS = sum(PtraceOption)
_SIGSET_SIZE = 8
_FLOATING = "user_fpregs_struct"
_MODES = {
    int(_R.PTRACE_CONT): Mode.CONT,
    int(_R.PTRACE_SYSCALL): Mode.SYSCALL,
    int(_R.PTRACE_SINGLESTEP): Mode.STEP,
}
_SETS = {int(RegisterSet.NT_PRSTATUS): "user_regs_struct", int(RegisterSet.NT_FPREGSET): "user_fpregs_struct"}


@syscall
def ptrace(
    call: Call,
    request: Annotated[PtraceRequest, "unsigned long"],
    pid: TracedPid,
    addr: TracedAddress,
    data: TracedData,
) -> Int:
    """Watch and control another task: the base of debuggers and of strace.

    `PTRACE_TRACEME` lets the parent trace the caller; `PTRACE_ATTACH` and `PTRACE_SEIZE` trace task `pid`, the first
    with a SIGSTOP. The tracee stops for each signal, which wait4 tells; stopped, its memory (`PEEKDATA`, `POKEDATA`),
    registers (`GETREGS`, `SETREGS`, `PEEKUSER`, `POKEUSER`, `GETREGSET`) and signal (`GETSIGINFO`) can be looked at
    and changed. `PTRACE_CONT`, `PTRACE_SYSCALL` and `PTRACE_SINGLESTEP` let it go on to the next signal, system call
    or instruction, with the signal `data`; `PTRACE_DETACH` lets it go for good. `PTRACE_SETOPTIONS` asks for stops at
    fork, exec and exit, too.
    ESRCH: no such task, it is not traced by the caller, or it is not stopped. EPERM: it may not be traced, is traced
    already, or belongs to the caller's own process. EIO: nothing is mapped at `addr`, no such register, no such signal
    or request. EINVAL: no such option or register set, or it stopped for no signal. EFAULT: `data` can't be used.
    See ptrace(2). Not served: PTRACE_LISTEN, PTRACE_SYSEMU, PTRACE_GET_SYSCALL_INFO, seccomp and debug registers;
    the end of a process does not wait until its tracer has been told of the ends of all its threads.
    """
    if request == _R.PTRACE_TRACEME:
        return _trace_me(call)
    task = call.kernel.find_task(pid)
    if task is None:
        raise call.refuse(Errno.ESRCH, "pid", "task", str(pid.text()), "There is no such task.")
    if request in (_R.PTRACE_ATTACH, _R.PTRACE_SEIZE):
        return _attach(call, task, request == _R.PTRACE_SEIZE, addr, data.address)
    trace = task.trace
    if trace is None or trace.tracer is not call.task.process:
        raise call.refuse(Errno.ESRCH, "pid", "tracee", str(pid.text()), "The caller does not trace this task.")
    if request not in (_R.PTRACE_KILL, _R.PTRACE_INTERRUPT) and task.state is not TaskState.TRACED:
        raise call.refuse(Errno.ESRCH, "pid", "stopped", str(pid.text()), "The task is not stopped.")
    match request:
        case _R.PTRACE_PEEKTEXT | _R.PTRACE_PEEKDATA:
            width = call.abi.info.word_size
            word = read_remote(task.mm, call.kernel.memory, addr, width)
            if len(word) < width:
                raise _not_there(call, addr)
            data.write_word(int.from_bytes(word, "little"))
        case _R.PTRACE_POKETEXT | _R.PTRACE_POKEDATA:
            width = call.abi.info.word_size
            if write_remote(task.mm, addr, data.address.to_bytes(width, "little")) < width:
                raise _not_there(call, addr)
            call.service("mm", "poke", f"The word at {int(addr):#x} in the memory of {task.tid} is changed.")
        case _R.PTRACE_PEEKUSER | _R.PTRACE_POKEUSER:
            _user_area(call, task, addr, data, request == _R.PTRACE_POKEUSER)
        case _R.PTRACE_GETREGS | _R.PTRACE_SETREGS | _R.PTRACE_GETFPREGS | _R.PTRACE_SETFPREGS:
            floating = request in (_R.PTRACE_GETFPREGS, _R.PTRACE_SETFPREGS)
            setting = request in (_R.PTRACE_SETREGS, _R.PTRACE_SETFPREGS)
            if not task.abi.traced.area or (floating and _FLOATING not in task.abi.structs):
                raise _no_request(call, request)
            _registers(call, task, data, data.address, floating=floating, setting=setting)
        case _R.PTRACE_GETREGSET | _R.PTRACE_SETREGSET:
            _register_set(call, task, int(addr), data, request == _R.PTRACE_SETREGSET)
        case _R.PTRACE_CONT | _R.PTRACE_SYSCALL | _R.PTRACE_SINGLESTEP:
            _check_signal(call, data)
            told = f", with {signal_name(data.address)}" if data.address else ""
            call.service("system", "resume", f"Task {task.tid} goes on {_MODES[request].value}{told}.")
            tracing.resume(task, _MODES[request], data.address)
        case _R.PTRACE_DETACH:
            _check_signal(call, data)
            call.service("system", "detach", f"Task {task.tid} is not traced any more.")
            tracing.detach(call.kernel, task, data.address)
        case _R.PTRACE_KILL:
            signal_delivery.send_to_task(call.kernel, task, SigInfo.user(Signo.SIGKILL, call.task.process))
        case _R.PTRACE_INTERRUPT:
            _interrupt(call, task, trace)
        case _:
            _about_signals(call, task, trace, int(request), int(addr), data)
    return Int(0)


def _trace_me(call: Call) -> Int:
    """The parent becomes the tracer. Raises EPERM."""
    task = call.task
    if task.trace is not None:
        raise call.refuse(Errno.EPERM, "request", "tracee", "PTRACE_TRACEME", "The task is traced already.")
    parent = task.process.parent
    if parent is not None and parent.tasks:
        tracing.attach(task, parent)
        call.service("system", "attach", f"Process {parent.pid}, the parent, traces the task from now on.")
    return Int(0)


def _attach(call: Call, task: Task, seizing: bool, addr: int, options: int) -> Int:
    """Linux `ptrace_attach`."""
    if seizing and (addr or options & ~_OPTIONS):
        raise call.refuse(Errno.EIO, "data", "flags", hex(options), "There are no such options.")
    if seizing:
        _check_options(call, options)
    shown = str(task.tid)
    if task.process is call.task.process:
        raise call.refuse(Errno.EPERM, "pid", "process", shown, "A process can't trace its own threads.")
    is_bystander = not task.process.tasks and not task.process.is_zombie
    if is_bystander or not tracing.may_access(call.task.credentials, task.credentials):
        raise call.refuse(Errno.EPERM, "pid", "permission", shown, "The caller may not look into this process.")
    if task.state is TaskState.DEAD or task.trace is not None:
        raise call.refuse(Errno.EPERM, "pid", "tracee", shown, "The task has ended, or is traced already.")
    tracing.attach(task, call.task.process, options if seizing else 0, seizing)
    call.service("system", "attach", f"Task {task.tid} is traced by process {call.task.process.pid} from now on.")
    if task.state is TaskState.STOPPED:
        tracing.group_stop(call.kernel, task, task.process.stopped_by)
    if not seizing:
        signal_delivery.send_to_task(call.kernel, task, SigInfo(Signo.SIGSTOP, "SI_KERNEL"))
    return Int(0)


def _no_request(call: Call, request: int) -> KernelError:
    return call.refuse(Errno.EIO, "request", "choice", hex(request), "There is no such request.")


def _not_there(call: Call, addr: int) -> KernelError:
    return call.refuse(Errno.EIO, "addr", "mapped", hex(addr), "The tracee has no such memory there.")


def _check_signal(call: Call, data: TracedData) -> None:
    """Raises EIO."""
    if data.address > LAST:
        raise call.refuse(Errno.EIO, "data", "signal", str(data.address), f"Signals are numbered up to {LAST}.")


def _check_options(call: Call, options: int) -> None:
    """Raises EINVAL, EPERM."""
    if options & ~_OPTIONS:
        raise call.refuse(Errno.EINVAL, "data", "flags", hex(options), "There are no such options.")
    if options & PtraceOption.PTRACE_O_SUSPEND_SECCOMP:
        errno = Errno.EINVAL if call.task.credentials.capable(Capability.CAP_SYS_ADMIN) else Errno.EPERM
        raise call.refuse(errno, "data", "flags", hex(options), "Seccomp can't be suspended.")


def _user_area(call: Call, task: Task, addr: int, data: TracedData, storing: bool) -> None:
    """PTRACE_PEEKUSER and PTRACE_POKEUSER: `struct user` begins with the registers. Raises EIO, EFAULT."""
    shown = hex(addr)
    layout = task.abi.structs["user_regs_struct"]
    width = task.abi.info.word_size
    if addr % width or addr >= task.abi.traced.area or (storing and addr >= layout.size):
        raise call.refuse(Errno.EIO, "addr", "register", shown, "There is no register at this place of struct user.")
    name = list(layout.offsets)[addr // width] if addr < layout.size else None
    if not storing:
        data.write_word(read_registers(call.kernel, task)[name] if name else 0)
    elif name is not None and not write_registers(call.kernel, task, {name: data.address}):
        raise call.refuse(Errno.EIO, "data", "register", hex(data.address), f"{name} can't have this value.")


def _registers(call: Call, task: Task, data: TracedData, address: int, *, floating: bool, setting: bool) -> None:
    """Copy all registers to or from the tracer. Raises EFAULT, EIO."""
    kernel = call.kernel
    if floating and setting:
        fields = data.struct_at(address, _FLOATING, None)
        write_floating_point(kernel, task, task.abi.structs[_FLOATING].pack(**fields))
    elif floating:
        image = read_floating_point(kernel, task)
        layout = task.abi.structs[_FLOATING]
        data.struct_at(address, _FLOATING, layout.unpack(image.ljust(layout.size, b"\0")))
    elif setting:
        if not write_registers(kernel, task, data.struct_at(address, "user_regs_struct", None)):
            raise call.refuse(Errno.EIO, "data", "register", hex(address), "A register can't have its value.")
        call.service("system", "registers", f"The registers of task {task.tid} are changed.")
    else:
        data.struct_at(address, "user_regs_struct", read_registers(kernel, task))


def _register_set(call: Call, task: Task, kind: int, data: TracedData, setting: bool) -> None:
    """PTRACE_GETREGSET and PTRACE_SETREGSET, whole sets only. Raises EFAULT, EINVAL, EIO."""
    vector = data.struct_at(data.address, "iovec", None)
    layout = call.abi.structs.get(_SETS.get(kind, ""))
    width = call.abi.info.word_size
    if layout is None or vector["iov_len"] % width:
        raise call.refuse(Errno.EINVAL, "addr", "choice", hex(kind), "There is no such register set.")
    size = layout.size
    if vector["iov_len"] < size:
        raise call.refuse(Errno.EINVAL, "data", "size", str(vector["iov_len"]), f"The set has {size} bytes.")
    floating = kind == RegisterSet.NT_FPREGSET
    _registers(call, task, data, vector["iov_base"], floating=floating, setting=setting)
    shown = data.length = size
    if call.task.mm.copy_out(data.address + width, shown.to_bytes(width, "little")) < width:
        raise call.refuse(Errno.EFAULT, "data", "memory", hex(data.address), "The length can't be stored.")


def _interrupt(call: Call, task: Task, trace: Trace) -> None:
    """PTRACE_INTERRUPT. Raises EIO."""
    if not trace.seized:
        raise call.refuse(Errno.EIO, "request", "tracee", "PTRACE_INTERRUPT", "Only after PTRACE_SEIZE.")
    if task.state is not TaskState.TRACED:
        task.stop_pending = True
        if task.sleeping is None or task.sleeping.sleep.interruptible:
            task.wake()


def _about_signals(call: Call, task: Task, trace: Trace, request: int, addr: int, data: TracedData) -> None:
    """Requests about options, events, signals and masks. Raises EINVAL, EFAULT, and EIO for one that there is not."""
    match request:
        case _R.PTRACE_SETOPTIONS:
            _check_options(call, data.address)
            trace.options = data.address
        case _R.PTRACE_GETEVENTMSG:
            data.write_word(trace.message)
        case _R.PTRACE_GETSIGINFO:
            data.write_info(_stop_info(call, task, trace))
        case _R.PTRACE_SETSIGINFO:
            info = data.read_info()
            _stop_info(call, task, trace)
            trace.info = info
        case _R.PTRACE_GETSIGMASK | _R.PTRACE_SETSIGMASK:
            if addr != _SIGSET_SIZE:
                raise call.refuse(Errno.EINVAL, "addr", "size", str(addr), "A signal mask has 8 bytes.")
            if request == _R.PTRACE_GETSIGMASK:
                data.write_word((task.saved_blocked or task.blocked).bits, _SIGSET_SIZE)
            else:
                task.blocked = SignalSet(data.struct_at(data.address, "sigset", None)["sig"] & ~UNBLOCKABLE)
                data.value = task.blocked.bits
        case _:
            raise _no_request(call, request)


def _stop_info(call: Call, task: Task, trace: Trace) -> SigInfo:
    """What PTRACE_GETSIGINFO tells. Raises EINVAL in a group stop of the old kind."""
    if trace.info is not None:
        return trace.info
    if trace.kind is tracing.StopKind.GROUP and not trace.stop >> 8 == PtraceEvent.PTRACE_EVENT_STOP:
        raise call.refuse(Errno.EINVAL, "request", "stop", "PTRACE_GETSIGINFO", "The task stopped for no signal.")
    return SigInfo(Signo.SIGTRAP, hex(trace.stop), pid=task.tid, uid=task.credentials.uid)
