"""The directories /proc/PID and /proc/PID/task/TID, and the table of what is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from app.kernel.errno import Errno, KernelError
from app.kernel.fs.dentry import Dentry
from app.kernel.fs.file import FileDescription
from app.kernel.fs.inode import Inode
from app.kernel.fs.pseudo import PseudoDirectory, PseudoFile, PseudoSuperBlock

from . import links, memory, mounts, network, status
from .descriptors import FdDirectory, FdInfoDirectory
from .links import MagicLink, NamespaceDirectory
from .subject import Subject

if TYPE_CHECKING:
    from app.kernel.call import Call
    from app.kernel.credentials import Credentials
    from app.kernel.fs.superblock import SuperBlock

Make = Callable[[PseudoSuperBlock, Subject], Inode]
"""Makes the inode of one entry."""

Show = Callable[[Subject], "str | bytes | list[str]"]


class ProcessFile(PseudoFile):
    """A file about a process. A `private` one is opened only by who may inspect the process (ptrace(2))."""

    def __init__(self, fs: PseudoSuperBlock, subject: Subject, show: Show, mode: int, private: bool) -> None:
        super().__init__(fs, self._contents, mode, *subject.owner)
        self.subject = subject
        self._show = show
        self._private = private

    def _contents(self) -> str | bytes | list[str]:
        self.subject.need()
        return self._show(self.subject)

    def open(self, fs: SuperBlock, flags: int, dentry: Dentry) -> FileDescription:
        """Open it. Raises EACCES."""
        if self._private:
            self.subject.need_inspectable(self.fs.current)
        return super().open(fs, flags, dentry)


def _file(
    show: Show, mode: int = 0o444, store: Callable[[Subject, Call, bytes], None] | None = None, private: bool = False
) -> Make:
    """An entry that is a file."""

    def make(fs: PseudoSuperBlock, subject: Subject) -> Inode:
        inode = ProcessFile(fs, subject, show, mode, private)
        if store is not None:
            inode.store = partial(store, subject)
        return inode

    return make


def _link(find: links.Find) -> Make:
    """An entry that is a magic link."""
    return lambda fs, subject: MagicLink(fs, subject, find)


def _task_directory(fs: PseudoSuperBlock, subject: Subject) -> Inode:
    return TaskDirectory(fs, subject)


_COMMON: dict[str, Make] = {
    "fd": FdDirectory,
    "fdinfo": FdInfoDirectory,
    "ns": NamespaceDirectory,
    "net": lambda fs, subject: network.directory(fs),
    "environ": _file(memory.environ, 0o400, private=True),
    "auxv": _file(memory.auxv, 0o400, private=True),
    "status": _file(status.status),
    "personality": _file(status.personality, 0o400, private=True),
    "limits": _file(status.limits),
    "sched": _file(status.sched, 0o644),
    "comm": _file(status.comm, 0o644, status.set_comm),
    "cmdline": _file(memory.cmdline),
    "stat": _file(status.stat),
    "statm": _file(memory.statm),
    "maps": _file(memory.maps, private=True),
    "mem": lambda fs, subject: memory.MemoryFile(fs, subject, *subject.owner),
    "cwd": _link(links.working_directory),
    "root": _link(links.root_directory),
    "exe": _link(links.executable),
    "mounts": _file(mounts.mounts),
    "mountinfo": _file(mounts.mountinfo),
    "smaps": _file(memory.smaps, private=True),
    "smaps_rollup": _file(memory.smaps_rollup, private=True),
    "wchan": _file(status.wchan),
    "schedstat": _file(status.schedstat),
    "cgroup": _file(status.cgroup),
    "oom_score": _file(status.oom_score),
    "oom_score_adj": _file(status.oom_score_adj, 0o644, status.set_oom_score_adj),
    "loginuid": _file(status.no_login, 0o644),
    "sessionid": _file(status.no_login),
}
"""What a thread has, in the order in which Linux lists it."""

_PROCESS: dict[str, Make] = {"task": _task_directory, **_COMMON}


class ProcessDirectory(PseudoDirectory):
    """/proc/PID, or /proc/PID/task/TID."""

    immutable = True

    def __init__(self, fs: PseudoSuperBlock, subject: Subject) -> None:
        super().__init__(fs, 0o555, *subject.directory_owner)
        self.subject = subject
        self._table = _PROCESS if subject.whole else _COMMON
        self.nlink = 2 + sum(name in self._table for name in ("task", "fd", "fdinfo", "ns", "net"))

    def permits(self, who: Credentials, wanted: int, real_ids: bool = False) -> bool:
        """Raises ESRCH when the process is gone: no path leads through what is left of its directory."""
        self.subject.need()
        return super().permits(who, wanted, real_ids)

    def make(self, name: str) -> Inode | None:
        """As the table says, while the process exists."""
        maker = self._table.get(name)
        return maker(self.fs, self.subject) if maker is not None and self.subject.exists else None

    def still_there(self, dentry: Dentry) -> bool:
        """While the process exists; its files belong to whoever it is now (setuid(2))."""
        inode = dentry.inode
        shared = isinstance(inode, PseudoDirectory) and inode.mode & 0o777 == 0o555
        inode.uid, inode.gid = self.subject.directory_owner if shared else self.subject.owner
        return self.subject.exists

    def names(self) -> Iterator[tuple[str, int]]:
        """Those of the table. Raises ENOENT when the process is gone."""
        if not self.subject.exists:
            raise KernelError(Errno.ENOENT, "The process has ended", "sched")
        return ((name, self.FIRST_COOKIE + index) for index, name in enumerate(self._table))


class TaskDirectory(PseudoDirectory):
    """/proc/PID/task: the threads of a process."""

    def __init__(self, fs: PseudoSuperBlock, subject: Subject) -> None:
        super().__init__(fs, 0o555, *subject.directory_owner)
        self._subject = subject
        self.nlink = 2 + subject.thread_count

    def make(self, name: str) -> Inode | None:
        """A thread's directory, if it is one of this process."""
        tid = process_number(name)
        subject = Subject.of_task(self.fs.kernel, self._subject.process, tid) if tid is not None else None
        return ProcessDirectory(self.fs, subject) if subject is not None else None

    def still_there(self, dentry: Dentry) -> bool:
        """While the thread lives."""
        return isinstance(dentry.inode, ProcessDirectory) and dentry.inode.subject.exists

    def names(self) -> Iterator[tuple[str, int]]:
        """The threads, by id."""
        threads = Subject.threads(self._subject.process) if self._subject.exists else ()
        return ((str(task.tid), self.FIRST_COOKIE + task.tid) for task in threads)


def process_number(name: str) -> int | None:
    """The id that a directory name stands for: decimal digits without leading zeros."""
    return (
        int(name) if name.isascii() and name.isdigit() and name[0] != "0" and len(name) <= len(str(1 << 22)) else None
    )
