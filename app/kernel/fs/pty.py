"""Pseudo-terminals (pty(7)): a terminal whose keyboard and screen are a file, the master, that a program holds.

What is written to the master is typed at the terminal, and what the terminal shows is read from the master. Programs
on the other side, the slave, find an ordinary terminal: the line discipline lies between the two.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from app.kernel import signal_delivery
from app.kernel.abi.constants import IoctlRequest, OpenFlag, Signo
from app.kernel.abi.text import count_bytes
from app.kernel.errno import Errno, KernelError
from app.kernel.poll import READABLE, WRITABLE, PollEvent
from app.kernel.signal import SigInfo
from app.kernel.wait import Blocking, Interrupted, Sleep, WaitQueue

from .dentry import Dentry
from .device import CharacterDevice
from .file import MAX_RW_COUNT, FileDescription, Sink, Source
from .inode import Inode
from .line_discipline import MAX_INPUT
from .superblock import SuperBlock
from .termios import InputFlag, LocalFlag
from .tty import Terminal, TerminalDescription

if TYPE_CHECKING:
    from app.kernel.arguments.ioctl import IoctlArgument
    from app.kernel.call import Call
    from app.kernel.kernel import Kernel

MAX_TERMINALS = 256
"""Pseudo-terminals at once (/proc/sys/kernel/pty/max)."""

SCREEN_ROOM = 8192
"""Bytes of output that wait for the master before the slave's writers sleep."""

PTS_MAJOR = 136
TTY_GROUP = 5


class PseudoTerminal(Terminal):
    """The pair. `screen` is what the slave has shown and the master has not read; `slaves` counts open slaves."""

    def __init__(self, kernel: Kernel, index: int) -> None:
        super().__init__(kernel, raw_output=False)
        self.index = index
        self.rows = self.columns = 0
        self.session = self.foreground = 0
        self.discipline.termios.iflag &= ~InputFlag.IUTF8
        self.locked = True
        self.slaves = 0
        self.was_closed = False
        """Whether the last slave was closed: the master reads EIO until another is opened."""
        self.hung_up = False
        self.screen = bytearray()
        self.shown = WaitQueue()
        self.room = WaitQueue()
        self.taken = WaitQueue()
        self.dentry: Dentry | None = None

    def show(self, data: bytes) -> None:
        """Output goes to the master."""
        self.screen += self.discipline.process(data)
        self.shown.wake_all()

    def _show_echo(self) -> None:
        """So does the echo; what a full screen has no room for is lost."""
        self.screen += self._echoed[: max(SCREEN_ROOM - len(self.screen), 0)]
        self._echoed.clear()
        self.shown.wake_all()

    @property
    def input_room(self) -> int:
        """Bytes that can be typed now. With line editing all can, unless a line waits to be read: what does not fit
        into a line is lost."""
        if self.discipline.is_full:
            return 0
        if self.discipline.termios.has(LocalFlag.ICANON):
            return MAX_INPUT
        return max(MAX_INPUT - self.discipline.available, 0)

    def open(self, fs: SuperBlock, inode: Inode, flags: int, dentry: Dentry | None) -> FileDescription:
        """Open the slave. Raises EIO while it is locked (unlockpt(3)) or when the master is closed."""
        if self.locked or self.hung_up:
            why = "is still locked" if self.locked else "has no master any more"
            raise KernelError(Errno.EIO, f"The pseudo-terminal {why}", "tty")
        self.was_closed = False
        self.slaves += 1
        return SlaveDescription(self, fs, inode, flags, dentry)

    def close_slave(self) -> None:
        """A slave is closed; after the last one the master finds no more than what has been shown."""
        self.slaves -= 1
        self.was_closed = not self.slaves
        self.shown.wake_all()
        self._forget()

    def hang_up(self) -> None:
        """The master is closed: readers find the end, writers EIO, programs get SIGHUP (Linux `tty_vhangup`)."""
        self.hung_up = True
        self.discipline.flush()
        self.discipline.end()
        if self.foreground:
            for signo in (Signo.SIGHUP, Signo.SIGCONT):
                signal_delivery.send_to_group(self._kernel, self.foreground, SigInfo(signo, "SI_KERNEL"))
        self.session = self.foreground = 0
        for queue in (self.readers, self.room, self.taken):
            queue.wake_all()
        if self.dentry is not None:
            self.dentry.unlink()
        self._forget()

    def _forget(self) -> None:
        """The number is free again when both sides are closed."""
        if self.hung_up and not self.slaves:
            del self._kernel.terminals[self.index]


