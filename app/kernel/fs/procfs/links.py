"""The links of /proc/PID: exe, cwd, root, and the namespaces of ns/."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from app.kernel.errno import Errno, KernelError
from app.kernel.fs.dentry import Dentry, UnnamedDentry
from app.kernel.fs.inode import Inode, Symlink
from app.kernel.fs.pseudo import PseudoDirectory, PseudoFile, PseudoSuperBlock

if TYPE_CHECKING:
    from .subject import Subject

NAMESPACES = {
    "net": ("net", 4026531833),
    "uts": ("uts", 4026531838),
    "ipc": ("ipc", 4026531839),
    "pid": ("pid", 4026531836),
    "pid_for_children": ("pid", 4026531836),
    "user": ("user", 4026531837),
    "mnt": ("mnt", 4026531832),
    "cgroup": ("cgroup", 4026531835),
    "time": ("time", 4026531834),
    "time_for_children": ("time", 4026531834),
}
"""Name -> (kind, inode number) of the namespaces that Linux starts with; all processes live in them (namespaces(7))."""

Find = Callable[["Subject"], Dentry | None]


def executable(subject: Subject) -> Dentry | None:
    """The file that the process executes."""
    mm = subject.mm
    return mm.executable if mm is not None else None


def working_directory(subject: Subject) -> Dentry | None:
    """Where relative paths start."""
    return subject.fs.cwd if subject.fs is not None else None


def root_directory(subject: Subject) -> Dentry | None:
    """Where absolute paths start."""
    return subject.fs.root if subject.fs is not None else None


class MagicLink(Symlink):
    """A link that leads straight to the dentry that `find` finds."""

    fs: PseudoSuperBlock

    def __init__(self, fs: PseudoSuperBlock, subject: Subject, find: Find) -> None:
        Inode.__init__(self, fs, stat.S_IFLNK | 0o777, *subject.owner)
        self._subject = subject
        self._find = find

    @property
    def size(self) -> int:
        """Nothing."""
        return 0

    @property
    def target(self) -> str:  # type: ignore[override]
        """The path of the file."""
        return self.follow().path

    def follow(self) -> Dentry:
        """The file. Raises EACCES for another user's process, ENOENT when there is none."""
        self._subject.need_inspectable(self.fs.current)
        dentry = self._find(self._subject)
        if dentry is None:
            raise KernelError(Errno.ENOENT, "This process has no such file")
        return dentry


class NamespaceDirectory(PseudoDirectory):
    """/proc/PID/ns: a link for each kind of namespace."""

    def __init__(self, fs: PseudoSuperBlock, subject: Subject) -> None:
        super().__init__(fs, 0o511, *subject.owner)
        self._subject = subject

    def make(self, name: str) -> Inode | None:
        """A link to the namespace."""
        if name not in NAMESPACES:
            return None
        kind, number = NAMESPACES[name]
        inode = PseudoFile(self.fs, None)
        inode.number = number
        inode.immutable = True
        return MagicLink(self.fs, self._subject, lambda _: UnnamedDentry(f"{kind}:[{number}]", inode))

    def names(self) -> Iterator[tuple[str, int]]:
        """In the order of Linux."""
        return ((name, self.FIRST_COOKIE + index) for index, name in enumerate(NAMESPACES))
