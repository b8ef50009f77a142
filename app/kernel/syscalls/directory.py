"""Directories, names, and where a process stands."""

from __future__ import annotations

import os
from typing import Annotated

from app.kernel.abi.constants import AtFlag, RenameFlag
from app.kernel.arguments import DirFd, Fd, Int, Mode, Path, Size, Unsigned, UserOut
from app.kernel.arguments.memory import EntriesOut, PathOut
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.fs import names
from app.kernel.fs.inode import Symlink
from app.kernel.fs.path import PathWalk
from app.kernel.fs.permission import MAY_EXEC
from app.kernel.syscall import syscall


@syscall
def getdents64(call: Call, fd: Fd, dirp: Annotated[EntriesOut, "count"], count: Size) -> Size:
    """Fill `dirp` with entries of the open directory `fd`, as many as fit into `count` bytes; 0 after the last one.

    EBADF: `fd` is not open. ENOTDIR: it is no directory. EINVAL: not even one fits. EFAULT: a pointer is bad. ENOENT:
    the directory is removed. See getdents64(2).
    """
    return Size(fd.file.list_entries(call, dirp))


@syscall
def getdents(call: Call, fd: Fd, dirp: Annotated[EntriesOut, "count"], count: Unsigned) -> Size:
    """Like getdents64, with entries of the older `struct linux_dirent`, where the type is the last byte.

    The errors are those of getdents64. See getdents(2).
    """
    return Size(fd.file.list_entries(call, dirp, old=True))


@syscall
def getcwd(call: Call, buf: Annotated[PathOut, "size"], size: Size) -> Size:
    """Store the absolute path of the working directory in `buf`; returns its length with the NUL.

    ERANGE: `size` is too small. EFAULT: a pointer is bad. ENOENT: the directory is removed. See getcwd(2).
    """
    cwd = call.task.fs.cwd
    if cwd.deleted:
        raise call.refuse(Errno.ENOENT, "buf", "path", cwd.path, "The working directory has been removed.")
    absolute = cwd.absolute_path()
    if absolute is None:
        raise call.refuse(Errno.ENAMETOOLONG, "buf", "path", "", "The path is longer than any path may be.")
    path = os.fsencode(absolute) + b"\0"
    if len(path) > size:
        raise call.refuse(Errno.ERANGE, "size", "size", str(size), f"The path needs {len(path)} bytes.")
    if buf.write(path) < len(path):
        raise call.refuse(Errno.EFAULT, "buf", "memory", hex(buf.address), "The path does not fit into the memory.")
    call.service("vfs", "path", f"The working directory is {cwd.path}.")
    return Size(len(path))


@syscall
def chdir(call: Call, path: Path) -> Int:
    """Make `path` the working directory, where relative paths start.

    ENOTDIR: it is no directory. EACCES: it may not be searched. And the errors of a path walk. See chdir(2).
    """
    walk = PathWalk(call, path)
    dentry = walk.find(None)
    if not dentry.inode.is_directory:
        walk.refuse(Errno.ENOTDIR, f"{dentry.path} is not a directory.")
    walk.need(dentry, MAY_EXEC, f"The directory {dentry.path} may not be searched by this user.")
    call.task.fs.change_directory(dentry)
    call.service("vfs", "chdir", f"The working directory is now {dentry.path}.")
    return Int(0)


@syscall
def fchdir(call: Call, fd: Fd) -> Int:
    """Make the open directory `fd` the working directory.

    EBADF: `fd` is not open. ENOTDIR: it is no directory. EACCES: it may not be searched. See chdir(2).
    """
    file = fd.any_file
    dentry = file.dentry
    if dentry is None or not file.inode.is_directory:
        raise call.refuse(Errno.ENOTDIR, "fd", "directory", str(fd.number), f"{file.path} is not a directory.")
    if not file.inode.permits(call.task.credentials, MAY_EXEC):
        raise call.refuse(Errno.EACCES, "fd", "permission", str(fd.number), f"{file.path} may not be searched.")
    call.task.fs.change_directory(dentry)
    call.service("vfs", "chdir", f"The working directory is now {dentry.path}.")
    return Int(0)


@syscall
def mkdir(call: Call, pathname: Path, mode: Mode) -> Int:
    """Make an empty directory with permissions `mode`, less the umask.

    EEXIST: the new name exists already. ENOSPC: the file system is full. And the errors of a path walk. See mkdir(2).
    """
    return names.make_directory(call, None, pathname, mode)


@syscall
def mkdirat(call: Call, dirfd: DirFd, pathname: Path, mode: Mode) -> Int:
    """Like mkdir, with `pathname` relative to the directory `dirfd`.

    EBADF: `dirfd` is not open. And the errors of mkdir. See mkdir(2).
    """
    return names.make_directory(call, dirfd, pathname, mode)


@syscall
def rmdir(call: Call, pathname: Path) -> Int:
    """Remove an empty directory.

    ENOTEMPTY: there is something in it. ENOTDIR: it is no directory. EINVAL: the last name is `.`. EBUSY: it is the
    root. EACCES: the directory around it may not be written. EPERM: a sticky directory holds it, and it is another
    user's. And the errors of a path walk. See rmdir(2).
    """
    return names.remove_directory(call, None, pathname)


@syscall
def unlink(call: Call, pathname: Path) -> Int:
    """Remove a name. The file goes with its last name, once nobody has it open.

    EISDIR: it is a directory. EPERM: a sticky directory holds it, and it is another user's. And the errors of a path
    walk. See unlink(2).
    """
    return names.remove_name(call, None, pathname)


