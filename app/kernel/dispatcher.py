"""The dispatcher: a trap comes in, the table says who answers, the answer goes back.

This is `entry_SYSCALL_64` and `do_syscall_64` of Linux, with every step recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from app.cpu.exits import TrapExit
from app.trace.events import Block, Dispatch, ModeSwitch, Return, Trap, word

from . import ptrace, sysenter
from .abi import Abi
from .abi.constants import SaFlag
from .arguments.integers import signed
from .call import Call
from .errno import Errno, KernelError, message
from .signal import Disposition
from .syscall import Syscall, served_as
from .task import Interruption, SleepingCall, Task, TaskState
from .wait import Blocking, Interrupted, Restart, Sleep

if TYPE_CHECKING:
    from .kernel import Kernel


_FOREIGN_TABLE = (
    "This instruction enters the table of 32-bit programs, also from 64-bit code: its numbers are others, and of each"
    " register only the lower 32 bits count."
)


class Table:
    """The system call table of one ABI: `rows` are those that this kernel serves, by number.

    `read` reads the number and the arguments from the registers. `is_foreign` says that the table is one for narrower
    programs than that of `kernel`: of each register only the lower half counts.
    """

    def __init__(self, kernel: Kernel, abi: Abi) -> None:
        self.abi = abi
        self.rows: dict[int, Syscall] = {}
        for number, name in abi.names.items():
            row = served_as(abi, name)
            if row is not None:
                self.rows[number] = row
        self.is_foreign = abi.bits < kernel.abi.bits
        self._read_whole = kernel.cpu.reader((abi.info.number_register, *abi.argument_registers))
        self._mask = (1 << abi.bits) - 1
        self.read: Callable[[], tuple[int, ...]] = self._read_halves if self.is_foreign else self._read_whole

    def _read_halves(self) -> tuple[int, ...]:
        return tuple(value & self._mask for value in self._read_whole())


class Dispatcher:
    """Carries system calls through the kernel. `tables` has the table that each trap instruction enters."""

    def __init__(self, kernel: Kernel, abi: Abi) -> None:
        self.kernel = kernel
        self.tables: dict[str, Table] = dict.fromkeys(abi.info.traps, Table(kernel, abi))
        for trap, other in abi.doors.items():
            self.tables[trap] = Table(kernel, other)
        self._any_immediate = abi.any_immediate
        self.calls = 0
        self.current: Call | None = None
        """The call whose handler runs: what happens deep inside the kernel happens because of it."""

    def has_table(self, trap: TrapExit) -> bool:
        """Whether this trap instruction enters a table. On AArch64 Linux ignores its operand."""
        instruction = trap.instruction
        if instruction not in self.tables and self._any_immediate:
            self.tables[instruction] = next(iter(self.tables.values()))
        return instruction in self.tables

    def enter(self, task: Task, trap: TrapExit) -> None:
        """Answer one trap, or put the task to sleep in it."""
        kernel = self.kernel
        emit = kernel.recorder.emit
        table = self.tables[trap.instruction]
        abi = table.abi
        problem = None
        if trap.instruction == "sysenter":
            trap, problem = sysenter.enter(kernel.cpu, task.mm, trap)
        number, *raw = table.read()
        call = Call(kernel, task, abi, self.calls, signed(number, abi.number_bits), tuple(raw), trap)
        self.calls += 1
        frames, line = kernel.call_chain.at_trap(task, trap.pc, trap.next_pc)
        emit(
            Trap(
                call=call.id,
                instruction=trap.instruction,
                pc=hex(trap.pc),
                number=hex(number),
                args=tuple(map(hex, raw)),
                line=line,
                frames=frames,
            )
        )
        emit(ModeSwitch(to="kernel", reason="trap", pc=hex(trap.next_pc), line=line, saved=call.saved))
        row = self._look_up(call, table)
        if task.trace is not None and task.trace.mode is ptrace.Mode.SYSCALL:
            self._advance(call, self._traced(call, table))
            return
        if row is None or problem is not None:
            self._leave(call, error=problem or Errno.ENOSYS)
            return
        call.syscall = row
        self.current = call
        row.fetch(call)
        if row.blocking:
            self._advance(call, row.handler(call, **call.arguments))
        else:
            try:
                result = row.handler(call, **call.arguments)
            except KernelError as error:
                self._fail(call, error)
            except Interrupted as interrupted:
                self._interrupt(call, interrupted.restart)
            else:
                self._leave(call, result=result)

    def _traced(self, call: Call, table: Table) -> Blocking[Any]:
        """A call that stops for the tracer of the task first, who may make it another one."""
        number = call.number
        yield from ptrace.stop_at_entry(call)
        _, *raw = table.read()
        call.raw = tuple(raw)
        if call.number != number:
            call.service("system", "tracer", f"The tracer has made it call number {call.number}.")
        if call.number < 0:
            return signed(self.kernel.cpu.get(call.abi.info.return_register), call.abi.bits)
        row = call.syscall = table.rows.get(call.number)
        if row is None:
            raise KernelError(Errno.ENOSYS)
        row.fetch(call)
        result = row.handler(call, **call.arguments)
        return (yield from result) if row.blocking else result

    def become(self, call: Call, name: str, raw: tuple[int, ...]) -> Blocking[Any]:
        """Answer `call` as if the program had made the call `name` with these arguments.

        Calls that stand for several others do so. Raises ENOSYS when it is not served.
        """
        # `call.abi` may have structs of its own for one row.
        table = next(table for table in self.tables.values() if table.abi.info.table == call.abi.info.table)
        row = served_as(table.abi, name)
        if row is None:
            raise KernelError(Errno.ENOSYS, f"This kernel does not serve {name}")
        call.service("system", "call", f"The call that is meant is {row.signature}.")
        call.syscall = row
        call.raw = raw
        call.arguments.clear()
        row.fetch(call)
        result = row.handler(call, **call.arguments)
        return (yield from result) if row.blocking else result

    def resume(self, task: Task) -> None:
        """Go on with the call that `task` slept in."""
        sleeping = task.sleeping
        if sleeping is None:
            raise ValueError(f"task {task.tid} sleeps in no call")
        self._leave_queues(task, sleeping)
        self._advance(sleeping.call, sleeping.handler)

    def abandon(self, task: Task) -> None:
        """The task ends in its sleep: nothing of the call is left behind."""
        self.current = None
        sleeping = task.sleeping
        if sleeping is not None:
            self._leave_queues(task, sleeping)
            sleeping.handler.close()

    def restart(self, task: Task) -> None:
        """A signal interrupted a call, but no handler ran: the program makes the call again without knowing it."""
        interruption = task.interruption
        if interruption is None:
            raise ValueError(f"no call of task {task.tid} was interrupted")
        task.interruption = None
        cpu, abi = self.kernel.cpu, interruption.abi
        is_block = interruption.restart is Restart.BLOCK
        if abi.first_argument_is_result:
            cpu.set(abi.info.return_register, interruption.first)
        if is_block or not abi.first_argument_is_result:
            cpu.set(abi.info.number_register, abi.restart_number if is_block else interruption.number)
        cpu.pc = interruption.pc

    def handler_runs(self, task: Task, disposition: Disposition) -> str:
        """A handler is about to run: decide whether a call that its signal interrupted fails or is made again.

        Returns the sentence about it, if there is anything to say.
        """
        interruption = task.interruption
        if interruption is None:
            return ""
        restart = interruption.restart
        if restart is Restart.NOINTR or (restart is Restart.SYS and disposition.flags & SaFlag.SA_RESTART):
            self.restart(task)
            return " The interrupted call is made again afterwards."
        task.interruption = None
        self.kernel.cpu.set(interruption.abi.info.return_register, -Errno.EINTR)
        return " The interrupted call has failed with EINTR."

    @staticmethod
    def _leave_queues(task: Task, sleeping: SleepingCall) -> None:
        task.sleeping = None
        if sleeping.timer is not None:
            sleeping.timer.cancel()
        for queue in sleeping.sleep.queues:
            if task in queue.sleepers:
                queue.sleepers.remove(task)

    def _look_up(self, call: Call, table: Table) -> Syscall | None:
        """Find the row; record what the table says."""
        number = call.number
        name = table.abi.names.get(number)
        row = table.rows.get(number)
        if row is not None:
            sentence = f"Row {number} of the table is {row.name}."
        elif name is not None:
            sentence = f"Row {number} is {name}. Linux has it; this kernel does not serve it, so the answer is ENOSYS."
        else:
            sentence = f"The table has no row {number}, so the answer is ENOSYS."
        if table.is_foreign:
            sentence += f" {_FOREIGN_TABLE}"
        self.kernel.recorder.emit(
            Dispatch(
                call=call.id,
                table=table.abi.info.table,
                number=number,
                name=name,
                implemented=row is not None,
                signature=row.signature if row else None,
                source=row.source if row else None,
                sentence=sentence,
            )
        )
        return row

    def _advance(self, call: Call, handler: Any) -> None:
        """Run a handler that may sleep, up to its next sleep or its end."""
        self.current = call
        try:
            sleep: Sleep = next(handler)
        except StopIteration as end:
            self._leave(call, result=end.value)
        except KernelError as error:
            self._fail(call, error)
        except Interrupted as interrupted:
            self._interrupt(call, interrupted.restart)
        else:
            self.current = None
            self.kernel.recorder.emit(Block(call=call.id, on=sleep.on, until=sleep.until, sentence=sleep.sentence))
            task = call.task
            timer = None if sleep.until is None else self.kernel.timers.add(sleep.until, task.wake)
            task.sleeping = SleepingCall(call, handler, sleep, timer)
            is_traced = task.trace is not None and task.trace.stop
            task.state = TaskState.TRACED if is_traced else TaskState.SLEEPING
            for queue in sleep.queues:
                queue.sleepers.append(task)

    def _interrupt(self, call: Call, restart: Restart) -> None:
        """A signal came first. What the program sees of that is decided when the signal is delivered."""
        name = restart.errno_name
        call.service("signal", "interrupt", f"A signal ends the sleep before its time: {name}, inside the kernel.")
        call.task.interruption = Interruption(restart, call.pc, call.number, call.raw[0], call.abi)
        shown = f"? {name} ({restart.words})"
        self._answer(call, -Errno.EINTR, f"? {name}", shown, name, f"The call is left because of a signal ({name}).")

    def _fail(self, call: Call, error: KernelError) -> None:
        """Answer with an error, which says why unless an event has."""
        if error.why:
            call.service(error.subsystem, "error", f"{error.why}: {error.errno.name}.")
        self._leave(call, error=error.errno)

    def _leave(self, call: Call, result: int | None = None, error: Errno | None = None) -> None:
        """Say what the answer is, in numbers and in words."""
        register = call.abi.info.return_register
        if error is not None:
            value = -error
            text = f"-1 {error.name}"
            strace = f"{text} ({message(error)})"
            sentence = f"{register} becomes {value}: {error.name}, {message(error)}."
            self._answer(call, value, text, strace, error.name, sentence)
        else:
            value = int(result or 0)
            text = call.syscall.result_text(0 if result is None else result) if call.syscall else str(value)
            self._answer(call, value, text, text, None, f"{register} becomes {text}.")

    def _answer(self, call: Call, value: int, text: str, strace: str, errno: str | None, sentence: str) -> None:
        """Put the answer into the return register; the task is ready to go back to user mode."""
        self.current = None
        self.kernel.cpu.set(call.abi.info.return_register, value)
        self.kernel.recorder.emit(
            Return(
                call=call.id,
                value=word(value),
                text=text,
                errno=errno,
                strace=f"{call.text()} = {strace}",
                sentence=sentence,
            )
        )
        # An argument refers to its call: without the cycle both are freed at once.
        call.arguments.clear()
        call.task.restored = self._restored(call)
        if call.task.trace is not None:
            ptrace.left_call(call.task, call.number)

    def _restored(self, call: Call) -> dict[str, str]:
        """What the CPU loads on the way out, by the register that gets it."""
        counter, pc = call.abi.pc_register, self.kernel.cpu.pc
        return {
            name: hex(pc) if name == counter else call.saved[source]
            for name, source in call.abi.restores.items()
            if source in call.saved
        }