class SlaveDescription(TerminalDescription):
    """An open slave: a terminal, until the master is closed."""

    terminal: PseudoTerminal

    def read(self, call: Call, sink: Sink, position: int | None = None) -> Blocking[int]:
        """As from any terminal; it makes room for more typing."""
        result = yield from super().read(call, sink, position)
        self.terminal.taken.wake_all()
        return result

    def write(self, call: Call, source: Source, position: int | None = None) -> Blocking[int]:
        """Show the bytes, and sleep while the master does not read. Raises EIO after a hang-up."""
        terminal = self.terminal
        if not terminal.hung_up and terminal.discipline.termios.has(LocalFlag.TOSTOP):
            self.need_foreground(call, Signo.SIGTTOU)
        data = source.read(min(source.size, MAX_RW_COUNT))
        done = 0
        while done < len(data) or not done:
            if terminal.hung_up:
                if done:
                    break
                raise KernelError(Errno.EIO, "The master is closed: nobody sees what is shown", "tty")
            if not data:
                break
            room = SCREEN_ROOM - len(terminal.screen)
            if room > 0:
                terminal.show(data[done : done + room])
                done = min(done + room, len(data))
                continue
            sentence = "The master has not read what was shown, so the task sleeps until it does."
            try:
                yield from self.sleep(call, Sleep(on="pty", sentence=sentence, queues=(terminal.room,)))
            except (KernelError, Interrupted):
                if done:
                    break
                raise
        call.service("tty", "write", f"The terminal shows {count_bytes(done)} to the master.")
        return done

    def poll(self) -> int:
        """Input to read, room to write; everything after a hang-up."""
        terminal = self.terminal
        if terminal.hung_up:
            return READABLE | WRITABLE | PollEvent.POLLHUP | PollEvent.POLLERR
        ready = READABLE if terminal.discipline.has_input(1) else 0
        return ready | (WRITABLE if len(terminal.screen) < SCREEN_ROOM else 0)

    def poll_queues(self) -> tuple[WaitQueue, ...]:
        """Typing and reading by the master."""
        return self.terminal.readers, self.terminal.room

    def ioctl(self, call: Call, request: int, argument: IoctlArgument) -> int:
        """As of any terminal. Raises EIO after a hang-up."""
        if self.terminal.hung_up:
            errno = Errno.ENOTTY if request == IoctlRequest.TIOCSPGRP else Errno.EIO
            raise KernelError(errno, "The master is closed", "tty")
        return super().ioctl(call, request, argument)

    def release(self) -> None:
        """One slave less."""
        self.terminal.close_slave()
        super().release()


