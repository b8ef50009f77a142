"""The scheduler: one CPU, many tasks, round robin, and nothing left to chance.

A task keeps the CPU until it sleeps, ends, or has used up its time slice while another one could run. Time is virtual:
a system call costs `TRAP_COST`, and where it matters (another task could run, or a timer is armed) the CPU counts
instructions. Counting makes it several times slower, and changing between the two throws translated code away, so a
task that has been alone for a while is let run freely again.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from app.trace.events import Switch, Wake

from . import cpu_timers
from .clock import INSTRUCTION_TIME
from .task import Task, TaskState

if TYPE_CHECKING:
    from .kernel import Kernel

SLICE = 1_000_000
"""How long a task may keep the CPU while others are runnable, virtual ns."""

PATIENCE = 16 * SLICE
"""Virtual time that a task must have been alone before it runs uncounted again."""


class Scheduler:
    """The run queue. `current` is the task that has the CPU, or had it last."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.current: Task | None = None
        self._queue: deque[Task] = deque()
        self._slice_end = 0
        self._yielding = False
        self._counts_until = 0
        self._charged = 0

    def wake(self, task: Task) -> None:
        """What a task slept for has happened: it queues, and goes on when its turn comes."""
        sleeping = task.sleeping
        if sleeping is not None:
            sentence = "What the task slept for has happened, or a signal arrived: it may run again."
            self.kernel.recorder.emit_for(
                task.tid, Wake(call=sleeping.call.id, on=sleeping.sleep.on, sentence=sentence)
            )
        self.add(task)

    def add(self, task: Task) -> None:
        """A task became runnable: it queues."""
        self._queue.append(task)

    def remove(self, task: Task) -> None:
        """A task that may be in the queue will never run again."""
        if task in self._queue:
            self._queue.remove(task)

    def next(self) -> Task | None:
        """Take the first runnable task off the queue; None when all sleep."""
        while self._queue:
            task = self._queue.popleft()
            if task.state is TaskState.RUNNABLE:
                return task
        return None

    def yield_cpu(self) -> None:
        """The current task lets others go first (sched_yield(2))."""
        self._yielding = True

    def should_switch(self) -> bool:
        """Whether the current task has had the CPU long enough."""
        if not self._queue:
            self._yielding = False
            return False
        return self._yielding or self.kernel.clock.now >= self._slice_end

    def switch_to(self, task: Task) -> None:
        """Give the CPU to `task`: its registers, its address space, a new slice."""
        kernel = self.kernel
        previous = self.current
        self._slice_end = kernel.clock.now + SLICE
        self._yielding = False
        if previous is task:
            return
        cpu = kernel.cpu
        if previous is not None:
            self.charge()
            if previous.state is not TaskState.DEAD:
                previous.context = cpu.save()
            kernel.recorder.emit(Switch(previous=previous.tid, next=task.tid, reason=_REASONS[previous.state]))
        if task.context is not None:
            cpu.restore(task.context)
            task.context = None
        if cpu.page_table is not task.mm.page_table:
            cpu.page_table = task.mm.page_table
        self.current = task
        kernel.recorder.task = task.tid

    def charge(self) -> None:
        """Bring the current task's CPU time up to now."""
        busy = self.kernel.clock.cpu_time
        if self.current is not None:
            self.current.cpu_time += busy - self._charged
            self.current.process.cpu_time += busy - self._charged
        self._charged = busy

    def budget(self) -> int:
        """How many instructions the current task may execute before the kernel looks again; 0 for no limit."""
        now = self.kernel.clock.now
        timer = self.kernel.timers.next_time()
        cpu_left = None
        if self.current is not None and (cpu_left := cpu_timers.time_left(self.current)) is not None:
            self.charge()
            cpu_left = cpu_timers.time_left(self.current)
        if self._queue or timer is not None or cpu_left is not None:
            self._counts_until = now + PATIENCE
        elif now >= self._counts_until:
            return 0
        left = max(self._slice_end - now, INSTRUCTION_TIME) if self._queue else PATIENCE
        if timer is not None:
            left = min(left, max(timer - now, INSTRUCTION_TIME))
        if cpu_left is not None:
            left = min(left, max(cpu_left, INSTRUCTION_TIME))
        return -(-left // INSTRUCTION_TIME)


_REASONS = {
    TaskState.SLEEPING: "sleeps",
    TaskState.STOPPED: "is stopped",
    TaskState.TRACED: "is stopped for its tracer",
    TaskState.DEAD: "has ended",
    TaskState.RUNNABLE: "its time slice is over",
}
