"""From an inode to an open file description: the operations that fit its type."""

from __future__ import annotations

from app.kernel.abi.constants import OpenFlag
from app.kernel.errno import Errno, KernelError

from .dentry import Dentry
from .directory import DirectoryDescription
from .fifo import Fifo
from .file import FileDescription, PathHandle, RegularDescription
from .inode import Directory, RegularFile
from .pipe import Pipe
from .superblock import SuperBlock


def open_dentry(fs: SuperBlock, dentry: Dentry, flags: int) -> FileDescription:
    """Open what `dentry` names. Permissions have been checked. Raises EINVAL for O_DIRECT where nothing is cached, and
    ENXIO when no driver answers."""
    inode = dentry.inode
    if flags & OpenFlag.O_PATH:
        return PathHandle(fs, inode, flags, dentry)
    file = _open(fs, dentry, flags)
    if flags & OpenFlag.O_DIRECT and (isinstance(inode, Fifo) or not isinstance(inode, RegularFile | Pipe)):
        file.release()
        raise KernelError(Errno.EINVAL, f"O_DIRECT is for regular files, and {dentry.path} is none")
    return file


def _open(fs: SuperBlock, dentry: Dentry, flags: int) -> FileDescription:
    inode = dentry.inode
    if isinstance(inode, RegularFile):
        return RegularDescription(fs, inode, flags, dentry)
    if isinstance(inode, Directory):
        return DirectoryDescription(fs, inode, flags, dentry)
    return inode.open(fs, flags, dentry)
