"""The settings of a terminal (termios(3), ioctl_tty(2))."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from msgspec import Struct, field

from app.kernel.abi.flags import Flags


class InputFlag(Flags):
    """`c_iflag`."""

    ISTRIP = 0o40
    INLCR = 0o100
    IGNCR = 0o200
    ICRNL = 0o400
    IXON = 0o2000
    IXANY = 0o4000
    IMAXBEL = 0o20000
    IUTF8 = 0o40000


class OutputFlag(Flags):
    """`c_oflag`."""

    OPOST = 0o1
    ONLCR = 0o4
    OCRNL = 0o10
    ONOCR = 0o20
    ONLRET = 0o40
    XTABS = 0o14000


class LocalFlag(Flags):
    """`c_lflag`."""

    ISIG = 0o1
    ICANON = 0o2
    ECHO = 0o10
    ECHOE = 0o20
    ECHOK = 0o40
    ECHONL = 0o100
    NOFLSH = 0o200
    TOSTOP = 0o400
    ECHOCTL = 0o1000
    ECHOKE = 0o4000
    IEXTEN = 0o100000


class ControlCharacter(IntEnum):
    """Positions in `c_cc`."""

    VINTR = 0
    VQUIT = 1
    VERASE = 2
    VKILL = 3
    VEOF = 4
    VTIME = 5
    VMIN = 6
    VSTART = 8
    VSTOP = 9
    VSUSP = 10
    VEOL = 11
    VREPRINT = 12
    VWERASE = 14
    VLNEXT = 15
    VEOL2 = 16


DISABLED = 0
"""A control character with this value is switched off (_POSIX_VDISABLE)."""

_DEFAULT_CHARACTERS = bytes.fromhex("03 1c 7f 15 04 00 01 00 11 13 1a 00 12 0f 17 16 00 00 00")


class Termios(Struct):
    """What a terminal emulator starts its terminal with: a line at a time, echoed, UTF-8, 38400 baud."""

    iflag: int = int(InputFlag.ICRNL | InputFlag.IXON | InputFlag.IUTF8)
    oflag: int = int(OutputFlag.OPOST | OutputFlag.ONLCR)
    cflag: int = 0xBF
    lflag: int = int(
        LocalFlag.ISIG
        | LocalFlag.ICANON
        | LocalFlag.ECHO
        | LocalFlag.ECHOE
        | LocalFlag.ECHOK
        | LocalFlag.ECHOCTL
        | LocalFlag.ECHOKE
        | LocalFlag.IEXTEN
    )
    line: int = 0
    characters: bytes = field(default=_DEFAULT_CHARACTERS)

    @classmethod
    def unpacked(cls, fields: dict[str, Any]) -> Termios:
        """From the fields of `struct termios`."""
        return cls(
            iflag=fields["c_iflag"],
            oflag=fields["c_oflag"],
            cflag=fields["c_cflag"],
            lflag=fields["c_lflag"],
            line=fields["c_line"],
            characters=fields["c_cc"],
        )

    def fields(self) -> dict[str, int | bytes]:
        """As the fields of `struct termios`."""
        return {
            "c_iflag": self.iflag,
            "c_oflag": self.oflag,
            "c_cflag": self.cflag,
            "c_lflag": self.lflag,
            "c_line": self.line,
            "c_cc": self.characters,
        }

    def character(self, which: ControlCharacter) -> int:
        """The byte that has this function."""
        return self.characters[which]

    def is_character(self, byte: int, which: ControlCharacter) -> bool:
        """Whether `byte` has this function and the function is on."""
        return byte == self.characters[which] != DISABLED

    def has(self, flag: InputFlag | OutputFlag | LocalFlag) -> bool:
        """Whether a flag is set in the word it belongs to."""
        output_or_local = self.oflag if isinstance(flag, OutputFlag) else self.lflag
        word = self.iflag if isinstance(flag, InputFlag) else output_or_local
        return word & int(flag) == flag
