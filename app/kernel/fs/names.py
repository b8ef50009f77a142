"""Making, removing and moving names in directories."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from app.kernel.abi.constants import RenameFlag
from app.kernel.arguments import Int
from app.kernel.errno import Errno

from . import notify
from .create import need_creatable, owner_group
from .dentry import Dentry
from .inode import Directory, Inode, Symlink
from .path import Lookup, PathWalk
from .permission import MAY_EXEC, MAY_WRITE, file_user, owns

if TYPE_CHECKING:
    from app.kernel.arguments import DirFd, Mode, Path
    from app.kernel.call import Call

Place = tuple["DirFd | None", "Path"]
"""A path and the directory that it is relative to."""

_SGID = 0o2000
_STICKY = 0o1000


def make_directory(call: Call, dirfd: DirFd | None, path: Path, mode: Mode) -> Int:
    """mkdir(2)."""
    walk = PathWalk(call, path)
    lookup = new_name(walk, dirfd)
    parent = lookup.parent
    context = call.task.fs
    who = call.task.credentials
    permissions = int(mode) & 0o1777 & ~context.umask | parent.inode.mode & _SGID
    inode = Directory(parent.inode.fs, permissions, file_user(who), owner_group(call, parent))
    dentry = parent.create(lookup.name, inode)
    notify.directory_event(parent.inode, lookup.name, inode, notify.IN_CREATE)
    call.service("vfs", "create", f"The directory {dentry.path} is created: inode {inode.number}.")
    return Int(0)


def make_symlink(call: Call, target: Path, dirfd: DirFd | None, path: Path) -> Int:
    """symlink(2)."""
    text = target.read_name()
    walk = PathWalk(call, path)
    lookup = new_name(walk, dirfd, directory=False)
    who = call.task.credentials
    inode = Symlink(lookup.parent.inode.fs, text, file_user(who), owner_group(call, lookup.parent))
    dentry = lookup.parent.create(lookup.name, inode)
    notify.directory_event(lookup.parent.inode, lookup.name, inode, notify.IN_CREATE)
    call.service("vfs", "create", f"{dentry.path} is created, a symbolic link to {text}.")
    return Int(0)


def new_name(walk: PathWalk, dirfd: DirFd | None, directory: bool = True, check_parent: bool = True) -> Lookup:
    """A name that does not exist, in a directory where it may be created (checked unless `check_parent` is False)."""
    lookup = walk.look_up(dirfd, follow=False, parent_only=True)
    if lookup.special or lookup.dentry is not None:
        walk.refuse(Errno.EEXIST, "The name exists already.")
    walk.need_short_name(lookup.name)
    if lookup.parent.directory.creation_error is Errno.ENOENT:
        walk.refuse(Errno.ENOENT, f"{lookup.parent.path} has only the names that the kernel gives it.")
    if lookup.directory_wanted and not directory:
        walk.refuse(Errno.ENOENT, "The path ends in a slash, so it can only name a directory.")
    if check_parent:
        need_creatable(walk, lookup.parent)
    return lookup


def remove_directory(call: Call, dirfd: DirFd | None, path: Path) -> Int:
    """rmdir(2)."""
    walk = PathWalk(call, path)
    lookup = walk.look_up(dirfd, follow=False, parent_only=True)
    if lookup.special:
        errno = {".": Errno.EINVAL, "..": Errno.ENOTEMPTY}.get(lookup.name, Errno.EBUSY)
        walk.refuse(errno, f"A directory cannot be removed by the name {lookup.name}.")
    dentry = _existing(walk, lookup)
    need_removable(call, walk, dentry, directory=True)
    _need_empty(walk, dentry)
    path_text = dentry.path
    _unlink(dentry)
    call.service("vfs", "remove", f"The directory {path_text} is removed.")
    return Int(0)


def remove_name(call: Call, dirfd: DirFd | None, path: Path) -> Int:
    """unlink(2)."""
    walk = PathWalk(call, path)
    lookup = walk.look_up(dirfd, follow=False, parent_only=True)
    if lookup.special:
        walk.refuse(Errno.EISDIR, "The path names a directory; unlink removes other files.")
    dentry = _existing(walk, lookup)
    if lookup.directory_wanted:
        errno = Errno.EISDIR if dentry.inode.is_directory else Errno.ENOTDIR
        walk.refuse(errno, "The path ends in a slash, and unlink does not remove directories.")
    need_removable(call, walk, dentry, directory=False)
    path_text = dentry.path
    inode = dentry.inode
    notify.self_event(inode, notify.IN_ATTRIB)
    _unlink(dentry)
    rest = "The file stays until it is closed." if inode.openers and not inode.nlink else ""
    call.service("vfs", "remove", f"The name {path_text} is removed. {rest}".rstrip())
    return Int(0)


def _unlink(dentry: Dentry) -> None:
    """Take a name away and tell who watches its directory."""
    parent, name, inode = dentry.parent, dentry.name, dentry.inode
    dentry.unlink()
    notify.directory_event(parent.inode, name, inode, notify.IN_DELETE)


def _existing(walk: PathWalk, lookup: Lookup) -> Dentry:
    walk.need_short_name(lookup.name)
    if lookup.dentry is None:
        walk.refuse(Errno.ENOENT, f"There is no {lookup.name!r} in {lookup.parent.path}.")
    return lookup.dentry


def need_removable(call: Call, walk: PathWalk, dentry: Dentry, directory: bool) -> None:
    """Whether this user may take `dentry` out of its directory, and whether it is a directory as it should be.

    Raises EACCES, EPERM (sticky directory, pseudo file system), ENOTDIR, EISDIR, EBUSY (mount point).
    """
    parent = dentry.parent
    walk.need(parent, MAY_WRITE | MAY_EXEC, f"This user may not remove names from {parent.path}.")
    if parent.directory.creation_error is not None:
        walk.refuse(Errno.EPERM, f"{parent.path} has only the names that the kernel gives it.")
    who = call.task.credentials
    if parent.inode.mode & _STICKY and not owns(dentry.inode, who) and file_user(who) != parent.inode.uid:
        walk.refuse(Errno.EPERM, f"{parent.path} is sticky: only the owner removes {dentry.name}.")
    if directory and not dentry.inode.is_directory:
        walk.refuse(Errno.ENOTDIR, f"{dentry.path} is not a directory.")
    if not directory and dentry.inode.is_directory:
        walk.refuse(Errno.EISDIR, f"{dentry.path} is a directory.")
    if dentry.is_mount_point:
        walk.refuse(Errno.EBUSY, f"Another file system is mounted at {dentry.path}.")


def _need_empty(walk: PathWalk, dentry: Dentry) -> None:
    if isinstance(dentry.inode, Directory) and dentry.inode.entries:
        walk.refuse(Errno.ENOTEMPTY, f"{dentry.path} is not empty.")


def rename(call: Call, old: Place, new: Place, flags: int) -> Int:
    """rename(2), renameat2(2)."""
    exchange = bool(flags & RenameFlag.RENAME_EXCHANGE)
    known = int(RenameFlag.RENAME_NOREPLACE | RenameFlag.RENAME_EXCHANGE | RenameFlag.RENAME_WHITEOUT)
    if flags & ~known or (exchange and flags != RenameFlag.RENAME_EXCHANGE):
        raise call.refuse(
            Errno.EINVAL, "flags", "flags", hex(flags), "These flags are unknown or contradict each other."
        )
    old_walk, new_walk = PathWalk(call, old[1]), PathWalk(call, new[1])
    source = old_walk.look_up(old[0], follow=False, parent_only=True)
    target = new_walk.look_up(new[0], follow=False, parent_only=True)
    if source.parent.inode.fs is not target.parent.inode.fs:
        new_walk.refuse(Errno.EXDEV, "A file keeps its place on its file system; only its name there can change.")
    if source.special:
        old_walk.refuse(Errno.EBUSY, "The path ends in ., .. or the root, which cannot be renamed.")
    if target.special:
        errno = Errno.EEXIST if flags & RenameFlag.RENAME_NOREPLACE else Errno.EBUSY
        new_walk.refuse(errno, "The path ends in ., .. or the root, which cannot be replaced.")
    moved = _existing(old_walk, source)
    new_walk.need_short_name(target.name)
    if target.dentry is None and target.parent.directory.creation_error is Errno.ENOENT:
        new_walk.refuse(Errno.ENOENT, f"{target.parent.path} has only the names that the kernel gives it.")
    replaced = target.dentry
    _check_kinds(old_walk, new_walk, source, target, flags)
    if target.parent.is_below(moved):
        old_walk.refuse(Errno.EINVAL, f"{moved.path} cannot be moved into itself.")
    if replaced is not None and source.parent.is_below(replaced):
        new_walk.refuse(
            Errno.EINVAL if exchange else Errno.ENOTEMPTY, f"{replaced.path} contains what is to be renamed."
        )
    if replaced is not None and replaced.inode is moved.inode:
        return Int(0)
    _need_movable(call, old_walk, moved, source.parent is not target.parent)
    directory = moved.inode.is_directory
    if replaced is None:
        need_creatable(new_walk, target.parent)
    elif exchange:
        need_removable(call, new_walk, replaced, replaced.inode.is_directory)
        if source.parent is not target.parent and replaced.inode.is_directory:
            new_walk.need(replaced, MAY_WRITE, f"This user may not change where {replaced.path} is.")
    else:
        need_removable(call, new_walk, replaced, directory)
        _need_empty(new_walk, replaced)
    before = moved.path
    _move(moved, replaced, target, exchange)
    if flags & RenameFlag.RENAME_WHITEOUT:
        _leave_whiteout(call, source)
    call.service("vfs", "rename", f"{before} is now {moved.path}.")
    return Int(0)


def _check_kinds(old_walk: PathWalk, new_walk: PathWalk, source: Lookup, target: Lookup, flags: int) -> None:
    """What the two names must be: there or not there, directories where the paths end in slashes."""
    exchange = flags & RenameFlag.RENAME_EXCHANGE
    if flags & RenameFlag.RENAME_NOREPLACE and target.dentry is not None:
        new_walk.refuse(Errno.EEXIST, f"{target.dentry.path} exists.")
    if exchange:
        swapped = _existing(new_walk, target)
        if target.directory_wanted and not swapped.inode.is_directory:
            new_walk.refuse(Errno.ENOTDIR, f"{swapped.path} is not a directory.")
    if source.dentry is not None and not source.dentry.inode.is_directory:
        if source.directory_wanted:
            old_walk.refuse(Errno.ENOTDIR, f"{source.dentry.path} is not a directory.")
        if target.directory_wanted and not exchange:
            new_walk.refuse(Errno.ENOTDIR, "Only a directory can get a name that ends in a slash.")


def _need_movable(call: Call, walk: PathWalk, moved: Dentry, to_other_directory: bool) -> None:
    directory = moved.inode.is_directory
    need_removable(call, walk, moved, directory)
    if directory and to_other_directory:
        walk.need(moved, MAY_WRITE, f"Moving {moved.path} changes its '..', which this user may not write.")


def _move(moved: Dentry, replaced: Dentry | None, target: Lookup, exchange: bool) -> None:
    source_parent, source_name = moved.parent, moved.name
    _tell_move(moved, target.parent, target.name, None if exchange else replaced)
    if replaced is not None and exchange:
        _tell_move(replaced, source_parent, source_name, None)
    source_parent.directory.remove(moved)
    if replaced is not None and exchange:
        target.parent.directory.remove(replaced)
        replaced.parent, replaced.name = source_parent, source_name
        source_parent.directory.add(replaced)
        replaced.inode.changed()
    elif replaced is not None:
        replaced.unlink()
    moved.parent, moved.name = target.parent, target.name
    target.parent.directory.add(moved)
    moved.inode.changed()


def _tell_move(moved: Dentry, parent: Dentry, name: str, replaced: Dentry | None) -> None:
    """Tell both directories, by events that share a cookie, the file that is replaced, and the one that moves."""
    fs = moved.inode.fs
    fs.move_cookie += 1
    notify.directory_event(moved.parent.inode, moved.name, moved.inode, notify.IN_MOVED_FROM, fs.move_cookie)
    notify.directory_event(parent.inode, name, moved.inode, notify.IN_MOVED_TO, fs.move_cookie)
    if replaced is not None:
        notify.self_event(replaced.inode, notify.IN_ATTRIB)
    notify.self_event(moved.inode, notify.IN_MOVE_SELF)


def _leave_whiteout(call: Call, source: Lookup) -> None:
    """RENAME_WHITEOUT: a character device 0,0 stands where the file was; overlay file systems take it for nothing."""
    who = call.task.credentials
    inode = Inode(call.task.fs.superblock, stat.S_IFCHR, file_user(who), owner_group(call, source.parent))
    dentry = source.parent.create(source.name, inode)
    call.service("vfs", "create", f"{dentry.path} is a whiteout now: a device 0,0 that says that nothing is there.")
