"""The kernel of one run: it boots the program, then answers traps and faults until everything has ended."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import NoReturn

from app.cpu.cpu import Cpu
from app.cpu.exits import FaultExit, TrapExit
from app.cpu.mmu import PAGE_SIZE, OutOfMemory, PhysicalMemory
from app.toolchain.program import Program
from app.trace.events import (
    Counters,
    EndReason,
    Input,
    InputWait,
    ModeSwitch,
    Output,
    RunEnd,
    RunStart,
    Segment,
    TaskExit,
    TaskStart,
    word,
)
from app.trace.recorder import Recorder

from . import boot, fault, signal, syscalls
from .abi import ABIS
from .abi.text import signal_name
from .clock import Clock
from .config import KernelConfig
from .console import Console, InputDevice
from .dispatcher import Dispatcher
from .exec import ExecError
from .ipc.shm import new_segments
from .task import Task, TaskState

EXIT_LIMIT = 124
"""Exit code of a run that a limit ended, as timeout(1) has it."""

EXIT_OTHER = 125
"""Exit code of a run that ended without the program's own doing."""

syscalls.load()


class TaskDead(Exception):
    """Unwinds to the run loop: the current task has ended, nothing more of it is executed."""


class RunOver(Exception):
    """Unwinds to `Kernel.run`: `run.end` has been emitted."""


