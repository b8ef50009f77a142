"""/dev/pts, /dev/ptmx and /dev/tty: the names of terminals (pts(4), tty(4))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.errno import Errno, KernelError

from .dentry import Dentry
from .device import CharacterDevice
from .file import FileDescription
from .inode import Directory, Inode
from .job_control import controlling_terminal
from .mounts import DEVPTS, DEVPTS_SUPER_MAGIC
from .pseudo import PseudoSuperBlock
from .pty import PTS_MAJOR, TTY_GROUP, MasterDevice
from .superblock import SuperBlock
from .tty import Terminal

if TYPE_CHECKING:
    from app.kernel.kernel import Kernel


class TerminalDirectory(Directory):
    """/dev/pts: one device for each terminal that exists."""

    creation_error = Errno.EPERM


class ControllingTerminal(CharacterDevice):
    """/dev/tty: whatever terminal controls the session of the process that opens it."""

    def __init__(self, fs: SuperBlock, kernel: Kernel) -> None:
        super().__init__(fs, 0o666, (5, 0), self._open_own)
        self._kernel = kernel

    def _open_own(self, fs: SuperBlock, inode: Inode, flags: int, dentry: Dentry | None) -> FileDescription:
        """Raises ENXIO when there is none."""
        current = self._kernel.scheduler.current
        terminal = controlling_terminal(self._kernel, current.process) if current is not None else None
        if terminal is None:
            raise KernelError(Errno.ENXIO, "The process has no controlling terminal", "tty")
        return terminal.open(fs, inode, flags, dentry)


def _no_console(fs: SuperBlock, inode: Inode, flags: int, dentry: Dentry | None) -> FileDescription:
    """The machine has no console of its own."""
    raise KernelError(Errno.ENODEV, "The machine has no console", "tty")


def mount_terminals(kernel: Kernel, devices: Dentry, terminal: Terminal | None, owner: int) -> None:
    """Fill the directory `devices` with the names of terminals; `terminal` is the run's own, which `owner` has."""
    fs = devices.inode.fs
    pts_fs = PseudoSuperBlock(kernel, DEVPTS.type, DEVPTS.device, DEVPTS_SUPER_MAGIC)
    pts = devices.create("pts", TerminalDirectory(pts_fs, 0o755, 0, 0))
    pts.create("ptmx", MasterDevice(pts_fs, kernel, pts))
    if terminal is not None:
        kernel.terminals[0] = terminal
        device = CharacterDevice(pts_fs, 0o620, (PTS_MAJOR, 0), terminal.open)
        device.uid, device.gid = owner, TTY_GROUP
        pts.create("0", device)
    devices.create("ptmx", MasterDevice(fs, kernel, pts))
    devices.create("tty", ControllingTerminal(fs, kernel))
    devices.create("console", CharacterDevice(fs, 0o600, (5, 1), _no_console))
