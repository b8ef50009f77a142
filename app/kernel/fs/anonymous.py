"""Open files without a place in any directory: eventfd, epoll, pidfd and their like (Linux's anon_inode)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.errno import Errno, KernelError
from app.kernel.wait import Blocking

from .file import FileDescription, Sink, Source
from .inode import Inode
from .superblock import SuperBlock

if TYPE_CHECKING:
    from app.kernel.call import Call


class AnonymousDescription(FileDescription):
    """An open anonymous file; all share one inode, unless they have their own.

    `name` is what /proc/self/fd shows after `anon_inode:`.
    """

    kind = "anonymous"
    name = ""

    def __init__(self, fs: SuperBlock, flags: int, inode: Inode | None = None) -> None:
        super().__init__(fs, inode or anonymous_inode(fs), flags, path=f"anon_inode:{self.name}")


class NoticeDescription(AnonymousDescription):
    """One that tells of events, such as an eventfd: one may seek in it, which does nothing (Linux `noop_llseek`)."""

    seekable = True

    @property
    def positioned(self) -> bool:
        """It has no positions, though lseek(2) succeeds."""
        return False

    def read(self, call: Call, sink: Sink, position: int | None = None) -> Blocking[int]:
        """It has no positions to read at all the same. Raises ESPIPE."""
        self._refuse_position(position)
        return (yield from super().read(call, sink))

    def write(self, call: Call, source: Source, position: int | None = None) -> Blocking[int]:
        """Nor to write at. Raises ESPIPE."""
        self._refuse_position(position)
        return (yield from super().write(call, source))

    def _refuse_position(self, position: int | None) -> None:
        if position is not None:
            raise KernelError(Errno.ESPIPE, f"{self.path} has no positions to read or write at")

    def seek(self, call: Call, offset: int, whence: int) -> int:
        """The offset stays 0."""
        return 0


def install(call: Call, file: FileDescription, close_on_exec: bool) -> int:
    """Give `file` the lowest free descriptor, which is returned. Raises EMFILE."""
    files = call.task.files
    number = files.lowest_free()
    files.install(call.kernel, number, file, close_on_exec)
    return number


def anonymous_inode(fs: SuperBlock) -> Inode:
    """The inode of all anonymous files, made when the first is opened."""
    if fs.anonymous is None:
        fs.anonymous = Inode(fs, 0o600, 0, 0)
        fs.anonymous.changeable = False
    return fs.anonymous
