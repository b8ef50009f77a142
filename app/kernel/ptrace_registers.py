"""The registers of a traced task as `struct user_regs_struct` has them (sys/user.h)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from . import ptrace
from .arguments.integers import signed

if TYPE_CHECKING:
    from .kernel import Kernel
    from .task import Task


def read_registers(kernel: Kernel, task: Task) -> dict[str, int]:
    """All registers of a stopped task, with the call it is in, and an internal errno as the
    answer of one that restarts."""
    cpu = kernel.cpu
    mine = cpu.save()
    if task.context is not None:
        cpu.restore(task.context)
    traced = task.abi.traced
    values = {
        name: 0 if name in traced.absent or name == traced.number else cpu.get(traced.others.get(name, name))
        for name in task.abi.structs["user_regs_struct"].offsets
    }
    cpu.restore(mine)
    word = (1 << task.abi.bits) - 1
    if task.trace is not None and traced.number:
        values[traced.number] = task.trace.number & word
    if task.interruption is not None:
        values[traced.result] = -task.interruption.restart.value & word
    return values


def write_registers(kernel: Kernel, task: Task, values: Mapping[str, int]) -> bool:
    """Set registers of a stopped task; False when a value is not allowed, and then some may be set."""
    before = read_registers(kernel, task)
    cpu = kernel.cpu
    mine = cpu.save()
    if task.context is not None:
        cpu.restore(task.context)
    allowed = True
    traced = task.abi.traced
    flags, changeable = traced.flags
    for name, value in values.items():
        if name == traced.number:
            if task.trace is not None:
                task.trace.number = signed(value, task.abi.bits) & ptrace.NO_CALL
            if value >> (task.abi.bits - 1):
                task.interruption = None
        elif name in traced.fixed:
            allowed = allowed and value & 0xFFFF == before[name]
        elif name in traced.bases and value >= task.abi.address_limit:
            allowed = False
        elif value != before[name] and name not in traced.absent:
            real = traced.others.get(name, name)
            new = before[name] & ~changeable | value & changeable if name == flags else value
            cpu.set(real, new)
            if real in task.restored:
                task.restored[real] = hex(new)
    task.context = cpu.save()
    cpu.restore(mine)
    return allowed


def read_floating_point(kernel: Kernel, task: Task) -> bytes:
    """What `struct user_fpregs_struct` holds, without its padding."""
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
