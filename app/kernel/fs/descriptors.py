"""The descriptor table: which open file description each number of a process means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.constants import OpenFlag
from app.kernel.abi.text import flag_text
from app.kernel.errno import Errno, KernelError
from app.trace.events import Fd

if TYPE_CHECKING:
    from app.kernel.kernel import Kernel

    from .file import FileDescription

MAX_DESCRIPTORS = 1024
"""RLIMIT_NOFILE at the start of a run."""

_LARGE_FILE = int(OpenFlag.O_LARGEFILE)
"""Linux sets it on every open of a 64-bit program; it tells nobody anything."""


class DescriptorTable:
    """Small numbers -> open file descriptions, each number with its own close-on-exec flag."""

    def __init__(self) -> None:
        self._files: dict[int, FileDescription] = {}
        self._close_on_exec: set[int] = set()
        self.references = 1
        self.limit = MAX_DESCRIPTORS
        """RLIMIT_NOFILE: numbers are below this."""

    def get(self, number: int) -> FileDescription | None:
        """The file open as `number`."""
        return self._files.get(number)

    def numbers(self) -> list[int]:
        """The numbers in use, in order."""
        return sorted(self._files)

    def lowest_free(self, start: int = 0) -> int:
        """The lowest number not in use, from `start` on. Raises EMFILE."""
        number = start
        while number in self._files:
            number += 1
        if number >= self.limit:
            raise KernelError(Errno.EMFILE, f"All descriptors below {self.limit} are in use")
        return number

    def install(self, kernel: Kernel, number: int, file: FileDescription, close_on_exec: bool = False) -> None:
        """Make `number` mean `file`; what it meant before is closed."""
        if number in self._files:
            self.close(kernel, number)
        self.put(number, file)
        if close_on_exec:
            self._close_on_exec.add(number)
        self.announce(kernel, number)

    def put(self, number: int, file: FileDescription) -> None:
        """Make `number`, which is free, mean `file`, without telling anyone: for boot, which announces all at once."""
        file.references += 1
        self._files[number] = file

    def close(self, kernel: Kernel, number: int) -> FileDescription:
        """Forget `number`; the last reference to a description releases it. Raises EBADF."""
        file = self._files.pop(number, None)
        if file is None:
            raise KernelError(Errno.EBADF, f"No file is open as descriptor {number}")
        self._close_on_exec.discard(number)
        kernel.recorder.emit(Fd(change="close", fd=number, description=None, kind="", path="", flags=""))
        self._drop(file)
        return file

    def _drop(self, file: FileDescription) -> None:
        """A number that meant `file` is gone, and with it every record lock of the process on it (fcntl(2))."""
        if file.inode.locks is not None:
            file.inode.locks.release_table(self)
        file.flush(self)
        file.drop_reference()

    def fork(self) -> DescriptorTable:
        """A copy, for a child process: other numbers may change in it, the open file descriptions are the same."""
        copy = DescriptorTable()
        copy._close_on_exec.update(self._close_on_exec)
        copy.limit = self.limit
        for number in self.numbers():
            copy.put(number, self._files[number])
        return copy

    def share(self) -> DescriptorTable:
        """This very one, for one task more."""
        self.references += 1
        return self

    def drop_reference(self) -> None:
        """One task less uses it; with the last one every descriptor is closed."""
        self.references -= 1
        if self.references == 0:
            for number in self.numbers():
                self._drop(self._files.pop(number))

    def closes_on_exec(self, number: int) -> bool:
        """Whether execve closes `number` (FD_CLOEXEC)."""
        return number in self._close_on_exec

    def set_close_on_exec(self, kernel: Kernel, number: int, wanted: bool) -> None:
        """Set or clear FD_CLOEXEC of `number`."""
        if wanted:
            self._close_on_exec.add(number)
        else:
            self._close_on_exec.discard(number)
        self.announce(kernel, number, change="flags")

    def announce(self, kernel: Kernel, number: int, change: str = "open") -> None:
        """Put `number` as it is now into the event stream."""
        file = self._files[number]
        flags = file.flags & ~_LARGE_FILE | (OpenFlag.O_CLOEXEC if number in self._close_on_exec else 0)
        kernel.recorder.emit(
            Fd(
                change="flags" if change == "flags" else "open",
                fd=number,
                description=file.identity,
                kind=file.kind,
                path=file.path,
                flags=flag_text(flags, OpenFlag),
            )
        )
