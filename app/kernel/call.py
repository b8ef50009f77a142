"""One system call in progress: the handler's view of who asks, and its voice in the event stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.cpu.exits import TrapExit
from app.trace.events import Check, Service, Subsystem

from .errno import Errno, KernelError
from .wait import Blocking, Interrupted, Restart, Sleep

if TYPE_CHECKING:
    from .abi import Abi
    from .kernel import Kernel
    from .syscall import Syscall
    from .task import Task

_COUNTS = {"rseq": 4, "ioprio_get": 2, "ioprio_set": 3, "io_uring_setup": 2, "io_uring_register": 4, "seccomp": 3}
"""How many arguments calls have that programs try and this kernel does not serve."""


class Call:
    """A trap that reached the dispatcher.

    `abi` is the one whose table the trap entered, which may be another than the task's. `id` counts the traps of the
    run, `number` is the number register, `raw` holds the argument registers, `pc` is the
    address of the trap instruction, `saved` the words that the CPU saved on entry, by register, and `arguments` the
    typed arguments by parameter name, in order.
    """

    __slots__ = ("abi", "arguments", "id", "kernel", "number", "pc", "raw", "saved", "syscall", "task")

    def __init__(
        self, kernel: Kernel, task: Task, abi: Abi, ident: int, number: int, raw: tuple[int, ...], trap: TrapExit
    ) -> None:
        self.kernel = kernel
        self.task = task
        self.abi = abi
        self.id = ident
        self.number = number
        self.raw = raw
        self.pc = trap.pc
        self.saved = {name: hex(value) for name, value in trap.saved.items()}
        self.syscall: Syscall | None = None
        self.arguments: dict[str, Any] = {}

    @property
    def syscall_name(self) -> str:
        """The name of the call; empty when the table has none."""
        return self.syscall.name if self.syscall is not None else ""

    def passed(self, argument: str, kind: str, value: str, sentence: str) -> None:
        """Record that a check let the call go on."""
        self.kernel.recorder.emit(
            Check(call=self.id, argument=argument, kind=kind, value=value, ok=True, errno=None, sentence=sentence)
        )

    def refuse(self, errno: Errno, argument: str, kind: str, value: str, sentence: str) -> KernelError:
        """Record that a check failed; returns the error, for `raise call.refuse(...)`."""
        self.kernel.recorder.emit(
            Check(
                call=self.id, argument=argument, kind=kind, value=value, ok=False, errno=errno.name, sentence=sentence
            )
        )
        return KernelError(errno)

    def service(self, subsystem: Subsystem, step: str, sentence: str) -> None:
        """Record a step of the work itself."""
        self.kernel.recorder.emit(Service(call=self.id, subsystem=subsystem, step=step, sentence=sentence))

    @property
    def signal_pending(self) -> bool:
        """Whether a signal arrived that ends the sleep of a call."""
        return self.task.signal_pending

    def sleep(self, sleep: Sleep, restart: Restart = Restart.SYS) -> Blocking[None]:
        """Sleep once. The caller looks at what it waits for before and after, so that this wins over a signal.

        Raises Interrupted when a signal is pending, which for an uninterruptible sleep must be one that ends the
        process; `restart` says what becomes of the call then.
        """
        if self.task.signal_pending and (sleep.interruptible or self.task.fatal_signal_pending):
            raise Interrupted(restart)
        yield sleep

    def text(self) -> str:
        """The call with decoded arguments as strace prints it, without the result: `write(1, "hi\\n", 3)`."""
        if self.syscall is None:
            name = self.abi.names.get(self.number, f"syscall_{self.number & 0xFFFF_FFFF_FFFF_FFFF:#x}")
            raw = self.raw[: _COUNTS.get(name, len(self.raw))]
            return f"{name}({', '.join(hex(value) if value else '0' for value in raw)})"
        # Looking at the program's memory changes nothing there.
        mm = self.task.mm
        mm.peeking = True
        try:
            hidden = self.syscall.hidden
            told = [argument.text() for name, argument in self.arguments.items() if name not in hidden]
        finally:
            mm.peeking = False
        return f"{self.syscall.name}({', '.join([text for text in told if text is not None])})"
