"""The root directory of /proc: the machine's files, then a directory for each process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from app.kernel.errno import Errno, KernelError
from app.kernel.fs.dentry import Dentry
from app.kernel.fs.inode import Inode, Symlink
from app.kernel.fs.mounts import PROC, PROC_SUPER_MAGIC
from app.kernel.fs.pseudo import PseudoDirectory, PseudoFile, PseudoLink, PseudoSuperBlock, mount

from . import sysctl, system, sysvipc
from .process import ProcessDirectory, process_number
from .subject import Subject

if TYPE_CHECKING:
    from app.kernel.call import Call
    from app.kernel.kernel import Kernel

FIRST_PROCESS_COOKIE = 256
"""The listing has the machine's files before this position, and process N at N places after it."""


def mount_proc(kernel: Kernel, root: Dentry) -> None:
    """Put /proc below `root`."""
    mount(root, "proc", ProcRoot(PseudoSuperBlock(kernel, PROC.type, PROC.device, PROC_SUPER_MAGIC)))


def _refuse_write(call: Call, data: bytes) -> None:
    raise KernelError(Errno.EIO, "This file cannot be written")


def _file(show: Callable[[Kernel], str | bytes]) -> Callable[[PseudoSuperBlock], Inode]:
    return lambda fs: PseudoFile(fs, partial(show, fs.kernel), store=_refuse_write)


def _link(target: str) -> Callable[[PseudoSuperBlock], Inode]:
    return lambda fs: Symlink(fs, target, 0, 0)


_TABLE: dict[str, Callable[[PseudoSuperBlock], Inode]] = {
    **{name: _file(show) for name, show in system.FILES.items()},
    "mounts": _link("self/mounts"),
    "net": _link("self/net"),
    "sysvipc": sysvipc.directory,
    "sys": lambda fs: sysctl.directory(fs, sysctl.SETTINGS),
}

_LINKS: dict[str, Callable[[PseudoSuperBlock], str]] = {
    "self": lambda fs: str(fs.current.process.pid),
    "thread-self": lambda fs: f"{fs.current.process.pid}/task/{fs.current.tid}",
}
"""Links that lead to whoever looks."""


class ProcRoot(PseudoDirectory):
    """/proc itself."""

    def make(self, name: str) -> Inode | None:
        """A file of the machine, a link to the process that asks, or a process."""
        if name in _TABLE:
            return _TABLE[name](self.fs)
        if name in _LINKS:
            return PseudoLink(self.fs, partial(_LINKS[name], self.fs))
        pid = process_number(name)
        subject = Subject.of_process(self.fs.kernel, pid) if pid is not None else None
        return ProcessDirectory(self.fs, subject) if subject is not None else None

    def still_there(self, dentry: Dentry) -> bool:
        """A process's directory goes with the process."""
        inode = dentry.inode
        if not isinstance(inode, ProcessDirectory):
            return True
        inode.uid, inode.gid = inode.subject.directory_owner
        return inode.subject.exists

    def names(self) -> Iterator[tuple[str, int]]:
        """The machine's files, short names first, then the links, then the processes by number."""
        for index, name in enumerate(sorted(_TABLE, key=lambda name: (len(name), name))):
            yield name, self.FIRST_COOKIE + index
        for index, name in enumerate(_LINKS):
            yield name, FIRST_PROCESS_COOKIE + index
        for pid in sorted(self.fs.kernel.processes):
            yield str(pid), FIRST_PROCESS_COOKIE + len(_LINKS) + pid
