"""The kernel of one run: it boots the program, then answers traps and faults until everything has ended."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Literal, NoReturn

from app.cpu.cpu import Cpu
from app.cpu.exits import FaultExit, SliceExit, TrapExit
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
    TaskStart,
    word,
)
from app.trace.recorder import Recorder

from . import boot, cpu_timers, exit, fault, ptrace, signal_delivery, stop, syscalls
from .abi import ABIS
from .abi.text import signal_name
from .call_chain import CallChain
from .clock import Clock
from .config import KernelConfig
from .console import Console, InputDevice
from .dispatcher import Dispatcher
from .exec import regions
from .first_program import ExecError
from .fs.tty import Terminal
from .futex import FutexTable
from .ipc.mqueue import MessageQueues
from .ipc.msg import new_queues
from .ipc.sem import new_sets
from .ipc.shm import new_segments
from .net.namespace import Net
from .scheduler import Scheduler
from .task import Process, Task, TaskState, WaitStatus
from .timer import TimerQueue
from .vdso import VdsoPages
from .wait import WaitQueue

EXIT_LIMIT = 124
"""Exit code of a run that a limit ended, as timeout(1) has it."""

EXIT_OTHER = 125
"""Exit code of a run that ended without the program's own doing."""

PID_MAX = 32768

READ_SIZE = 4096
"""Bytes taken from the keyboard at a time."""

STREAM_READS = 65536 // READ_SIZE

LONGEST_WAIT = 60 * 10**9
"""How long the clock may stand still for the keyboard when a timer is armed too, ns."""

syscalls.load()


class TaskDead(Exception):
    """Unwinds to the run loop: the current task has ended, nothing more of it is executed."""


class RunOver(Exception):
    """Unwinds to `Kernel.run`: `run.end` has been emitted."""


