"""Who may do what with a file (path_resolution(7), credentials(7), capabilities(7))."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.kernel.task import Credentials

    from .inode import Inode

MAY_EXEC = 1
MAY_WRITE = 2
MAY_READ = 4


def is_privileged(who: Credentials) -> bool:
    """Whether file permissions do not bind `who` (CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_CHOWN and their like)."""
    return who.euid == 0


def file_user(who: Credentials) -> int:
    """The user that file permissions are checked for, and that new files belong to."""
    return who.euid


def file_group(who: Credentials) -> int:
    """The group that new files belong to."""
    return who.egid


def in_group(who: Credentials, gid: int) -> bool:
    """Whether `gid` is one of the groups of `who`."""
    return gid == who.egid


def permits(inode: Inode, who: Credentials, wanted: int, real_ids: bool = False) -> bool:
    """Whether `who` may do `wanted` (MAY_READ | MAY_WRITE | MAY_EXEC), path_resolution(7), "Permissions".

    Only one class of permission bits counts: owner, else group, else others. The superuser may do all but execute a
    file that nobody may execute. `real_ids` asks for the real instead of the effective user, as access(2) does.
    """
    uid = who.uid if real_ids else file_user(who)
    if (uid == 0) if real_ids else is_privileged(who):
        return not wanted & MAY_EXEC or inode.is_directory or bool(inode.mode & 0o111)
    if uid == inode.uid:
        return not wanted & ~(inode.mode >> 6)
    group = inode.gid == who.gid if real_ids else in_group(who, inode.gid)
    return not wanted & ~(inode.mode >> (3 if group else 0))


def owns(inode: Inode, who: Credentials) -> bool:
    """Whether `who` may do what is for the owner of the file (Linux `inode_owner_or_capable`)."""
    return is_privileged(who) or file_user(who) == inode.uid


def keeps_set_group_id(inode: Inode, who: Credentials, gid: int) -> bool:
    """Whether `who` may leave S_ISGID on a file of group `gid` (Linux `in_group_or_capable`)."""
    return is_privileged(who) or in_group(who, gid)


def without_set_ids(inode: Inode, who: Credentials) -> int:
    """The mode without what lets a program run with its owner's rights, as a change of its owner leaves it."""
    mode = inode.mode & ~stat.S_ISUID
    if mode & stat.S_ISGID and (mode & stat.S_IXGRP or not keeps_set_group_id(inode, who, inode.gid)):
        mode &= ~stat.S_ISGID
    return mode
