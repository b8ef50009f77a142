"""Telling watchers what happens to files (fsnotify of Linux): who watches is `inotify.py`'s business.

Every operation on a file calls one of these. Without a watch in the whole file system they do nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.file_constants import InotifyMask

if TYPE_CHECKING:
    from .dentry import Dentry
    from .inode import Inode

IN_ACCESS = int(InotifyMask.IN_ACCESS)
IN_MODIFY = int(InotifyMask.IN_MODIFY)
IN_ATTRIB = int(InotifyMask.IN_ATTRIB)
IN_CLOSE_WRITE = int(InotifyMask.IN_CLOSE_WRITE)
IN_CLOSE_NOWRITE = int(InotifyMask.IN_CLOSE_NOWRITE)
IN_OPEN = int(InotifyMask.IN_OPEN)
IN_CREATE = int(InotifyMask.IN_CREATE)
IN_DELETE = int(InotifyMask.IN_DELETE)
IN_DELETE_SELF = int(InotifyMask.IN_DELETE_SELF)
IN_MOVED_FROM = int(InotifyMask.IN_MOVED_FROM)
IN_MOVED_TO = int(InotifyMask.IN_MOVED_TO)
IN_MOVE_SELF = int(InotifyMask.IN_MOVE_SELF)
IN_ISDIR = int(InotifyMask.IN_ISDIR)


def file_event(inode: Inode, dentry: Dentry | None, event: int) -> None:
    """Something happened to a file: those who watch its directory hear its name, then those who watch itself."""
    if not inode.fs.watches:
        return
    event |= IN_ISDIR if inode.is_directory else 0
    if dentry is not None and not dentry.is_root:
        _tell(dentry.parent.inode, event, dentry.name, inode)
    _tell(inode, event, "", inode)


def directory_event(directory: Inode, name: str, child: Inode, event: int, cookie: int = 0) -> None:
    """A name came into a directory or went out of it. `cookie` ties the two halves of a move together."""
    if directory.fs.watches:
        _tell(directory, event | (IN_ISDIR if child.is_directory else 0), name, None, cookie)


def self_event(inode: Inode, event: int) -> None:
    """Something happened to a file under whatever name."""
    if inode.fs.watches:
        _tell(inode, event, "", None)


def forget(inode: Inode) -> None:
    """The file is gone: its watchers hear so, and watch no longer."""
    if inode.fs.watches:
        _tell(inode, IN_DELETE_SELF, "", None)
        for watch in list(inode.watches):
            watch.group.remove(watch)


def _tell(inode: Inode, event: int, name: str, child: Inode | None, cookie: int = 0) -> None:
    for watch in list(inode.watches):
        if name and child is not None and watch.excludes_unlinked and not child.nlink:
            continue
        watch.group.queue(watch, event, name, cookie)
