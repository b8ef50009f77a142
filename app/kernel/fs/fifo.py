"""Named pipes (fifo(7)): a pipe that is found by a path, and whose opening waits for the other end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.errno import Errno, KernelError
from app.kernel.wait import Blocking, Sleep

from .dentry import Dentry
from .pipe import Pipe, PipeEnd
from .superblock import SuperBlock

if TYPE_CHECKING:
    from app.kernel.call import Call


class Fifo(Pipe):
    """The inode. What is in the pipe is lost when the last of both ends closes it.

    `opened_readers` and `opened_writers` count the opens there ever were: an open for reading waits for the second
    to change, even if that writer is gone again.
    """

    named = True
    nameless_magic = 0

    def open(self, fs: SuperBlock, flags: int, dentry: Dentry) -> FifoEnd:
        """One more end, which may have to wait for the other (`FifoEnd.meet_partner`)."""
        return FifoEnd(fs, self, flags, dentry)

    def __init__(self, fs: SuperBlock, permissions: int, uid: int, gid: int) -> None:
        super().__init__(fs, uid, gid, permissions)
        self.opened_readers = 0
        self.opened_writers = 0


class FifoEnd(PipeEnd):
    """An open fifo: for reading, for writing, or (Linux only) for both."""

    what = "a fifo"

    def __init__(self, fs: SuperBlock, fifo: Fifo, flags: int, dentry: Dentry) -> None:
        super().__init__(fs, fifo, flags, dentry)
        self.fifo = fifo
        self._writers_before: int | None = None
        if self.readable:
            fifo.opened_readers += 1
        if self.writable:
            fifo.opened_writers += 1
        fifo.partner_queue.wake_all()

    @property
    def born_alone(self) -> bool:
        """Whether no writer has come since it was opened without waiting for one."""
        return self._writers_before == self.fifo.opened_writers

    def meet_partner(self, call: Call) -> Blocking[None]:
        """Wait until the other end is open, as fifo(7) says.

        With O_NONBLOCK a reader does not wait, and a writer without a reader is refused with ENXIO.
        """
        fifo = self.fifo
        if self.readable and self.writable:
            return
        if self.nonblocking:
            if self.writable and not fifo.readers:
                raise KernelError(Errno.ENXIO, f"Nobody has {self.path} open for reading", "pipe")
            if self.readable and not fifo.writers:
                self._writers_before = fifo.opened_writers
            return
        if (fifo.writers if self.readable else fifo.readers) > 0:
            return
        other = "writes" if self.readable else "reads"
        seen = self._partners()
        while self._partners() == seen:
            sentence = f"Nobody {other} {self.path} yet, so the task sleeps."
            yield from call.sleep(Sleep(on="pipe", sentence=sentence, queues=(fifo.partner_queue,)))

    def _partners(self) -> int:
        return self.fifo.opened_writers if self.readable else self.fifo.opened_readers
