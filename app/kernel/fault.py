"""Faults: the other way into the kernel. The CPU could not execute an instruction and asks what to do.

A page fault may be repaired (memory that was promised is now provided); everything else becomes a signal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cpu.exits import FaultExit
from app.trace.events import Fault, ModeSwitch, word

from . import signal_delivery
from .abi import FaultMeaning
from .abi.constants import Signo
from .signal import SigInfo

if TYPE_CHECKING:
    from .kernel import Kernel
    from .task import Task

_UNKNOWN = FaultMeaning("exception", Signo.SIGSEGV, "SI_KERNEL")
_VERBS = {"read": "read from", "write": "write to", "execute": "execute"}


def handle(kernel: Kernel, task: Task, fault: FaultExit) -> None:
    """Repair the fault, or force the signal that Linux sends for it."""
    kernel.faults += 1
    line = kernel.line_at(task, fault.pc)
    emit = kernel.recorder.emit
    meaning = task.abi.exceptions.get(fault.vector, _UNKNOWN)
    signo = meaning.signo
    emit(
        ModeSwitch(
            to="kernel", reason="fault", pc=word(fault.pc), line=line, saved={task.abi.pc_register: word(fault.pc)}
        )
    )
    repaired = None
    if fault.address is not None and fault.access is not None:
        repaired = task.mm.handle_fault(fault.address, fault.access)
        if not repaired and task.mm.lacks_file_page(fault.address, fault.access):
            signo = Signo.SIGBUS
    emit(
        Fault(
            vector=fault.vector,
            name=meaning.title,
            pc=word(fault.pc),
            line=line,
            address=None if fault.address is None else word(fault.address),
            access=fault.access,
            signal=None if repaired else signo.name,
            sentence=repaired or _past_the_end(task, fault) + _reason(task, fault, meaning),
        )
    )
    if repaired:
        task.process.minor_faults += 1
    else:
        task.fault = task.abi.signal_frame.fault_record(fault, task.fault, task.abi.address_limit)
        signal_delivery.force(kernel, task, _siginfo(kernel, task, fault, signo, meaning.code))
    task.restored = {task.abi.pc_register: word(fault.pc)}


def _siginfo(kernel: Kernel, task: Task, fault: FaultExit, signo: int, code: str) -> SigInfo:
    """What Linux tells about the fault. Exceptions without an address of their own give NULL, or the instruction's."""
    if fault.is_page_fault and fault.address is not None:
        if signo == Signo.SIGBUS:
            code = "BUS_ADRERR"
        elif task.mm.find(fault.address) is not None:
            code = "SEGV_ACCERR"
        return SigInfo(signo, code, address=fault.address)
    if task.abi.single_step is not None and signo == Signo.SIGTRAP and code == "TRAP_BRKPT":
        register, bit = task.abi.single_step
        if kernel.cpu.get(register) & bit:
            code = "TRAP_TRACE"
    address = fault.pc if fault.address is None else fault.address
    return SigInfo(signo, code, address=0 if code == "SI_KERNEL" else address)


def _past_the_end(task: Task, fault: FaultExit) -> str:
    """What to say first when the program executes memory that none of its source lines made."""
    lines = task.mm.lines
    if fault.access == "execute" or lines is None or not lines.entries or lines.line_at(fault.pc) is not None:
        return ""
    if task.mm.code is not None and task.mm.code.function_at(fault.pc) is not None:
        return ""
    return "The program ran on past its last instruction: is the exit call missing? "


def _reason(task: Task, fault: FaultExit, meaning: FaultMeaning) -> str:
    """Why the fault cannot be repaired, for a student."""
    if fault.address is not None and fault.access is not None:
        verb = _VERBS[fault.access]
        where = f"The program tried to {verb} address {fault.address:#x}"
        vma = task.mm.find(fault.address)
        if task.mm.lacks_file_page(fault.address, fault.access):
            return f"{where}, where {vma.name if vma else 'a file'} is mapped, but the file ends before that."
        if vma is not None:
            return f"{where}, which is mapped {vma.perms} ({vma.name or 'anonymous'}): that access is not allowed."
        if fault.address < 0x1000:
            return f"{where}, in the first page, which is never mapped so that NULL pointers are caught."
        if fault.address >= task.abi.address_limit:
            return f"{where}, which is outside the part of the address space that user mode may touch."
        return f"{where}, where nothing is mapped."
    if meaning.by_privilege:
        code = task.mm.copy_in(fault.pc, 4)
        if code[:2] in task.abi.foreign_traps:
            return task.abi.foreign_traps[code[:2]]
        mnemonic = task.abi.privileged_name(code)
        if mnemonic is not None:
            return f"{mnemonic} is not allowed in user mode ({task.abi.info.user_mode}): only the kernel may use it."
    return meaning.sentence or f"The CPU raised a {meaning.title}."
