"""Descriptors that stand for a process (pidfd_open(2)): unlike a number, they never come to mean another one."""

from __future__ import annotations

from app.kernel.poll import READABLE
from app.kernel.task import Process
from app.kernel.wait import WaitQueue

from .anonymous import AnonymousDescription
from .inode import Inode
from .superblock import SuperBlock

_MODE = 0o700


class PidfdDescription(AnonymousDescription):
    """An open pidfd. It becomes readable when its process has ended."""

    kind = "pidfd"
    what = "a process"
    name = "[pidfd]"
    can_read = can_write = False

    def __init__(self, fs: SuperBlock, process: Process, flags: int) -> None:
        if process.pidfd_inode is None:
            process.pidfd_inode = Inode(fs, _MODE, 0, 0)
            process.pidfd_inode.changeable = False
        super().__init__(fs, flags, process.pidfd_inode)
        self.process = process

    @property
    def positioned(self) -> bool:
        """To Linux it has positions, though nothing can be read at one."""
        return True

    def poll(self) -> int:
        """Readable once the process has ended."""
        return READABLE if self.process.is_zombie else 0

    def poll_queues(self) -> tuple[WaitQueue, ...]:
        """Woken when it ends."""
        return (self.process.exit_events,)
