"""Arguments of execve(2): arrays of pointers to strings, which end with a NULL pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_SIZE
from app.kernel.abi.flags import Flags
from app.kernel.abi.text import quote
from app.kernel.errno import Errno

from .integers import Address
from .memory import QUOTED_BYTES, CString, Pointer

if TYPE_CHECKING:
    from app.kernel.call import Call

MAX_ARG_STRLEN = 32 * PAGE_SIZE
"""Bytes of one string, its NUL included."""

_SHOWN_STRINGS = 32


class ExecFlag(Flags):
    """Flags of execveat(2)."""

    AT_SYMLINK_NOFOLLOW = 0x100
    AT_EMPTY_PATH = 0x1000
    AT_EXECVE_CHECK = 0x10000


class _Argument(CString):
    """One string."""

    __slots__ = ()

    limit = MAX_ARG_STRLEN

    def scan(self) -> bytes | None:
        """The bytes before the NUL, or as many as there may be; None when memory ends first."""
        return self._scan()


class StringArray(Pointer):
    """`char *const argv[]`. NULL stands for an empty array."""

    __slots__ = ("_shown", "_strings")

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self._strings: list[int] = []
        self._shown: str | None = None

    def count(self) -> int:
        """How many pointers there are before the NULL. Raises EFAULT when the array is not readable up to that."""
        pointers, ended = self._pointers()
        if not ended:
            width = self.call.abi.info.word_size
            raise self._missing("readable array of pointers", self.address + len(pointers) * width)
        self._strings = pointers
        return len(pointers)

    def read(self, room: int) -> tuple[list[bytes], int]:
        """The strings that `count` counted, copied from the last to the first, and what is left of `room` bytes.

        Raises EFAULT, and E2BIG when one of them, or all together, are too long.
        """
        call = self.call
        strings: list[bytes] = []
        for address in reversed(self._strings):
            string = _Argument(call, self.name, address, "").scan()
            if string is None:
                raise self._missing("readable string", address)
            if len(string) >= MAX_ARG_STRLEN:
                raise call.refuse(
                    Errno.E2BIG,
                    self.name,
                    "length",
                    hex(address),
                    f"A string must be shorter than {MAX_ARG_STRLEN} bytes.",
                )
            room -= len(string) + 1
            if room < 0:
                raise call.refuse(
                    Errno.E2BIG, self.name, "length", hex(self.address), "All strings together take too much room."
                )
            strings.append(string)
        strings.reverse()
        self._shown = self._text()
        count = len(strings)
        sentence = f"{count} string{'' if count == 1 else 's'}, all readable and not too long."
        call.passed(self.name, "memory", hex(self.address), sentence)
        return strings, room

    def _pointers(self, most: int | None = None) -> tuple[list[int], bool]:
        """The pointers up to the NULL, and whether there is one; `most` is how many are enough."""
        if self.is_null:
            return [], True
        mm = self.call.task.mm
        width = self.call.abi.info.word_size
        pointers: list[int] = []
        address = self.address
        while most is None or len(pointers) < most:
            size = max((PAGE_SIZE - address % PAGE_SIZE) & -width, width)
            data = mm.copy_in(address, size)
            words = [int.from_bytes(data[at : at + width], "little") for at in range(0, len(data) - width + 1, width)]
            if 0 in words:
                return pointers + words[: words.index(0)], True
            pointers += words
            if len(data) < size:
                return pointers, False
            address += size
        return pointers, False

    def text(self) -> str | None:
        """The strings quoted, as strace does; the address when nothing is readable."""
        return self._text() if self._shown is None else self._shown

    def _text(self) -> str:
        pointers, ended = self._pointers(_SHOWN_STRINGS + 1)
        if self.is_null or (not pointers and not ended):
            return Address.show(self.address)
        parts = []
        for address in pointers[:_SHOWN_STRINGS]:
            string = _Argument(self.call, self.name, address, "").scan()
            parts.append(Address.show(address) if string is None else quote(string, QUOTED_BYTES))
        if len(pointers) > _SHOWN_STRINGS:
            parts.append("...")
        elif not ended:
            width = self.call.abi.info.word_size
            parts.append(f"... {self.address + len(pointers) * width:#x}")
        return f"[{', '.join(parts)}]"


class EnvironmentArray(StringArray):
    """`char *const envp[]`, of which strace tells only how many there are."""

    __slots__ = ()

    def _text(self) -> str:
        """`0x7ffe00001000 /* 20 vars */`."""
        shown = Address.show(self.address)
        pointers, ended = self._pointers()
        if self.is_null or (not pointers and not ended):
            return shown
        plural = "" if len(pointers) == 1 else "s"
        return f"{shown} /* {len(pointers)} var{plural}{'' if ended else ', unterminated'} */"
