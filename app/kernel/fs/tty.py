"""The terminal: a device that shows what is written and gives what is typed (tty(4), pts(4))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel import signal_delivery
from app.kernel.abi.constants import IoctlRequest, OpenFlag, Signo
from app.kernel.abi.text import count_bytes
from app.kernel.errno import Errno, KernelError
from app.kernel.poll import READABLE, WRITABLE
from app.kernel.signal import SIG_DFL, SIG_IGN, SigInfo
from app.kernel.wait import Blocking, Sleep, WaitQueue

from . import job_control
from .dentry import Dentry
from .file import MAX_RW_COUNT, FileDescription, Sink, Source
from .inode import Inode
from .line_discipline import LineDiscipline
from .superblock import SuperBlock
from .termios import ControlCharacter, LocalFlag, Termios

if TYPE_CHECKING:
    from app.kernel.arguments.ioctl import IoctlArgument
    from app.kernel.call import Call
    from app.kernel.kernel import Kernel
    from app.kernel.task import Task

SHELL_PID, FIRST_PID = 999, 1000
"""Session and process group of the program: the shell that would have started it, and its own."""

TERMINAL_STREAM = 0
_KEY_SIGNALS = (Signo.SIGINT, Signo.SIGQUIT, Signo.SIGTSTP)

WRITE_CHUNK = 2048
"""The driver copies this much of a write at a time; a chunk that is not wholly readable is not shown."""


class Terminal:
    """One terminal of the run. `raw_output` leaves echo and output processing to the host's own terminal.

    `session` is the session it controls, `foreground` the process group that reads from it and gets its signals.
    """

    def __init__(self, kernel: Kernel, raw_output: bool) -> None:
        self.readers = WaitQueue()
        self.columns = kernel.config.columns
        self.rows = kernel.config.rows
        self.pixels = (0, 0)
        self.session = SHELL_PID
        self.foreground = FIRST_PID
        self._kernel = kernel
        self._raw_output = raw_output
        self._echoed = bytearray()
        self.discipline = LineDiscipline(Termios(), self._echo, self._interrupt)

    @property
    def ended(self) -> bool:
        """Whether nothing more will be typed."""
        return self.discipline.ended

    @property
    def listens(self) -> bool:
        """Keys such as Ctrl-C count though nobody reads; what is not read for long is held back (n_tty throttles)."""
        return not self.discipline.is_full

    def key_waiter(self) -> Task | None:
        """A sleeping task that has a handler for a key such as Ctrl-C: somebody may press it."""
        if not self.discipline.termios.has(LocalFlag.ISIG):
            return None
        for task in self._kernel.tasks.values():
            if task.process.pgid == self.foreground and task.sleeping is not None:
                handlers = (task.sighand.get(signo).handler for signo in _KEY_SIGNALS if signo not in task.blocked)
                if any(handler not in (SIG_DFL, SIG_IGN) for handler in handlers):
                    return task
        return None

    def receive(self, data: bytes) -> None:
        """The keyboard says something; `b""` is the end of the input."""
        if data:
            self.discipline.receive(data)
        else:
            self.discipline.end()
        self._show_echo()
        self.readers.wake_all()

    def show(self, data: bytes) -> None:
        """Put bytes on the screen, after output processing."""
        self._kernel.output(TERMINAL_STREAM, data if self._raw_output else self.discipline.process(data))

    def resize(self, rows: int, columns: int, pixels: tuple[int, int]) -> None:
        """The window has another size; the foreground processes are told by SIGWINCH."""
        if (rows, columns, pixels) != (self.rows, self.columns, self.pixels):
            self.rows, self.columns, self.pixels = rows, columns, pixels
            signal_delivery.send_to_group(self._kernel, self.foreground, SigInfo(Signo.SIGWINCH, "SI_KERNEL"))

    def _echo(self, data: bytes) -> None:
        self._echoed += data

    def _show_echo(self) -> None:
        """Show what typing has echoed so far, at once."""
        if self._echoed and not self._raw_output:
            self._kernel.output(TERMINAL_STREAM, bytes(self._echoed))
        self._echoed.clear()

    def _interrupt(self, signo: Signo) -> None:
        self._show_echo()
        signal_delivery.send_to_group(self._kernel, self.foreground, SigInfo(signo, "SI_KERNEL"))

    def open(self, fs: SuperBlock, inode: Inode, flags: int, dentry: Dentry | None) -> FileDescription:
        """Open the device."""
        return TerminalDescription(self, fs, inode, flags, dentry)


class TerminalDescription(FileDescription):
    """An open terminal."""

    kind = "tty"
    what = "a terminal"
    gives_pages = takes_pages = True
    signals_input = True
    is_master = False
    """Whether it is the far side of a pseudo-terminal."""

    def __init__(self, terminal: Terminal, fs: SuperBlock, inode: Inode, flags: int, dentry: Dentry | None) -> None:
        super().__init__(fs, inode, flags, dentry)
        self.terminal = terminal

    def opened(self, call: Call, flags: int) -> None:
        """It may become the controlling terminal."""
        if not flags & OpenFlag.O_NOCTTY and not self.is_master and self.readable:
            job_control.opened(call, self.terminal)

    def need_foreground(self, call: Call, signo: Signo) -> None:
        """Stop a background process by `signo`, SIGTTIN or SIGTTOU; the master's side is nobody's background."""
        if not self.is_master:
            job_control.need_foreground(call, self.terminal, signo)

    def read(self, call: Call, sink: Sink, position: int | None = None) -> Blocking[int]:
        """Wait for a line (or, in non-canonical mode, for enough bytes) and give as much of it as there is room for."""
        discipline = self.terminal.discipline
        wanted = min(sink.size, MAX_RW_COUNT)
        if not wanted:
            return sink.write(b"")
        self.need_foreground(call, Signo.SIGTTIN)
        clock = call.kernel.clock
        until: int | None = None
        if (self.nonblocking or discipline.timeout == 0) and not discipline.has_input(wanted):
            call.kernel.poll_keyboard_for((self.terminal.readers,))
        while not discipline.has_input(wanted):
            timeout = discipline.timeout
            if until is None and timeout is not None:
                until = clock.now + timeout
            if until is not None and clock.now >= until:
                break
            yield from self.sleep(
                call,
                Sleep(
                    on="keyboard",
                    sentence="No complete line has been typed yet, so the task sleeps until there is one.",
                    queues=(self.terminal.readers,),
                    until=until,
                ),
            )
        data = discipline.take(wanted)
        if data:
            call.service("tty", "read", f"The terminal gives the {count_bytes(len(data))} that were typed.")
        else:
            call.service("tty", "read", "The input has ended: the read gives 0 bytes.")
        return sink.write(data)

    def try_write(self, call: Call, source: Source, position: int | None) -> int:
        """Show the bytes. With TOSTOP only the foreground may."""
        if self.terminal.discipline.termios.has(LocalFlag.TOSTOP):
            self.need_foreground(call, Signo.SIGTTOU)
        wanted = min(source.size, MAX_RW_COUNT)
        data = source.read(wanted)
        if len(data) < wanted:
            data = data[: len(data) - len(data) % WRITE_CHUNK]
            if not data:
                raise KernelError(Errno.EFAULT, "The terminal's driver copies whole pieces or nothing", "tty")
        if data:
            call.service("tty", "write", f"The terminal shows {count_bytes(len(data))}.")
            self.terminal.show(data)
        return len(data)

    def poll(self) -> int:
        """Readable when a read would not wait; always writable (n_tty_poll)."""
        discipline = self.terminal.discipline
        termios = discipline.termios
        least = 1
        if not termios.has(LocalFlag.ICANON) and not termios.character(ControlCharacter.VTIME):
            least = termios.character(ControlCharacter.VMIN) or 1
        readable = discipline.ended or discipline.available >= least
        return WRITABLE | (READABLE if readable else 0)

    def poll_queues(self) -> tuple[WaitQueue, ...]:
        """Woken by typing."""
        return (self.terminal.readers,)

    def ioctl(self, call: Call, request: int, argument: IoctlArgument) -> int:
        """Settings, window size, foreground process group."""
        terminal = self.terminal
        discipline = terminal.discipline
        if request == IoctlRequest.TCGETS:
            argument.write_struct("termios", **discipline.termios.fields())
        elif request in (IoctlRequest.TCSETS, IoctlRequest.TCSETSW, IoctlRequest.TCSETSF):
            self.need_foreground(call, Signo.SIGTTOU)
            termios = Termios.unpacked(argument.read_struct("termios"))
            if request == IoctlRequest.TCSETSF:
                discipline.flush()
            discipline.configure(termios)
            call.service("tty", "settings", "The terminal takes the new settings.")
        elif request == IoctlRequest.TIOCGWINSZ:
            width, height = terminal.pixels
            argument.write_struct(
                "winsize", ws_row=terminal.rows, ws_col=terminal.columns, ws_xpixel=width, ws_ypixel=height
            )
        elif request == IoctlRequest.TIOCSWINSZ:
            size = argument.read_struct("winsize")
            terminal.resize(size["ws_row"], size["ws_col"], (size["ws_xpixel"], size["ws_ypixel"]))
        elif request == IoctlRequest.FIONREAD:
            argument.write_int(discipline.available)
        elif request == IoctlRequest.TIOCOUTQ:
            argument.write_int(0)
        elif request == IoctlRequest.TCFLSH:
            self.need_foreground(call, Signo.SIGTTOU)
            if argument.address not in (0, 1, 2):
                raise KernelError(Errno.EINVAL, "There are three queues to flush: 0, 1 and 2", "tty")
            if argument.address != 1:
                discipline.flush()
        elif not job_control.ioctl(call, terminal, request, argument, self.is_master):
            return super().ioctl(call, request, argument)
        return 0
