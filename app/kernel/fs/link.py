"""Hard links: another name for a file (link(2))."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from app.kernel.arguments import Int
from app.kernel.errno import Errno

from . import notify
from .attributes import Target, find_target
from .create import need_creatable
from .names import Place, new_name
from .path import PathWalk
from .permission import MAY_READ, MAY_WRITE, owns

if TYPE_CHECKING:
    from app.kernel.call import Call

MAX_LINKS = 65000
"""Names that one file can have, as on ext4."""


def make_link(call: Call, old: Place, new: Place, follow: bool = False, allow_empty: bool = False) -> Int:
    """link(2), linkat(2)."""
    source = find_target(call, old[0], old[1], follow, allow_empty)
    walk = PathWalk(call, new[1])
    lookup = new_name(walk, new[0], directory=False, check_parent=False)
    inode = source.inode
    if source.dentry is None or inode.fs is not lookup.parent.inode.fs:
        walk.refuse(Errno.EXDEV, f"{source.path} is on another file system, and a link cannot cross.")
    if not owns(inode, call.task.credentials) and not _is_safe(call, source):
        walk.refuse(Errno.EPERM, f"{source.path} is another's, and this user may not both read and write it.")
    need_creatable(walk, lookup.parent)
    if inode.is_directory:
        walk.refuse(Errno.EPERM, f"{source.path} is a directory, which has one name only.")
    if not inode.nlink and not inode.linkable:
        walk.refuse(Errno.ENOENT, f"{source.path} has lost its last name.")
    if inode.nlink >= MAX_LINKS:
        walk.refuse(Errno.EMLINK, f"{source.path} has {MAX_LINKS} names already, as many as a file can have.")
    inode.nlink += 1
    inode.linkable = False
    inode.changed()
    dentry = lookup.parent.create(lookup.name, inode)
    notify.self_event(inode, notify.IN_ATTRIB)
    notify.directory_event(lookup.parent.inode, lookup.name, inode, notify.IN_CREATE)
    call.service("vfs", "link", f"{dentry.path} is a name of inode {inode.number}, which has {inode.nlink} names now.")
    return Int(0)


def _is_safe(call: Call, source: Target) -> bool:
    """Whether another's file may be linked: one that gives no rights away (/proc/sys/fs/protected_hardlinks)."""
    mode = source.inode.mode
    return (
        source.inode.is_regular
        and not mode & stat.S_ISUID
        and mode & (stat.S_ISGID | stat.S_IXGRP) != stat.S_ISGID | stat.S_IXGRP
        and source.inode.permits(call.task.credentials, MAY_READ | MAY_WRITE)
    )
