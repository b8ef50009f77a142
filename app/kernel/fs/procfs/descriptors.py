"""/proc/PID/fd and fdinfo: the open files of a process (proc_pid_fd(5))."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from app.kernel.abi.constants import OpenFlag
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.dentry import Dentry
from app.kernel.fs.inode import Inode, Symlink
from app.kernel.fs.mounts import mount_id
from app.kernel.fs.pseudo import PseudoDirectory, PseudoFile, PseudoSuperBlock

if TYPE_CHECKING:
    from app.kernel.credentials import Credentials
    from app.kernel.fs.file import FileDescription

    from .subject import Subject

LINK_SIZE = 64
"""`st_size` of a link in /proc/PID/fd."""


def _number(name: str) -> int | None:
    """The descriptor that a file name stands for: decimal digits without leading zeros."""
    return int(name) if name.isascii() and name.isdigit() and str(int(name[:11])) == name else None


class DescriptorDirectory(PseudoDirectory):
    """What fd and fdinfo have in common: one entry for each open descriptor, in order."""

    def __init__(self, fs: PseudoSuperBlock, subject: Subject, mode: int) -> None:
        super().__init__(fs, mode, *(subject.directory_owner if mode == 0o555 else subject.owner))
        self.subject = subject

    def file(self, name: str) -> FileDescription | None:
        """What is open as `name`."""
        number = _number(name)
        files = self.subject.files
        return files.get(number) if files is not None and number is not None else None

    def still_there(self, dentry: Dentry) -> bool:
        """While the descriptor is open."""
        return self.file(dentry.name) is not None

    def names(self) -> Iterator[tuple[str, int]]:
        """The numbers in use. Raises ENOENT when the process is gone."""
        if not self.subject.exists:
            raise KernelError(Errno.ENOENT, "The process has ended", "sched")
        files = self.subject.files
        return ((str(number), self.FIRST_COOKIE + number) for number in (files.numbers() if files is not None else ()))


class FdDirectory(DescriptorDirectory):
    """/proc/PID/fd: links to the open files."""

    def __init__(self, fs: PseudoSuperBlock, subject: Subject) -> None:
        super().__init__(fs, subject, 0o500)

    def permits(self, who: Credentials, wanted: int, real_ids: bool = False) -> bool:
        """A process may always look at its own files, whoever it has become."""
        return self.fs.current.process is self.subject.process or super().permits(who, wanted, real_ids)

    @property
    def size(self) -> int:
        """How many files are open."""
        files = self.subject.files
        return len(files.numbers()) if files is not None else 0

    def make(self, name: str) -> Inode | None:
        """A link, if the descriptor is open."""
        return FdLink(self.fs, self, name) if self.file(name) is not None else None


class FdLink(Symlink):
    """/proc/PID/fd/N. It reads as a path, but following it leads to the open file itself, with or without a name."""

    fs: PseudoSuperBlock

    def __init__(self, fs: PseudoSuperBlock, directory: FdDirectory, name: str) -> None:
        Inode.__init__(self, fs, stat.S_IFLNK, *directory.subject.owner)
        self._directory = directory
        self._name = name

    def _file(self) -> FileDescription:
        self._directory.subject.need_inspectable(self.fs.current)
        file = self._directory.file(self._name)
        if file is None:
            raise KernelError(Errno.ENOENT, f"Descriptor {self._name} has been closed")
        return file

    @property
    def mode(self) -> int:
        """The permissions tell what the file is open for."""
        file = self._directory.file(self._name)
        readable = 0o500 if file is not None and file.readable and not file.path_only else 0
        writable = 0o300 if file is not None and file.writable and not file.path_only else 0
        return stat.S_IFLNK | readable | writable

    @mode.setter
    def mode(self, value: int) -> None:
        """It cannot be set."""

    @property
    def size(self) -> int:
        """The same for all."""
        return LINK_SIZE

    @property
    def target(self) -> str:  # type: ignore[override]
        """The path it was opened by, or `pipe:[N]`."""
        return self._file().path

    def follow(self) -> Dentry:
        """The file itself."""
        return self._file().place


class FdInfoDirectory(DescriptorDirectory):
    """/proc/PID/fdinfo: offset and flags of the open files."""

    def __init__(self, fs: PseudoSuperBlock, subject: Subject) -> None:
        super().__init__(fs, subject, 0o555)

    def permits(self, who: Credentials, wanted: int, real_ids: bool = False) -> bool:
        """Only who may inspect the process."""
        return self.subject.may_be_inspected_by(self.fs.current) and super().permits(who, wanted, real_ids)

    def make(self, name: str) -> Inode | None:
        """A file, if the descriptor is open."""
        if self.file(name) is None:
            return None
        return PseudoFile(self.fs, partial(self._show, name), 0o444, *self.subject.owner)

    def _show(self, name: str) -> str:
        file, files = self.file(name), self.subject.files
        if file is None or files is None:
            raise KernelError(Errno.ENOENT, f"Descriptor {name} has been closed")
        flags = file.flags | (OpenFlag.O_CLOEXEC if files.closes_on_exec(int(name)) else 0)
        shown = self.subject.kernel.abi.open_flags_out(flags)
        return f"pos:\t{file.offset}\nflags:\t0{shown:o}\nmnt_id:\t{mount_id(file.inode)}\nino:\t{file.inode.number}\n"
