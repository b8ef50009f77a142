"""Arguments that are file descriptors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from app.kernel.abi.constants import AT_FDCWD
from app.kernel.errno import Errno

from .integers import signed

if TYPE_CHECKING:
    from app.kernel.call import Call
    from app.kernel.fs.file import FileDescription


class Fd:
    """An `int` that should be an open descriptor. Linux looks it up when the call first needs the file."""

    __slots__ = ("call", "name", "number")

    def __init__(self, call: Call, name: str, number: int) -> None:
        self.call = call
        self.name = name
        self.number = number

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> Self:
        """Descriptors are `int`: the upper half of the register does not count."""
        return cls(call, name, signed(raw, 32))

    def __int__(self) -> int:
        return self.number

    @classmethod
    def show(cls, value: int) -> str:
        """A returned descriptor."""
        return str(int(value))

    @property
    def file(self) -> FileDescription:
        """The open file description. Raises EBADF when the descriptor is not open, or open only as a place (O_PATH)."""
        file = self.any_file
        if file.path_only:
            raise self.call.refuse(
                Errno.EBADF, self.name, "open", str(self.number), "It was opened with O_PATH, which gives no contents."
            )
        return file

    @property
    def any_file(self) -> FileDescription:
        """The open file description, even one of O_PATH. Raises EBADF when the descriptor is not open."""
        file = self.call.task.files.get(self.number)
        if file is None:
            raise self.call.refuse(
                Errno.EBADF, self.name, "open", str(self.number), f"No file is open as descriptor {self.number}."
            )
        self.call.passed(self.name, "open", str(self.number), f"Descriptor {self.number} is open: {file.path}.")
        return file

    def readable(self) -> FileDescription:
        """The file, checked to be open for reading. Raises EBADF."""
        return self._for("reading", "readable")

    def writable(self) -> FileDescription:
        """The file, checked to be open for writing. Raises EBADF."""
        return self._for("writing", "writable")

    def _for(self, purpose: str, attribute: str) -> FileDescription:
        file = self.file
        if not getattr(file, attribute):
            raise self.call.refuse(
                Errno.EBADF, self.name, "access-mode", str(self.number), f"It was not opened for {purpose}."
            )
        self.call.passed(self.name, "access-mode", str(self.number), f"It was opened for {purpose}.")
        return file

    def text(self) -> str | None:
        """The number."""
        return str(self.number)


class DirFd(Fd):
    """A descriptor that relative paths start from, or AT_FDCWD for the working directory (openat(2))."""

    __slots__ = ()

    @property
    def is_cwd(self) -> bool:
        """Whether relative paths start from the working directory."""
        return self.number == AT_FDCWD

    def text(self) -> str | None:
        """`AT_FDCWD`, or the number."""
        return "AT_FDCWD" if self.is_cwd else str(self.number)