class MasterDescription(TerminalDescription):
    """The open master: the far end of a terminal."""

    what = "the master side of a pseudo-terminal"
    is_master = True
    terminal: PseudoTerminal

    def read(self, call: Call, sink: Sink, position: int | None = None) -> Blocking[int]:
        """Take what the slave has shown. Raises EIO when every slave has been closed."""
        terminal = self.terminal
        wanted = min(sink.size, MAX_RW_COUNT)
        if not wanted:
            return sink.write(b"")
        while not terminal.screen:
            if terminal.was_closed:
                raise KernelError(Errno.EIO, "Every slave is closed", "tty")
            sentence = "The terminal has shown nothing new, so the task sleeps until it does."
            yield from self.sleep(call, Sleep(on="pty", sentence=sentence, queues=(terminal.shown,)))
        data = bytes(terminal.screen[:wanted])
        del terminal.screen[:wanted]
        terminal.room.wake_all()
        call.service("tty", "read", f"The master reads {count_bytes(len(data))} that the terminal has shown.")
        return sink.write(data)

    def write(self, call: Call, source: Source, position: int | None = None) -> Blocking[int]:
        """Type the bytes, and sleep while the slave has no room for more."""
        terminal = self.terminal
        data = source.read(min(source.size, MAX_RW_COUNT))
        done = 0
        while done < len(data):
            room = terminal.input_room
            if room:
                terminal.receive(data[done : done + room])
                done = min(done + room, len(data))
                continue
            sentence = "The slave has not read what was typed, so the task sleeps until it does."
            try:
                yield from self.sleep(call, Sleep(on="pty", sentence=sentence, queues=(terminal.taken,)))
            except (KernelError, Interrupted):
                if done:
                    break
                raise
        call.service("tty", "type", f"{count_bytes(done)} are typed at the terminal.")
        return done

    def poll(self) -> int:
        """Output to read, room to type; a hang-up when every slave is closed."""
        terminal = self.terminal
        ready = READABLE if terminal.screen or terminal.was_closed else 0
        ready |= WRITABLE if terminal.input_room else 0
        return ready | (PollEvent.POLLHUP if terminal.was_closed else 0)

    def poll_queues(self) -> tuple[WaitQueue, ...]:
        """Output, and reading by the slave."""
        return self.terminal.shown, self.terminal.taken

    def ioctl(self, call: Call, request: int, argument: IoctlArgument) -> int:
        """The number and the lock of the slave; else what the terminal answers (ioctl_tty(2), TIOCGPTN)."""
        terminal = self.terminal
        if request == IoctlRequest.TIOCGPTN:
            argument.write_int(terminal.index)
        elif request == IoctlRequest.TIOCSPTLCK:
            terminal.locked = bool(argument.read_int())
        elif request == IoctlRequest.TIOCGPTLCK:
            argument.write_int(int(terminal.locked))
        elif request == IoctlRequest.TIOCGPTPEER:
            return self._open_peer(call, argument.address)
        elif request == IoctlRequest.FIONREAD:
            argument.write_int(len(terminal.screen))
        else:
            return super().ioctl(call, request, argument)
        return 0

    def _open_peer(self, call: Call, flags: int) -> int:
        """Open the slave without its path, which may be out of reach."""
        dentry = self.terminal.dentry
        if dentry is None:
            raise KernelError(Errno.EIO, "The slave has no name", "tty")
        number = call.task.files.lowest_free()
        kept = flags & int(OpenFlag.O_ACCMODE | OpenFlag.O_NONBLOCK) | OpenFlag.O_LARGEFILE
        file = self.terminal.open(call.task.fs.superblock, dentry.inode, kept, dentry)
        call.task.files.install(call.kernel, number, file, close_on_exec=bool(flags & OpenFlag.O_CLOEXEC))
        return number

    def release(self) -> None:
        """The terminal is gone."""
        self.terminal.hang_up()
        super().release()


class MasterDevice(CharacterDevice):
    """/dev/ptmx: each open makes another pair and gives its master."""

    def __init__(self, fs: SuperBlock, kernel: Kernel, directory: Dentry) -> None:
        super().__init__(fs, 0o666, (5, 2), self._open_master)
        self._kernel = kernel
        self._directory = directory

    def _open_master(self, fs: SuperBlock, inode: Inode, flags: int, dentry: Dentry | None) -> FileDescription:
        """Make a pair; its slave appears in /dev/pts and belongs to who asked. Raises ENOSPC."""
        kernel = self._kernel
        index = next(number for number in count() if number not in kernel.terminals)
        if index >= MAX_TERMINALS:
            raise KernelError(
                Errno.ENOSPC, f"There are {MAX_TERMINALS} pseudo-terminals, as many as there can be", "tty"
            )
        terminal = kernel.terminals[index] = PseudoTerminal(kernel, index)
        device = CharacterDevice(self._directory.inode.fs, 0o620, (PTS_MAJOR, index), terminal.open)
        current = kernel.scheduler.current
        device.uid = current.credentials.fsuid if current is not None else 0
        device.gid = TTY_GROUP
        terminal.dentry = self._directory.create(str(index), device)
        return MasterDescription(terminal, fs, inode, flags, dentry)
