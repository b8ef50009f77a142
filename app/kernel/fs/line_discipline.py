"""The line discipline N_TTY: between what is typed and what a program reads lies line editing, echo and signals.

Sources: termios(3) for what each flag means; the differences that termios leaves open follow Linux.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from app.kernel.abi.constants import Signo

from .termios import ControlCharacter, InputFlag, LocalFlag, OutputFlag, Termios

MAX_INPUT = 4095
"""Bytes that wait to be read, at most; what is typed beyond that is lost (termios(3))."""

TAB_WIDTH = 8
ERASE_COLUMN = b"\b \b"

_SIGNALS = {
    ControlCharacter.VINTR: Signo.SIGINT,
    ControlCharacter.VQUIT: Signo.SIGQUIT,
    ControlCharacter.VSUSP: Signo.SIGTSTP,
}


class LineDiscipline:
    """State of one terminal's input and output.

    `echo` receives processed bytes for the screen, `interrupt` the number of a signal for the foreground process.
    """

    def __init__(self, termios: Termios, echo: Callable[[bytes], None], interrupt: Callable[[Signo], None]) -> None:
        self.termios = termios
        self.ended = False
        self._echo = echo
        self._interrupt = interrupt
        self._line = bytearray()
        self._complete: deque[tuple[bytes, bool]] = deque()
        self._complete_bytes = 0
        """What the complete lines need in the buffer; an end of file needs a byte, too."""
        self._raw = bytearray()
        self._literal = False
        self._column = 0
        self._line_column = 0

    # -- output ------------------------------------------------------------------------------------------------------

    def process(self, data: bytes) -> bytes:
        """What the screen gets for `data`: a newline becomes carriage return and newline, and so on (`c_oflag`)."""
        termios = self.termios
        if not termios.has(OutputFlag.OPOST):
            return data
        if termios.oflag == OutputFlag.OPOST | OutputFlag.ONLCR:
            self._track(data)
            return data.replace(b"\n", b"\r\n")
        return b"".join(self._processed(byte) for byte in data)

    def _track(self, data: bytes) -> None:
        """Follow the cursor's column."""
        start = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        if start:
            self._column = 0
        rest = data[start:]
        if rest.isascii() and rest.decode("ascii").isprintable():
            self._column += len(rest)
            return
        for byte in rest:
            self._advance(byte)

    def _advance(self, byte: int) -> None:
        if byte == 0x09:
            self._column += TAB_WIDTH - self._column % TAB_WIDTH
        elif byte == 0x08:
            self._column = max(self._column - 1, 0)
        elif byte in (0x0A, 0x0D):
            self._column = 0
        elif not _is_control(byte) and not self._continues(byte):
            self._column += 1

    def _processed(self, byte: int) -> bytes:
        """One byte under unusual output flags."""
        has = self.termios.has
        if byte == 0x0A and has(OutputFlag.ONLCR):
            self._column = 0
            return b"\r\n"
        if byte == 0x0D and has(OutputFlag.ONOCR) and self._column == 0:
            return b""
        if byte == 0x0D and has(OutputFlag.OCRNL):
            byte = 0x0A
        if byte == 0x09 and has(OutputFlag.XTABS):
            spaces = TAB_WIDTH - self._column % TAB_WIDTH
            self._column += spaces
            return b" " * spaces
        if byte != 0x0A or has(OutputFlag.ONLRET):
            self._advance(byte)
        return bytes((byte,))

    # -- input -------------------------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        """The keyboard says `data`."""
        for byte in data:
            self._type(byte)

    def end(self) -> None:
        """The keyboard will say nothing more: readers get the unfinished line, then end of file."""
        self.ended = True
        if self._line:
            self._finish(end_of_file=True)

    def _type(self, byte: int) -> None:
        """One byte from the keyboard."""
        termios = self.termios
        has = termios.has
        if self._literal:
            self._literal = False
            self._store(byte)
            return
        if has(InputFlag.ISTRIP):
            byte &= 0x7F
        if has(LocalFlag.ISIG):
            for which, signo in _SIGNALS.items():
                if termios.is_character(byte, which):
                    self._signal(byte, signo)
                    return
        if has(InputFlag.IXON) and (
            termios.is_character(byte, ControlCharacter.VSTART) or termios.is_character(byte, ControlCharacter.VSTOP)
        ):
            return
        if byte == 0x0D:
            if has(InputFlag.IGNCR):
                return
            if has(InputFlag.ICRNL):
                byte = 0x0A
        elif byte == 0x0A and has(InputFlag.INLCR):
            byte = 0x0D
        if not has(LocalFlag.ICANON) or not self._edit(byte):
            self._store(byte)

    def _edit(self, byte: int) -> bool:
        """Canonical mode: carry out an editing or ending character. False when `byte` is an ordinary one."""
        termios = self.termios
        has = termios.has
        extended = has(LocalFlag.IEXTEN)
        is_character = termios.is_character
        if is_character(byte, ControlCharacter.VERASE):
            self._erase_character()
        elif is_character(byte, ControlCharacter.VKILL):
            self._kill_line()
        elif extended and is_character(byte, ControlCharacter.VWERASE):
            self._erase_word()
        elif extended and is_character(byte, ControlCharacter.VLNEXT):
            self._literal = True
            if has(LocalFlag.ECHO) and has(LocalFlag.ECHOCTL):
                self._show(b"^\b")
        elif extended and has(LocalFlag.ECHO) and is_character(byte, ControlCharacter.VREPRINT):
            self._show(self._shown(byte) + b"\n" + b"".join(self._shown(typed) for typed in self._line))
        elif byte == 0x0A:
            if has(LocalFlag.ECHO) or has(LocalFlag.ECHONL):
                self._show(b"\n")
            self._finish_with(byte)
        elif is_character(byte, ControlCharacter.VEOF):
            self._finish(end_of_file=True)
        elif is_character(byte, ControlCharacter.VEOL) or (extended and is_character(byte, ControlCharacter.VEOL2)):
            if has(LocalFlag.ECHO):
                self._echo_typed(byte)
            self._finish_with(byte)
        else:
            return False
        return True

    def _store(self, byte: int) -> None:
        """Keep an ordinary byte, and echo it."""
        canonical = self.termios.has(LocalFlag.ICANON)
        if self._waiting() >= MAX_INPUT:
            if self.termios.has(InputFlag.IMAXBEL):
                self._show(b"\a")
            return
        if self.termios.has(LocalFlag.ECHO):
            self._echo_typed(byte)
        (self._line if canonical else self._raw).append(byte)

    def _echo_typed(self, byte: int) -> None:
        if not self._line:
            self._line_column = self._column
        self._show(self._shown(byte))

    def _finish_with(self, byte: int) -> None:
        self._line.append(byte)
        self._finish(end_of_file=False)

    def _finish(self, end_of_file: bool) -> None:
        """The line is complete and can be read. A line that VEOF ended has no newline."""
        self._keep(bytes(self._line), end_of_file)
        self._line.clear()

    @property
    def is_full(self) -> bool:
        """Whether what is typed next has to wait (n_tty throttles). A line that is being typed is never full: it can
        still be edited, and ended."""
        editing = self.termios.has(LocalFlag.ICANON) and not self._complete
        return not editing and self._waiting() >= MAX_INPUT

    def _keep(self, line: bytes, end_of_file: bool) -> None:
        """A line can be read."""
        self._complete.append((line, end_of_file))
        self._complete_bytes += len(line) + end_of_file

    def _forget_lines(self) -> None:
        self._complete.clear()
        self._complete_bytes = 0

    def _waiting(self) -> int:
        return len(self._line) + len(self._raw) + self._complete_bytes

    def _signal(self, byte: int, signo: Signo) -> None:
        """^C and its like: what was typed is thrown away and the foreground process gets the signal."""
        if not self.termios.has(LocalFlag.NOFLSH):
            self.flush()
        if self.termios.has(LocalFlag.ECHO):
            self._show(self._shown(byte))
        self._interrupt(signo)

    def flush(self) -> None:
        """Forget everything typed and not yet read (TCIFLUSH)."""
        self._line.clear()
        self._forget_lines()
        self._raw.clear()

    # -- editing -----------------------------------------------------------------------------------------------------

    def _erase_character(self) -> None:
        if self._line:
            self._rub_out(ERASE_COLUMN if self.termios.has(LocalFlag.ECHOE) else None)

    def _erase_word(self) -> None:
        seen_word = False
        while self._line:
            last = self._line[-1]
            in_word = chr(last).isalnum() or last == 0x5F
            if seen_word and not in_word:
                return
            seen_word = seen_word or in_word
            self._rub_out(ERASE_COLUMN)

    def _kill_line(self) -> None:
        has = self.termios.has
        if not self._line:
            return
        if not has(LocalFlag.ECHO):
            self._line.clear()
        elif has(LocalFlag.ECHOK) and has(LocalFlag.ECHOKE) and has(LocalFlag.ECHOE):
            while self._line:
                self._rub_out(ERASE_COLUMN)
        else:
            self._line.clear()
            self._show(self._shown(self.termios.character(ControlCharacter.VKILL)))
            if has(LocalFlag.ECHOK):
                self._show(b"\n")

    def _rub_out(self, erase: bytes | None) -> None:
        """Take the last character from the line and the screen. Without `erase` the erase character itself is shown."""
        line = self._line
        byte = line.pop()
        while self._continues(byte) and line:
            byte = line.pop()
        if not self.termios.has(LocalFlag.ECHO):
            return
        if erase is None:
            self._show(self._shown(self.termios.character(ControlCharacter.VERASE)))
        elif byte == 0x09:
            self._show(b"\b" * self._tab_columns())
        elif _is_control(byte):
            if self.termios.has(LocalFlag.ECHOCTL):
                self._show(erase + erase)
        else:
            self._show(erase)

    def _tab_columns(self) -> int:
        """Columns that the tab just removed from the end of the line took on the screen."""
        columns = 0
        for byte in reversed(self._line):
            if byte == 0x09:
                break
            if _is_control(byte):
                columns += 2 if self.termios.has(LocalFlag.ECHOCTL) else 0
            elif not self._continues(byte):
                columns += 1
        else:
            columns += self._line_column
        return TAB_WIDTH - columns % TAB_WIDTH

    def _shown(self, byte: int) -> bytes:
        """How a typed byte is echoed: control characters as `^X`."""
        if self.termios.has(LocalFlag.ECHOCTL) and _is_control(byte) and byte not in (0x09, 0x0A):
            return bytes((0x5E, byte ^ 0x40))
        return bytes((byte,))

    def _show(self, data: bytes) -> None:
        self._echo(self.process(data))

    def _continues(self, byte: int) -> bool:
        """Whether `byte` continues a UTF-8 character."""
        return self.termios.has(InputFlag.IUTF8) and byte & 0xC0 == 0x80

    # -- reading -----------------------------------------------------------------------------------------------------

    @property
    def available(self) -> int:
        """Bytes that a read would get now, of all complete lines (FIONREAD)."""
        return len(self._raw) + sum(len(line) for line, _ in self._complete)

    def has_input(self, wanted: int) -> bool:
        """Whether a read of `wanted` bytes can be answered now."""
        if self.ended or self._complete:
            return True
        if self.termios.has(LocalFlag.ICANON):
            return False
        least = self.termios.character(ControlCharacter.VMIN)
        return len(self._raw) >= max(min(least, wanted), 1) or (not least and not self.timeout)

    @property
    def timeout(self) -> int | None:
        """How long a read may wait now, ns; None is for ever.

        VTIME counts only in non-canonical mode: from the beginning when VMIN is 0, else from the first byte on.
        """
        tenths = self.termios.character(ControlCharacter.VTIME)
        least = self.termios.character(ControlCharacter.VMIN)
        if self.termios.has(LocalFlag.ICANON) or not tenths or (least and not self._raw):
            return None
        return tenths * 100_000_000

    def take(self, size: int) -> bytes:
        """Up to `size` bytes: at most one line in canonical mode. Empty is end of file, or nothing there."""
        if self._complete:
            line, end_of_file = self._complete.popleft()
            self._complete_bytes -= min(len(line), size)
            if len(line) > size:
                self._complete.appendleft((line[size:], end_of_file))
            else:
                self._complete_bytes -= end_of_file
            return line[:size]
        data = bytes(self._raw[:size])
        del self._raw[:size]
        return data

    def configure(self, termios: Termios) -> None:
        """Take new settings. Leaving canonical mode makes the unfinished line readable as it is."""
        was_canonical = self.termios.has(LocalFlag.ICANON)
        self.termios = termios
        canonical = termios.has(LocalFlag.ICANON)
        if was_canonical and not canonical:
            self._raw += b"".join(line for line, _ in self._complete) + self._line
            self._forget_lines()
            self._line.clear()
        elif canonical and not was_canonical and self._raw:
            self._keep(bytes(self._raw), True)
            self._raw.clear()


def _is_control(byte: int) -> bool:
    return byte < 0x20 or byte == 0x7F
