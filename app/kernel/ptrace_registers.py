"""The registers of a traced task as `struct user_regs_struct` has them (sys/user.h)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from . import ptrace

if TYPE_CHECKING:
    from .kernel import Kernel
    from .task import Task

_OTHER_NAMES = {"eflags": "rflags"}
_SELECTORS = ("cs", "ss", "ds", "es", "fs", "gs")
_FLAGS = 0x240DD5
"""Flags that a tracer may set: arithmetic, direction, trap, alignment check, nested task, identification."""


def read_registers(kernel: Kernel, task: Task) -> dict[str, int]:
    """All registers of a stopped task; `orig_rax` is the call it is in, rax an internal errno while it restarts."""
    cpu = kernel.cpu
    mine = cpu.save()
    if task.context is not None:
        cpu.restore(task.context)
    values = {
        name: cpu.get(_OTHER_NAMES.get(name, name))
        for name in task.abi.structs["user_regs_struct"].offsets
        if name != "orig_rax"
    }
    cpu.restore(mine)
    if task.trace is not None:
        values["orig_rax"] = task.trace.number
    if task.interruption is not None:
        values["rax"] = -task.interruption.restart.value & ptrace.NO_CALL
    return values


def write_registers(kernel: Kernel, task: Task, values: Mapping[str, int]) -> bool:
    """Set registers of a stopped task; False when a value is not allowed, and then some may be set."""
    before = read_registers(kernel, task)
    cpu = kernel.cpu
    mine = cpu.save()
    if task.context is not None:
        cpu.restore(task.context)
    allowed = True
    for name, value in values.items():
        if name == "orig_rax":
            if task.trace is not None:
                task.trace.number = value
            if value >> 63:
                task.interruption = None
        elif name in _SELECTORS:
            allowed = allowed and value & 0xFFFF == before[name]
        elif name in ("fs_base", "gs_base") and value >= task.abi.address_limit:
            allowed = False
        elif value != before[name]:
            real = _OTHER_NAMES.get(name, name)
            new = before[name] & ~_FLAGS | value & _FLAGS if name == "eflags" else value
            cpu.set(real, new)
            if real in task.restored:
                task.restored[real] = hex(new)
    task.context = cpu.save()
    cpu.restore(mine)
    return allowed


def read_floating_point(kernel: Kernel, task: Task) -> bytes:
    """`struct user_fpregs_struct`: as FXSAVE stores them."""
    cpu = kernel.cpu
    mine = cpu.save()
    if task.context is not None:
        cpu.restore(task.context)
    image = cpu.floating_point
    cpu.restore(mine)
    return image


def write_floating_point(kernel: Kernel, task: Task, image: bytes) -> None:
    """Set them."""
    cpu = kernel.cpu
    mine = cpu.save()
    if task.context is not None:
        cpu.restore(task.context)
    cpu.floating_point = image
    task.context = cpu.save()
    cpu.restore(mine)
