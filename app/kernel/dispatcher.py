"""The dispatcher: a trap comes in, the table says who answers, the answer goes back.

This is `entry_SYSCALL_64` and `do_syscall_64` of Linux, with every step recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.cpu.exits import TrapExit
from app.trace.events import Block, Dispatch, ModeSwitch, Return, Trap, Wake, word

from .arguments.integers import signed
from .call import Call
from .errno import Errno, KernelError, message
from .syscall import Syscall, served
from .task import SleepingCall, Task, TaskState
from .wait import Sleep

if TYPE_CHECKING:
    from .abi import Abi
    from .kernel import Kernel


class Dispatcher:
    """Carries system calls through the kernel for one ABI's table."""

    def __init__(self, kernel: Kernel, abi: Abi) -> None:
        handlers = served()
        self.kernel = kernel
        self.abi = abi
        self.table: dict[int, Syscall] = {
            number: handlers[name] for number, name in abi.names.items() if name in handlers
        }
        self.calls = 0
        self._registers = kernel.cpu.reader((abi.info.number_register, *abi.argument_registers))

    def enter(self, task: Task, trap: TrapExit) -> None:
        """Answer one trap, or put the task to sleep in it."""
        kernel = self.kernel
        emit = kernel.recorder.emit
        number, *raw = self._registers()
        call = Call(kernel, task, self.calls, signed(number, 32), tuple(raw), trap.saved)
        self.calls += 1
        line = kernel.line_at(trap.pc)
        emit(
            Trap(
                call=call.id,
                instruction=trap.instruction,
                pc=hex(trap.pc),
                number=hex(number),
                args=tuple(map(hex, raw)),
                line=line,
            )
        )
        saved = {name: hex(value) for name, value in trap.saved.items()}
        emit(ModeSwitch(to="kernel", reason="trap", pc=hex(trap.next_pc), line=line, saved=saved))
        row = self._look_up(call)
        if row is None:
            self._leave(call, error=Errno.ENOSYS)
            return
        call.syscall = row
        row.fetch(call)
        if row.blocking:
            self._advance(call, row.handler(call, **call.arguments))
        else:
            try:
                result = row.handler(call, **call.arguments)
            except KernelError as error:
                self._fail(call, error)
            else:
                self._leave(call, result=result)

    def resume(self, task: Task) -> None:
        """Go on with the call that `task` slept in."""
        sleeping = task.sleeping
        if sleeping is None:
            raise ValueError(f"task {task.tid} sleeps in no call")
        task.sleeping = None
        sleep = sleeping.sleep
        if sleep.queue is not None and task in sleep.queue.sleepers:
            sleep.queue.sleepers.remove(task)
        self.kernel.recorder.emit(
            Wake(call=sleeping.call.id, on=sleep.on, sentence="What the task slept for has happened; it runs again.")
        )
        self._advance(sleeping.call, sleeping.handler)

    def _look_up(self, call: Call) -> Syscall | None:
        """Find the row; record what the table says."""
        number = call.number
        name = self.abi.names.get(number)
        row = self.table.get(number)
        if row is not None:
            sentence = f"Row {number} of the table is {row.name}."
        elif name is not None:
            sentence = (
                f"Row {number} is {name}. Linux has it; this kernel does not serve it yet, so the answer is ENOSYS."
            )
        else:
            sentence = f"The table has no row {number}, so the answer is ENOSYS."
        self.kernel.recorder.emit(
            Dispatch(
                call=call.id,
                table=self.abi.info.table,
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
        try:
            sleep: Sleep = next(handler)
        except StopIteration as end:
            self._leave(call, result=end.value)
        except KernelError as error:
            self._fail(call, error)
        else:
            self.kernel.recorder.emit(Block(call=call.id, on=sleep.on, until=sleep.until, sentence=sleep.sentence))
            call.task.sleeping = SleepingCall(call, handler, sleep)
            call.task.state = TaskState.SLEEPING
            if sleep.queue is not None:
                sleep.queue.sleepers.append(call.task)

    def _fail(self, call: Call, error: KernelError) -> None:
        """Answer with an error, which says why unless an event has."""
        if error.why:
            call.service(error.subsystem, "error", f"{error.why}: {error.errno.name}.")
        self._leave(call, error=error.errno)

    def _leave(self, call: Call, result: int | None = None, error: Errno | None = None) -> None:
        """Put the answer into the return register and go back to user mode."""
        kernel = self.kernel
        cpu = kernel.cpu
        register = self.abi.info.return_register
        value = -error if error is not None else int(result or 0)
        cpu.set(register, value)
        if error is not None:
            text = f"-1 {error.name}"
            strace = f"{text} ({message(error)})"
            sentence = f"{register} becomes {value}: {error.name}, {message(error)}."
        else:
            text = strace = call.syscall.result_text(0 if result is None else result) if call.syscall else str(value)
            sentence = f"{register} becomes {text}."
        kernel.recorder.emit(
            Return(
                call=call.id,
                value=word(value),
                text=text,
                errno=error.name if error is not None else None,
                strace=f"{call.text()} = {strace}",
                sentence=sentence,
            )
        )
        # An argument refers to its call: without the cycle both are freed at once.
        call.arguments.clear()
        kernel.return_to_user(call.task, restored=self._restored(call))

    def _restored(self, call: Call) -> dict[str, str]:
        """What the CPU loads on the way out, by the register that gets it."""
        return {name: hex(call.saved[source]) for name, source in self.abi.restores.items() if source in call.saved}
