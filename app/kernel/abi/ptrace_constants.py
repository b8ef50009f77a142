"""Requests and options of ptrace(2), and the registers it shows."""

from __future__ import annotations

from enum import IntEnum

from app.kernel.abi.flags import Flags

from .layout import Layout
from .struct_text import Fields


class PtraceRequest(IntEnum):
    """`request` of ptrace(2)."""

    PTRACE_TRACEME = 0
    PTRACE_PEEKTEXT = 1
    PTRACE_PEEKDATA = 2
    PTRACE_PEEKUSER = 3
    PTRACE_POKETEXT = 4
    PTRACE_POKEDATA = 5
    PTRACE_POKEUSER = 6
    PTRACE_CONT = 7
    PTRACE_KILL = 8
    PTRACE_SINGLESTEP = 9
    PTRACE_GETREGS = 12
    PTRACE_SETREGS = 13
    PTRACE_GETFPREGS = 14
    PTRACE_SETFPREGS = 15
    PTRACE_ATTACH = 16
    PTRACE_DETACH = 17
    PTRACE_SYSCALL = 24
    PTRACE_SETOPTIONS = 0x4200
    PTRACE_GETEVENTMSG = 0x4201
    PTRACE_GETSIGINFO = 0x4202
    PTRACE_SETSIGINFO = 0x4203
    PTRACE_GETREGSET = 0x4204
    PTRACE_SETREGSET = 0x4205
    PTRACE_SEIZE = 0x4206
    PTRACE_INTERRUPT = 0x4207
    PTRACE_LISTEN = 0x4208
    PTRACE_GETSIGMASK = 0x420A
    PTRACE_SETSIGMASK = 0x420B


class PtraceOption(Flags):
    """Options of PTRACE_SETOPTIONS."""

    PTRACE_O_TRACESYSGOOD = 0x1
    PTRACE_O_TRACEFORK = 0x2
    PTRACE_O_TRACEVFORK = 0x4
    PTRACE_O_TRACECLONE = 0x8
    PTRACE_O_TRACEEXEC = 0x10
    PTRACE_O_TRACEVFORKDONE = 0x20
    PTRACE_O_TRACEEXIT = 0x40
    PTRACE_O_TRACESECCOMP = 0x80
    PTRACE_O_EXITKILL = 0x100000
    PTRACE_O_SUSPEND_SECCOMP = 0x200000


class PtraceEvent(IntEnum):
    """What the status word of an event stop says above its signal. Its option is the bit of the same number."""

    PTRACE_EVENT_FORK = 1
    PTRACE_EVENT_VFORK = 2
    PTRACE_EVENT_CLONE = 3
    PTRACE_EVENT_EXEC = 4
    PTRACE_EVENT_VFORK_DONE = 5
    PTRACE_EVENT_EXIT = 6
    PTRACE_EVENT_STOP = 128


class RegisterSet(IntEnum):
    """`addr` of PTRACE_GETREGSET."""

    NT_PRSTATUS = 1
    NT_FPREGSET = 2


def registers_text(fields: Fields) -> str:
    """`{r15=0, r14=0x7ffe8, ...}`."""
    return "{" + ", ".join(f"{name}={f'{value:#x}' if value else '0'}" for name, value in fields.items()) + "}"


USER_REGS = Layout(
    "user_regs_struct",
    [
        *((name, "Q") for name in ("r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8")),
        *((name, "Q") for name in ("rax", "rcx", "rdx", "rsi", "rdi", "orig_rax", "rip", "cs", "eflags", "rsp", "ss")),
        *((name, "Q") for name in ("fs_base", "gs_base", "ds", "es", "fs", "gs")),
    ],
    text=registers_text,
)
"""`struct user_regs_struct` of x86-64, 216 bytes."""

FPREGS = Layout("user_fpregs_struct", [("fxsave", "512s")], text=lambda fields: "{...}")
PTRACE_STRUCTS = (USER_REGS, FPREGS)
TRACED_FLAGS = 0x240DD5
"""Flags of x86 that a tracer may set: arithmetic, direction, trap, alignment check, nested task, identification."""
