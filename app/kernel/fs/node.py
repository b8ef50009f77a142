"""Making files that are no directories or links: mknod(2)."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from app.kernel.arguments import Int
from app.kernel.credentials import Capability
from app.kernel.errno import Errno

from . import notify
from .create import owner_group
from .fifo import Fifo
from .inode import Inode, RegularFile
from .names import new_name
from .path import PathWalk
from .permission import file_user

if TYPE_CHECKING:
    from app.kernel.arguments import DirFd, Path
    from app.kernel.call import Call

_DEVICES = (stat.S_IFCHR, stat.S_IFBLK)
_KINDS = (0, stat.S_IFREG, stat.S_IFIFO, stat.S_IFSOCK, *_DEVICES)


def make_node(call: Call, dirfd: DirFd | None, path: Path, mode: int, device: int) -> Int:
    """mknod(2), mknodat(2)."""
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFDIR:
        raise call.refuse(Errno.EPERM, "mode", "type", oct(mode), "A directory is made by mkdir.")
    if kind not in _KINDS:
        raise call.refuse(Errno.EINVAL, "mode", "type", oct(mode), "mknod makes no files of this type.")
    walk = PathWalk(call, path)
    lookup = new_name(walk, dirfd, directory=False)
    who = call.task.credentials
    if kind in _DEVICES and not (kind == stat.S_IFCHR and device == 0) and not who.capable(Capability.CAP_MKNOD):
        raise call.refuse(Errno.EPERM, "mode", "capability", oct(mode), "Only the superuser makes devices.")
    context = call.task.fs
    fs = lookup.parent.inode.fs
    permissions = mode & 0o7777 & ~context.umask
    group = owner_group(call, lookup.parent)
    inode: Inode
    if kind in (0, stat.S_IFREG):
        inode = RegularFile(fs, permissions, file_user(who), group)
    elif kind == stat.S_IFIFO:
        inode = Fifo(fs, permissions, file_user(who), group)
    else:
        inode = Inode(fs, kind | permissions, file_user(who), group, rdev=device)
    dentry = lookup.parent.create(lookup.name, inode)
    notify.directory_event(lookup.parent.inode, lookup.name, inode, notify.IN_CREATE)
    call.service("vfs", "create", f"{dentry.path} is created: inode {inode.number}.")
    return Int(0)
