"""Who may do what with a file (path_resolution(7), credentials(7), capabilities(7))."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from msgspec.structs import replace

from app.kernel.credentials import Capability

if TYPE_CHECKING:
    from app.kernel.credentials import Credentials

    from .inode import Inode

MAY_EXEC = 1
MAY_WRITE = 2
MAY_READ = 4


def file_user(who: Credentials) -> int:
    """The user that file permissions are checked for, and that new files belong to."""
    return who.fsuid


def file_group(who: Credentials) -> int:
    """The group that new files belong to."""
    return who.fsgid


def permits(inode: Inode, who: Credentials, wanted: int, real_ids: bool = False) -> bool:
    """Whether `who` may do `wanted` (MAY_READ | MAY_WRITE | MAY_EXEC), path_resolution(7), "Permissions".

    Only one class of permission bits counts: owner, else group, else others. CAP_DAC_OVERRIDE may do all but execute a
    file that nobody may execute; CAP_DAC_READ_SEARCH may read files and search directories. `real_ids` asks for the
    real instead of the effective user, as access(2) does.
    """
    if real_ids:
        who = replace(who, fsuid=who.uid, fsgid=who.gid, cap_effective=0 if who.uid else who.cap_permitted)
    shift = 6 if who.fsuid == inode.uid else 3 if who.in_group(inode.gid) else 0
    if not wanted & ~(inode.mode >> shift):
        return True
    if who.capable(Capability.CAP_DAC_OVERRIDE):
        return not wanted & MAY_EXEC or inode.is_directory or bool(inode.mode & 0o111)
    harmless = MAY_READ | MAY_EXEC if inode.is_directory else MAY_READ
    return not wanted & ~harmless and who.capable(Capability.CAP_DAC_READ_SEARCH)


def owns(inode: Inode, who: Credentials) -> bool:
    """Whether `who` may do what is for the owner of the file (Linux `inode_owner_or_capable`)."""
    return who.fsuid == inode.uid or who.capable(Capability.CAP_FOWNER)


def keeps_set_group_id(who: Credentials, gid: int) -> bool:
    """Whether `who` may leave S_ISGID on a file of group `gid` (Linux `in_group_or_capable`)."""
    return who.in_group(gid) or who.capable(Capability.CAP_FSETID)


def without_set_ids(inode: Inode, who: Credentials) -> int:
    """The mode without what lets a program run with its owner's rights, as a change of its owner leaves it."""
    mode = inode.mode & ~stat.S_ISUID
    if mode & stat.S_ISGID and (mode & stat.S_IXGRP or not keeps_set_group_id(who, inode.gid)):
        mode &= ~stat.S_ISGID
    return mode
