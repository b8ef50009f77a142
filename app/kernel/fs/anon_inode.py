"""Files without a place in the file system: what eventfd(2), epoll_create(2), timerfd_create(2) and their like make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.constants import OpenFlag

from .file import FileDescription
from .inode import Inode
from .superblock import SuperBlock

if TYPE_CHECKING:
    from app.kernel.call import Call

PERMISSIONS = 0o600


class AnonymousFile(FileDescription):
    """An open file that is only a descriptor. `name` is what /proc/self/fd shows: `anon_inode:[eventfd]`."""

    name = "anon_inode"
    seekable = True
    """One may ask to seek; that does nothing (Linux `noop_llseek`)."""

    def __init__(self, fs: SuperBlock, flags: int) -> None:
        inode = Inode(fs, PERMISSIONS, 0, 0)
        inode.nlink = 0
        super().__init__(fs, inode, flags, path=f"anon_inode:{self.name}")

    def seek(self, call: Call, offset: int, whence: int) -> int:
        """Seeking has no effect."""
        return 0


def install(call: Call, file: FileDescription, close_on_exec: bool) -> int:
    """Give `file` the lowest free descriptor, which is returned. Raises EMFILE."""
    files = call.task.files
    number = files.lowest_free()
    files.install(call.kernel, number, file, close_on_exec)
    return number


READ_WRITE = int(OpenFlag.O_RDWR)