class Kernel:
    """One machine with one program on it.

    `recorder` receives everything that happens, `console` is the terminal's far end. Nothing here touches the host.
    """

    def __init__(self, program: Program, recorder: Recorder, console: Console, config: KernelConfig) -> None:
        self.program = program
        self.recorder = recorder
        self.console = console
        self.config = config
        self.abi = ABIS[program.arch]
        self.clock = Clock()
        self.random = random.Random(config.seed)  # noqa: S311 - a run must be repeatable, secrecy is not wanted
        self.memory = PhysicalMemory(config.memory_bytes)
        self.cpu = Cpu(program.arch, self.memory)
        self.tasks: dict[int, Task] = {}
        self.shm = new_segments()
        self.input: InputDevice
        self.faults = 0
        self.output_bytes = 0
        self.dispatcher = Dispatcher(self, self.abi)
        self._stop: tuple[EndReason, str] | None = None
        self._last_exit: tuple[int | None, int | None] = (None, None)

    # -- the run loop ------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Boot the program and serve it until `run.end` has been emitted."""
        try:
            self._boot()
            while True:
                task = self._next_task()
                try:
                    self._run_task(task)
                except TaskDead:
                    del self.tasks[task.tid]
                    if not self.tasks:
                        self._end_by_exit()
        except OutOfMemory:
            size = self.config.memory_bytes >> 20
            with suppress(RunOver):
                self.end("memory-limit", f"The run used all of its {size} MiB of memory and was ended.")
        except ExecError as error:
            with suppress(RunOver):
                self.end("unsupported", f"The program can't be loaded: {error}.")
        except RunOver:
            pass
        finally:
            self.recorder.flush()
            self.cpu.close()

    def stop(self, reason: EndReason, sentence: str) -> None:
        """Ask the run to end as soon as possible. May be called from any thread; the first reason counts."""
        if self._stop is None:
            self._stop = (reason, sentence)
        self.cpu.stop()

    def _boot(self) -> None:
        """Make the first process out of the Program and announce it."""
        self.recorder.muted = True
        try:
            task = boot.first_task(self)
        finally:
            self.recorder.muted = False
        self.tasks[task.tid] = task
        self.recorder.task = task.tid
        self.recorder.emit(
            RunStart(
                abi=self.abi.info,
                language=self.program.language,
                argv=self.config.argv,
                segments=tuple(
                    Segment(start=word(vma.start), end=word(vma.end), perms=vma.perms, name=vma.name)
                    for vma in task.mm.vmas
                ),
                entry=word(self.cpu.pc),
                line=self.line_at(self.cpu.pc),
            )
        )
        self.recorder.emit(TaskStart(pid=task.process.pid, parent=task.process.ppid, name=task.process.name))
        boot.announce_descriptors(self, task)

    def _run_task(self, task: Task) -> None:
        """Let `task` execute until it dies, sleeps or stops."""
        self.recorder.task = task.tid
        cpu = self.cpu
        dispatcher = self.dispatcher
        traps = self.abi.info.traps
        limit = self.config.max_events
        if task.sleeping is not None:
            dispatcher.resume(task)
        while task.state is TaskState.RUNNABLE:
            if self._stop is not None:
                self.end(*self._stop)
            if limit is not None and self.recorder.seq >= limit:
                self.end("event-limit", f"The run produced {limit} events, as many as it may, and was ended.")
            leave = cpu.run()
            self.clock.tick()
            self.recorder.now = self.clock.now
            if isinstance(leave, TrapExit):
                if leave.instruction in traps:
                    dispatcher.enter(task, leave)
                else:
                    cpu.pc = leave.pc
                    fault.handle(self, task, FaultExit("#GP", leave.pc))
            elif isinstance(leave, FaultExit):
                fault.handle(self, task, leave)

    def _next_task(self) -> Task:
        """The next runnable task; when there is none, wait for a timer or the keyboard."""
        while True:
            for task in self.tasks.values():
                if task.state is TaskState.RUNNABLE:
                    return task
            if self._stop is not None:
                self.end(*self._stop)
            if not self._jump_to_timer() and not self._wait_for_keyboard():
                self.end("deadlock", self._why_stuck())

    def _why_stuck(self) -> str:
        """Why no task will ever run again."""
        if any(task.state is TaskState.STOPPED for task in self.tasks.values()):
            return "The program is stopped, and nobody is left who could send it SIGCONT, so the run was ended."
        return "Every task sleeps and nothing is left that could wake one, so the run was ended."

    def _jump_to_timer(self) -> bool:
        """Advance the clock to the earliest deadline that a task sleeps for, and wake that task."""
        timed = [
            (task.sleeping.sleep.until, task.tid)
            for task in self.tasks.values()
            if task.sleeping is not None and task.sleeping.sleep.until is not None
        ]
        if not timed:
            return False
        until, tid = min(timed)
        self.clock.advance_to(until)
        self.recorder.now = self.clock.now
        self.tasks[tid].wake()
        return True

    def _wait_for_keyboard(self) -> bool:
        """Wait for the console, if a task sleeps for it, and feed what it says to the input device."""
        sleepers = self.input.readers.sleepers
        if not sleepers or sleepers[0].sleeping is None:
            return False
        self.recorder.emit(
            InputWait(call=sleepers[0].sleeping.call.id, sentence="The program waits for something to be typed.")
        )
        self.recorder.flush()
        data = self.console.read(4096)
        if data is None:
            self.end(*(self._stop or ("stopped", "The run was stopped.")))
        self.recorder.emit(Input(data=data, eof=not data))
        self.input.receive(data)
        return True

    # -- services for the rest of the kernel -------------------------------------------------------------------------

    def line_at(self, address: int) -> int | None:
        """Source line of the instruction at `address`."""
        return self.program.lines.line_at(address)

    def output(self, stream: int, data: bytes) -> None:
        """Bytes reach the terminal (`stream` 0) or a redirected standard stream; past the limit nothing more does."""
        limit = self.config.max_output_bytes
        if limit is not None and self.output_bytes + len(data) > limit:
            data = data[: limit - self.output_bytes]
            self._stop = self._stop or (
                "output-limit",
                f"The program printed {limit} bytes, as many as a run may, and was ended.",
            )
        self.output_bytes += len(data)
        if data:
            self.recorder.emit(Output(stream=stream, data=data))
            self.console.write(stream, data)

    def return_to_user(self, task: Task, restored: dict[str, str]) -> None:
        """Deliver pending signals, then go back to user mode."""
        if task.pending:
            signal.deliver(self, task)
        if task.state is TaskState.RUNNABLE:
            pc = self.cpu.pc
            self.recorder.emit(
                ModeSwitch(to="user", reason="return", pc=hex(pc), line=self.line_at(pc), saved=restored)
            )

    # -- endings -----------------------------------------------------------------------------------------------------

    def end_process(
        self, task: Task, status: int | None = None, signo: int | None = None, strace: str | None = None
    ) -> NoReturn:
        """End the process of `task`: by itself with `status`, or by signal. Does not return to the caller."""
        name = signal_name(signo) if signo is not None else None
        self.recorder.emit(TaskExit(pid=task.process.pid, status=status, signal=name, strace=strace))
        task.state = TaskState.DEAD
        self._last_exit = (status, signo)
        raise TaskDead

    def stop_task(self, task: Task) -> None:
        """SIGSTOP and its like: no instruction of `task` is executed until SIGCONT."""
        task.state = TaskState.STOPPED

    def _end_by_exit(self) -> NoReturn:
        status, signo = self._last_exit
        if signo is not None:
            name = signal_name(signo)
            self.end("signal", f"The program was killed by {name}.", signo=signo)
        self.end("exit", f"The program ended with exit status {status}.", status=status)

    def end(self, reason: EndReason, sentence: str, status: int | None = None, signo: int | None = None) -> NoReturn:
        """Emit `run.end` and unwind."""
        if signo is not None:
            exit_code = 128 + signo
        elif status is not None:
            exit_code = status
        else:
            exit_code = EXIT_LIMIT if reason.endswith("-limit") else EXIT_OTHER
        self.recorder.emit(
            RunEnd(
                reason=reason,
                status=status,
                signal=signal_name(signo) if signo is not None else None,
                exit_code=exit_code,
                sentence=sentence,
                counters=Counters(
                    traps=self.dispatcher.calls,
                    faults=self.faults,
                    events=self.recorder.seq + 1,
                    output_bytes=self.output_bytes,
                    memory_bytes=self.memory.peak * PAGE_SIZE,
                    time=self.clock.now,
                ),
            )
        )
        raise RunOver
