"""The scheduler's calls: who gets the CPU (sched(7))."""

from __future__ import annotations

from app.kernel.arguments import Int
from app.kernel.call import Call
from app.kernel.syscall import syscall


@syscall
def sched_yield(call: Call) -> Int:
    """Let other tasks have the CPU first. Never fails. See sched_yield(2)."""
    call.kernel.scheduler.yield_cpu()
    call.service("sched", "yield", "The task goes to the end of the run queue.")
    return Int(0)
