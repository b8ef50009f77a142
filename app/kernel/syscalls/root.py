"""Changing the root, and file handles, which are for the superuser."""

from __future__ import annotations

from app.kernel.abi.file_constants import ChangeAtFlag
from app.kernel.arguments import Address, DirFd, Fd, Int, Path
from app.kernel.arguments.integers import Unsigned
from app.kernel.call import Call
from app.kernel.credentials import Capability
from app.kernel.errno import Errno
from app.kernel.fs.path import PathWalk
from app.kernel.fs.permission import MAY_EXEC
from app.kernel.syscall import syscall


@syscall
def chroot(call: Call, path: Path) -> Int:
    """Make the directory `path` the root, where absolute paths begin; the working directory stays.

    EPERM: the caller is not the superuser. ENOTDIR: it is no directory. EACCES: it may not be searched. And the errors
    of a path walk. See chroot(2).
    """
    walk = PathWalk(call, path)
    dentry = walk.find(None)
    if not dentry.inode.is_directory:
        walk.refuse(Errno.ENOTDIR, f"{dentry.path} is not a directory.")
    walk.need(dentry, MAY_EXEC, f"The directory {dentry.path} may not be searched by this user.")
    if not call.task.credentials.capable(Capability.CAP_SYS_CHROOT):
        walk.refuse(Errno.EPERM, "Only the superuser changes the root.")
    call.task.fs.root = dentry
    call.service("vfs", "chroot", f"Absolute paths begin at {dentry.path} now.")
    return Int(0)


@syscall
def name_to_handle_at(
    call: Call, dirfd: DirFd, pathname: Path, handle: Address, mount_id: Address, flags: ChangeAtFlag
) -> Int:
    """Tell a number by which open_by_handle_at finds the file again.

    EOPNOTSUPP: the file system in memory has no handles. See name_to_handle_at(2).

    Not served: handles, so it always answers EOPNOTSUPP.
    """
    raise call.refuse(Errno.EOPNOTSUPP, "pathname", "file-system", "", "This file system has no file handles.")


@syscall
def open_by_handle_at(call: Call, mount_fd: Fd, handle: Address, flags: Unsigned) -> Int:
    """Open a file by its handle, past all directories.

    EPERM: the caller is not the superuser. ESTALE: no file has such a handle. See open_by_handle_at(2).

    Not served: handles, so the superuser gets ESTALE.
    """
    if not call.task.credentials.capable(Capability.CAP_DAC_READ_SEARCH):
        raise call.refuse(Errno.EPERM, "handle", "capability", hex(handle), "Only the superuser opens by handle.")
    raise call.refuse(Errno.ESTALE, "handle", "handle", hex(handle), "No file has this handle.")