class Kernel:
    """One machine with one program on it.

    `recorder` receives everything that happens, `console` is the terminal's far end. Nothing here touches the host.
    `tasks` are the living ones by tid, `processes` those that exist by pid, zombies too. Two of them have no tasks:
    `init`, and the shell that would have started the program.
    """

    def __init__(self, program: Program, recorder: Recorder, console: Console, config: KernelConfig) -> None:
        self.program = program
        self.recorder = recorder
        self.console = console
        self.config = config
        self.abi = ABIS[program.arch]
        self.clock = Clock()
        self.timers = TimerQueue()
        self.random = random.Random(config.seed)  # noqa: S311 - a run must be repeatable, secrecy is not wanted
        self.memory = PhysicalMemory(config.memory_bytes)
        self.cpu = Cpu(program.arch, self.memory)
        self.tasks: dict[int, Task] = {}
        self.processes: dict[int, Process] = {}
        self.init: Process
        self.first: Process
        self.shm = new_segments()
        self.semaphores = new_sets()
        self.messages = new_queues()
        self.mqueues = MessageQueues(self.clock)
        self.input: InputDevice
        self.terminals: dict[int, Terminal] = {}
        self.scheduler = Scheduler(self)
        self.futexes = FutexTable()
        self.net = Net(self)
        self.faults = 0
        self.output_bytes = 0
        self.call_chain = CallChain(self)
        self.dispatcher = Dispatcher(self, self.abi)
        self.vdso = None if self.abi.vdso is None else VdsoPages(self.memory, self.clock, self.abi.vdso)
        self.cpu.timestamp = self.clock.read_counter
        self._stop: tuple[EndReason, str] | None = None
        self._typed = False
        self._idling = False
        self.last_pid = boot.FIRST_PID
        self._in_user_mode = True

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

    def notice_input(self) -> None:
        """Somebody typed: the terminal takes it in as soon as possible, also while the program computes.

        May be called from any thread; where in the program it strikes depends on the host. Standard input that is not
        a terminal stays as it is until it is read.
        """
        self._typed = True
        if not self._idling:
            self.cpu.stop()

    def _boot(self) -> None:
        """Make the first process out of the Program and announce it."""
        self.recorder.muted = True
        try:
            task = boot.first_task(self)
        finally:
            self.recorder.muted = False
        self.recorder.task = task.tid
        self.recorder.emit(
            RunStart(
                abi=self.abi.info,
                language=self.program.language,
                argv=self.config.argv,
                segments=regions(task.mm),
                entry=word(self.cpu.pc),
                line=self.line_at(task, self.cpu.pc),
            )
        )
        process = task.process
        self.recorder.emit(TaskStart(pid=task.tid, parent=process.ppid, name=task.name, process=process.pid))
        boot.announce_descriptors(self, task)

    def _run_task(self, task: Task) -> None:
        """Let `task` execute until it dies, sleeps or stops, or others are to have the CPU."""
        scheduler = self.scheduler
        scheduler.switch_to(task)
        if task.sleeping is not None:
            self.dispatcher.resume(task)
        cpu, clock, recorder = self.cpu, self.clock, self.recorder
        limit = self.config.max_events
        while True:
            if self._stop is not None:
                self.end(*self._stop)
            if limit is not None and recorder.seq >= limit:
                self.end("event-limit", f"The run produced {limit} events, as many as it may, and was ended.")
            if self._typed:
                self._take_typed()
            # One that fell asleep in this trap, and was woken by a timer at once, is in the run queue.
            if task.state is not TaskState.RUNNABLE or task.sleeping is not None:
                return
            if scheduler.should_switch():
                scheduler.add(task)
                return
            if not self._return_to_user(task):
                return
            budget = 1 if task.trace is not None and ptrace.is_stepping(task) else scheduler.budget()
            leave = cpu.run(budget)
            self._in_user_mode = False
            if isinstance(leave, SliceExit):
                clock.executed(budget)
                self._interrupt(task, leave.pc)
                if task.trace is not None:
                    ptrace.stepped(self, task, leave.pc)
            else:
                clock.tick()
                recorder.now = clock.now
                if isinstance(leave, TrapExit):
                    self._trap(task, leave)
                elif isinstance(leave, FaultExit):
                    fault.handle(self, task, leave)
                else:
                    self._interrupt(task, leave.pc)
            self.timers.fire(clock.now)
            cpu_timers.fire(self, task)

    def _trap(self, task: Task, trap: TrapExit) -> None:
        if self.dispatcher.has_table(trap):
            self.dispatcher.enter(task, trap)
        else:
            self.cpu.pc = trap.pc
            fault.handle(self, task, FaultExit(self.abi.foreign_vector, trap.pc))

    def _interrupt(self, task: Task, pc: int) -> None:
        """The time slice is over, or a timer is due: the CPU enters the kernel though the program did nothing."""
        self.recorder.now = self.clock.now
        saved = {self.abi.pc_register: word(pc)}
        self.recorder.emit(
            ModeSwitch(to="kernel", reason="interrupt", pc=word(pc), line=self.line_at(task, pc), saved=saved)
        )

    def _return_to_user(self, task: Task) -> bool:
        """Deliver signals, then go back to user mode; False when a signal stopped the task."""
        handler_runs = False
        trace = task.trace
        if trace is not None and not ptrace.before_user(self, task):
            return False
        if task.signal_pending or task.dropped or task.saved_blocked is not None or trace is not None:
            handler_runs = signal_delivery.deliver(self, task)
            if task.state is not TaskState.RUNNABLE:
                return False
            if trace is not None:
                trace.number = ptrace.NO_CALL
        if task.interruption is not None:
            self.dispatcher.restart(task)
        if not self._in_user_mode:
            pc = self.cpu.pc
            reason: Literal["signal", "return"] = "signal" if handler_runs else "return"
            line = self.line_at(task, pc)
            self.recorder.emit(ModeSwitch(to="user", reason=reason, pc=hex(pc), line=line, saved=task.restored))
            task.restored = {}
        return True

    def _next_task(self) -> Task:
        """The next runnable task; when there is none, wait for a timer or the keyboard."""
        while True:
            task = self.scheduler.next()
            if task is not None:
                return task
            if self._stop is not None:
                self.end(*self._stop)
            if self._typed:
                self._take_typed()
                continue
            if self.first.is_zombie and not self._has_future():
                self._end_by_exit()
            if not self._idle():
                self.end("deadlock", self._why_stuck())

    def _has_future(self) -> bool:
        """Whether anything but the keyboard could still wake a task."""
        return self.timers.next_time() is not None

    def _why_stuck(self) -> str:
        """Why no task will ever run again."""
        if any(task.state in (TaskState.STOPPED, TaskState.TRACED) for task in self.tasks.values()):
            return "The program is stopped, and nobody is left who could send it SIGCONT, so the run was ended."
        return "Every task sleeps and nothing is left that could wake one, so the run was ended."

    def _idle(self) -> bool:
        """Every task sleeps: wait for the keyboard if one sleeps for it, else jump to the next timer.

        False when there is nothing to wait for. Input that is there already comes before a timer, so with input from
        a file the run does not depend on the host's speed.
        """
        when = self.timers.next_time()
        waiter = None if self.input.ended else self.input.readers.first_waiter
        if when is None:
            if waiter is None and isinstance(self.input, Terminal) and not self.input.ended:
                waiter = self.input.key_waiter()
            if waiter is not None:
                self._announce_wait(waiter)
                self._read_keyboard()
            return waiter is not None
        if waiter is not None and self._typed_before(waiter, max(when - self.clock.now, 0)):
            self._read_keyboard()
            return True
        self.clock.advance_to(when)
        self.recorder.now = self.clock.now
        self.timers.fire(self.clock.now)
        return True

    def _typed_before(self, waiter: Task, delay: int) -> bool:
        """Let real time pass, `delay` ns at most; whether something was typed meanwhile."""
        if self.console.poll(0):
            return True
        self._announce_wait(waiter)
        self._idling = True
        try:
            return self.console.poll(min(delay, LONGEST_WAIT) / 10**9)
        finally:
            self._idling = False

    def _announce_wait(self, waiter: Task) -> None:
        """Tell the visitor that the program waits for something to be typed, and show all that was printed."""
        sleeping = waiter.sleeping
        if sleeping is not None:
            sentence = "The program waits for something to be typed."
            self.recorder.emit_for(waiter.tid, InputWait(call=sleeping.call.id, sentence=sentence))
        self.recorder.flush()

    def _take_typed(self) -> None:
        """Take in what was typed while nobody waited for it."""
        self._typed = False
        while self.input.listens and not self.input.ended and self.console.poll(0):
            self._read_keyboard()

    def _read_keyboard(self) -> None:
        """Feed what the console says to the input device."""
        self._idling = True
        data = self.console.read(READ_SIZE)
        self._idling = self._typed = False
        if data is None:
            self.end(*(self._stop or ("stopped", "The run was stopped.")))
        self.recorder.emit(Input(data=data, eof=not data))
        self.input.receive(data)

    # -- services for the rest of the kernel -------------------------------------------------------------------------

    def poll_keyboard(self) -> None:
        """Take in what has been typed so far, without waiting: for a program that does not want to wait.

        Of redirected input that is as much as a pipe would hold.
        """
        reads = STREAM_READS if self.config.streams[0] == "stream" else 1
        while reads and not self.input.ended and self.console.poll(0):
            self._read_keyboard()
            reads -= 1

    def poll_keyboard_for(self, queues: Iterable[WaitQueue]) -> None:
        """The same, if that could wake who sleeps in one of `queues`."""
        if any(self.input.readers.leads_to(queue) for queue in queues):
            self.poll_keyboard()

    def line_at(self, task: Task, address: int) -> int | None:
        """Source line of the instruction that `task` has at `address`, or of what led there."""
        lines = task.mm.lines
        line = None if lines is None else lines.line_at(address)
        return self.call_chain.line(task, address) if line is None and lines is not None else line

    def find_task(self, tid: int) -> Task | None:
        """The task with that number, or the leader of the process with it, which may be a zombie."""
        task = self.tasks.get(tid)
        if task is None and tid in self.processes:
            task = self.processes[tid].leader
        return task

    def new_pid(self) -> int:
        """A number for another task: the next one that is free (Linux `alloc_pid`)."""
        pid = self.last_pid
        while True:
            pid = pid + 1 if pid < PID_MAX - 1 else boot.FIRST_PID
            if pid not in self.tasks and pid not in self.processes:
                self.last_pid = pid
                return pid

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

    # -- endings -----------------------------------------------------------------------------------------------------

    def end_task(self, task: Task, code: int, strace: str) -> NoReturn:
        """End the current thread by itself (exit(2)). Does not return to the caller."""
        status = WaitStatus.exited(code)
        self._end(task, status, lambda: exit.exit_task(self, task, status, strace))

    def end_process(self, task: Task, code: int, strace: str) -> NoReturn:
        """End the process of the current task by itself (exit_group(2)). Does not return to the caller."""
        status = WaitStatus.exited(code)
        self._end(task, status, lambda: exit.exit_process(self, task, status, strace))

    def kill_process(self, task: Task, signo: int, dumped: bool) -> NoReturn:
        """End the process of the current task by a signal. Does not return to the caller."""
        status = WaitStatus.killed(signo, dumped)
        self._end(task, status, lambda: exit.exit_process(self, task, status))

    def _end(self, task: Task, status: WaitStatus, end: Callable[[], None]) -> NoReturn:
        """Call `end`, after the stop that a tracer may want first, and unwind."""

        def dead() -> NoReturn:
            end()
            raise TaskDead

        if task.trace is None or not ptrace.stops_before_end(self, task, status.word, dead):
            end()
        self.dispatcher.current = None
        raise TaskDead

    def stop_process(self, task: Task, signo: int) -> None:
        """SIGSTOP and its like: no instruction of the process is executed until SIGCONT."""
        stop.stop_process(self, task, signo)

    def continue_process(self, process: Process) -> None:
        """SIGCONT: a stopped process goes on."""
        stop.continue_process(self, process)

    def _end_by_exit(self) -> NoReturn:
        status = self.first.status
        assert status is not None  # noqa: S101
        signo = status.signal
        if signo is not None:
            self.end("signal", f"The program was killed by {signal_name(signo)}.", signo=signo)
        self.end("exit", f"The program ended with exit status {status.code}.", status=status.code)

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