@syscall
def unlinkat(call: Call, dirfd: DirFd, pathname: Path, flags: AtFlag) -> Int:
    """Like unlink, or with AT_REMOVEDIR like rmdir, with `pathname` relative to the directory `dirfd`.

    EBADF: `dirfd` is not open. EINVAL: unknown flags. And the errors of unlink and rmdir. See unlink(2).
    """
    if flags & ~int(AtFlag.AT_REMOVEDIR):
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "unlinkat knows only AT_REMOVEDIR.")
    if flags:
        return names.remove_directory(call, dirfd, pathname)
    return names.remove_name(call, dirfd, pathname)


@syscall
def rename(call: Call, oldpath: Path, newpath: Path) -> Int:
    """Give the file `oldpath` the name `newpath`; what had that name before is replaced in the same step.

    ENOENT: nothing has the name `oldpath`. EISDIR, ENOTDIR: a directory replaces only a directory. ENOTEMPTY: the
    directory to be replaced is not empty. EINVAL: a directory would be inside itself. EBUSY: one of them is `.`, `..`
    or the root. EACCES: one of the directories may not be written. EPERM: a sticky directory holds one of them, and it
    is another user's. And the errors of a path walk. See rename(2).
    """
    return names.rename(call, (None, oldpath), (None, newpath), 0)


@syscall
def renameat(call: Call, olddirfd: DirFd, oldpath: Path, newdirfd: DirFd, newpath: Path) -> Int:
    """Like rename, with paths relative to directories.

    EBADF: a descriptor is not open. And the errors of rename. See rename(2).
    """
    return names.rename(call, (olddirfd, oldpath), (newdirfd, newpath), 0)


@syscall
def renameat2(call: Call, olddirfd: DirFd, oldpath: Path, newdirfd: DirFd, newpath: Path, flags: RenameFlag) -> Int:
    """Like renameat, with flags: RENAME_NOREPLACE (EEXIST if `newpath` exists), RENAME_EXCHANGE (swap the two).

    EEXIST: RENAME_NOREPLACE, and `newpath` exists. EINVAL: unknown flags, RENAME_NOREPLACE with RENAME_EXCHANGE, or
    RENAME_WHITEOUT, which this file system does not have. And the errors of renameat. See rename(2).
    """
    return names.rename(call, (olddirfd, oldpath), (newdirfd, newpath), flags)


@syscall
def symlink(call: Call, target: Path, linkpath: Path) -> Int:
    """Make `linkpath` a symbolic link to `target`, which need not exist.

    The errors are those of mkdir. See symlink(2).
    """
    return names.make_symlink(call, target, None, linkpath)


@syscall
def symlinkat(call: Call, target: Path, newdirfd: DirFd, linkpath: Path) -> Int:
    """Like symlink, with `linkpath` relative to the directory `newdirfd`.

    EBADF: `newdirfd` is not open. And the errors of symlink. See symlink(2).
    """
    return names.make_symlink(call, target, newdirfd, linkpath)


@syscall
def readlink(call: Call, pathname: Path, buf: Annotated[UserOut, "bufsiz"], bufsiz: Int) -> Int:
    """Store what the symbolic link `pathname` says in `buf`, without a NUL; returns its length.

    EINVAL: it is no symbolic link, or `bufsiz` is not positive. EFAULT: a pointer is bad. And the errors of a path
    walk. See readlink(2).
    """
    return _read_link(call, None, pathname, buf, bufsiz)


@syscall
def readlinkat(call: Call, dirfd: DirFd, pathname: Path, buf: Annotated[UserOut, "bufsiz"], bufsiz: Int) -> Int:
    """Like readlink, with `pathname` relative to the directory `dirfd`.

    EBADF: `dirfd` is not open. And the errors of readlink. See readlink(2).
    """
    return _read_link(call, dirfd, pathname, buf, bufsiz)


def _read_link(call: Call, dirfd: DirFd | None, pathname: Path, buf: UserOut, size: int) -> Int:
    if size <= 0:
        raise call.refuse(Errno.EINVAL, "bufsiz", "range", str(size), "There is no room for even one byte.")
    walk = PathWalk(call, pathname, allow_empty=True)
    if dirfd is not None and dirfd.number >= 0 and pathname.is_empty():
        # The link itself, opened with O_PATH | O_NOFOLLOW; of anything else it says that there is no such name.
        file = dirfd.any_file
        if not file.inode.is_symlink or file.dentry is None:
            raise call.refuse(Errno.ENOENT, "pathname", "path", '""', "The path is empty, and dirfd is no link.")
        dentry = file.dentry
    elif pathname.is_empty():
        raise call.refuse(Errno.ENOENT, "pathname", "path", '""', "The path is empty.")
    else:
        dentry = walk.find(dirfd, follow=False)
    if not isinstance(dentry.inode, Symlink):
        walk.refuse(Errno.EINVAL, f"{dentry.path} is not a symbolic link.")
    dentry.inode.accessed()
    target = os.fsencode(dentry.inode.target)[:size]
    if buf.write(target) < len(target):
        raise call.refuse(Errno.EFAULT, "buf", "memory", hex(buf.address), "The target does not fit into the memory.")
    return Int(len(target))


@syscall
def umask(call: Call, mask: Mode) -> Mode:
    """Set the permission bits that new files do not get; returns the old ones. Never fails. See umask(2)."""
    context = call.task.fs
    old = context.umask
    context.umask = mask & 0o777
    return Mode(old)
