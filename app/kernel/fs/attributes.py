"""Changing what an inode says about a file: mode, owner, times (Linux fs/attr.c), and finding the file to change."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from msgspec import Struct

from app.kernel.clock import SECOND
from app.kernel.credentials import Capability
from app.kernel.errno import Errno, KernelError

from . import notify
from .dentry import Dentry
from .inode import Inode, RegularFile
from .path import PathWalk
from .permission import MAY_WRITE, file_user, keeps_set_group_id, owns, without_set_ids
from .pseudo import PseudoFile
from .size_limit import need_size

if TYPE_CHECKING:
    from app.kernel.arguments import DirFd, Path
    from app.kernel.call import Call

    from .file import FileDescription

NO_ID = 0xFFFF_FFFF
"""The user or group id that stands for "leave it as it is", chown(2)."""

MIN_TIME, MAX_TIME = -(1 << 31), (1 << 34) - 1 - (1 << 31)
"""The earliest and latest second that an inode can hold, as on ext4."""


class Target(Struct):
    """A file that a call found by path or by descriptor; `dentry` is None for what has no name, such as a pipe."""

    inode: Inode
    dentry: Dentry | None
    path: str

    @classmethod
    def of(cls, file: FileDescription) -> Target:
        """What an open file description stands for."""
        return cls(file.inode, file.dentry, file.path)


def find_target(call: Call, dirfd: DirFd | None, path: Path, follow: bool = True, allow_empty: bool = False) -> Target:
    """The file that `path` names, from `dirfd` on (None: the working directory).

    With `allow_empty` (AT_EMPTY_PATH) the empty path stands for `dirfd` itself, whatever it is. Raises what a path
    walk does.
    """
    if allow_empty and dirfd is not None and not dirfd.is_cwd and path.is_empty():
        return Target.of(dirfd.any_file)
    dentry = PathWalk(call, path, allow_empty=allow_empty).find(dirfd, follow)
    return Target(dentry.inode, dentry, dentry.path)


def change_mode(call: Call, target: Target, mode: int) -> None:
    """Set the permission bits (chmod(2)). Raises EOPNOTSUPP for a symbolic link, EPERM for another's file."""
    inode = target.inode
    who = call.task.credentials
    _need_own_inode(target)
    if inode.is_symlink:
        raise KernelError(Errno.EOPNOTSUPP, f"{target.path} is a symbolic link, and a link has no mode of its own")
    _need_owner(call, target, "changes its mode")
    mode &= 0o7777
    if mode & stat.S_ISGID and not keeps_set_group_id(who, inode.gid):
        mode &= ~stat.S_ISGID
    if not inode.may_become_mode(mode):
        raise KernelError(Errno.EPERM, f"{target.path} keeps its mode: it is sealed, or the kernel makes it up")
    inode.mode = inode.type | mode
    inode.changed()
    notify.file_event(inode, target.dentry, notify.IN_ATTRIB)
    call.service("vfs", "attributes", f"The mode of {target.path} is {mode:04o} now.")


def change_owner(call: Call, target: Target, uid: int, gid: int) -> None:
    """Set owner and group; NO_ID leaves one as it is (chown(2)). Raises EPERM.

    Whoever does it, a program loses its set-user-ID and set-group-ID bits.
    """
    inode = target.inode
    who = call.task.credentials
    _need_own_inode(target)
    is_owner = file_user(who) == inode.uid
    may_change = who.capable(Capability.CAP_CHOWN)
    if uid != NO_ID and not may_change and not (is_owner and uid == inode.uid):
        raise KernelError(Errno.EPERM, "Only the superuser gives files away")
    if gid != NO_ID and not may_change and not (is_owner and (who.in_group(gid) or gid == inode.gid)):
        raise KernelError(Errno.EPERM, "The owner may only choose a group of their own")
    mode = inode.mode if inode.is_directory else without_set_ids(inode, who)
    if mode != inode.mode:
        _need_owner(call, target, "takes its set-user-ID bit away")
    changes = (uid, gid) != (NO_ID, NO_ID) or mode != inode.mode
    if uid != NO_ID:
        inode.uid = uid
    if gid != NO_ID:
        inode.gid = gid
    inode.mode = mode
    inode.changed()
    if changes:
        notify.file_event(inode, target.dentry, notify.IN_ATTRIB)
    call.service("vfs", "attributes", f"{target.path} belongs to user {inode.uid} and group {inode.gid} now.")


def change_times(call: Call, target: Target, times: tuple[int | None, int | None] | None) -> None:
    """Set the times of last access and modification, ns since 1970 (utimensat(2)).

    A time of None stays as it is. `times` None sets both to the present, which who may write the file may
    do too. Raises EPERM for explicit times and EACCES for the present.
    """
    inode = target.inode
    who = call.task.credentials
    if times is None and not owns(inode, who) and not inode.permits(who, MAY_WRITE):
        raise KernelError(Errno.EACCES, f"This user neither owns {target.path} nor may write to it")
    _need_own_inode(target)
    if times is not None:
        _need_owner(call, target, "sets its times")
    access, modification = times or (inode.fs.now, inode.fs.now)
    if access is not None:
        inode.atime = clamped_time(access)
    if modification is not None:
        inode.mtime = clamped_time(modification)
    inode.changed()
    event = notify.IN_MODIFY if access is None else notify.IN_ACCESS if modification is None else notify.IN_ATTRIB
    notify.file_event(inode, target.dentry, event)
    call.service("vfs", "attributes", f"The times of {target.path} are set.")


def clamped_time(time: int) -> int:
    """The nearest time, in ns, that an inode can hold; the first and last second have no fractions."""
    seconds = min(max(time // SECOND, MIN_TIME), MAX_TIME)
    return seconds * SECOND if seconds in (MIN_TIME, MAX_TIME) else time


def truncate(call: Call, target: Target, size: int) -> None:
    """Give a regular file another size, but not one that the kernel makes up. Raises EPERM when a seal forbids it."""
    inode = target.inode
    if isinstance(inode, PseudoFile):
        call.service("vfs", "truncate", f"{target.path} is made up when it is read, so it has no size to change.")
        return
    if not isinstance(inode, RegularFile):
        raise KernelError(Errno.EINVAL, f"{target.path} is no regular file")
    if not inode.may_become(size):
        raise KernelError(Errno.EPERM, f"A seal of {target.path} forbids the new size")
    need_size(call, size, inode.size)
    inode.drop_privileges(call.task.credentials)
    inode.truncate(size)
    notify.file_event(inode, target.dentry, notify.IN_MODIFY)
    call.service("vfs", "truncate", f"{target.path} has {size} bytes now.")


def _need_own_inode(target: Target) -> None:
    """The inodes of anonymous files stay as they are. Raises EOPNOTSUPP."""
    if not target.inode.changeable:
        raise KernelError(Errno.EOPNOTSUPP, f"{target.path} has an inode that nobody changes")


def _need_owner(call: Call, target: Target, deed: str) -> None:
    if not owns(target.inode, call.task.credentials):
        raise KernelError(Errno.EPERM, f"Only the owner of {target.path} {deed}")
