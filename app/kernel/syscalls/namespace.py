"""Namespaces and mounts: what the whole system looks like to a process (namespaces(7), mount(2)).

This kernel has one of each namespace and one set of mounts. Calls that would change that answer what an unprivileged
user of Linux gets, to the superuser of a run too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.flags import Flags, all_bits
from app.kernel.arguments import Address, CString, Fd, Int, Path
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.fork import NAMESPACES, CloneFlag
from app.kernel.fs.path import PathWalk
from app.kernel.syscall import syscall

from .administration import unprivileged

if TYPE_CHECKING:
    from app.kernel.task import Task

_UNSHARED_ALONE = CloneFlag.CLONE_VM | CloneFlag.CLONE_SIGHAND | CloneFlag.CLONE_THREAD
_UNSHAREABLE = (
    NAMESPACES
    | _UNSHARED_ALONE
    | CloneFlag.CLONE_NEWUSER
    | CloneFlag.CLONE_FS
    | CloneFlag.CLONE_FILES
    | CloneFlag.CLONE_SYSVSEM
    | 0x80
)
"""0x80 is CLONE_NEWTIME, which clone(2) can't have: the bit belongs to its exit signal."""


class UmountFlag(Flags):
    """Flags of umount2(2)."""

    MNT_FORCE = 1
    MNT_DETACH = 2
    MNT_EXPIRE = 4
    UMOUNT_NOFOLLOW = 8


@syscall
def unshare(call: Call, unshare_flags: CloneFlag) -> Int:
    """Stop sharing something with other tasks: `CLONE_FILES` gives the caller a descriptor table of its own.

    EINVAL: unknown flags, or memory and handlers that other threads use too. EPERM: a new namespace needs privileges.
    See unshare(2). Not served: new namespaces, for anybody.
    """
    flags = int(unshare_flags) & 0xFFFF_FFFF
    task = call.task
    if flags & ~int(_UNSHAREABLE) or (flags & _UNSHARED_ALONE and len(task.process.tasks) > 1):
        raise call.refuse(
            Errno.EINVAL,
            "unshare_flags",
            "flags",
            hex(flags),
            "A flag is unknown, or other threads use what it is about.",
        )
    if flags & (NAMESPACES | CloneFlag.CLONE_NEWUSER | 0x80):
        raise call.refuse(Errno.EPERM, "unshare_flags", "permission", hex(flags), "New namespaces need privileges.")
    if flags & CloneFlag.CLONE_FS:
        task.fs = task.fs.fork()
    if flags & CloneFlag.CLONE_FILES:
        _unshare_files(call, task)
    return Int(0)


def _unshare_files(call: Call, task: Task) -> None:
    """A descriptor table of its own, as exec gives it."""
    if task.files.references > 1:
        shared = task.files
        task.files = shared.fork()
        shared.drop_reference()
        call.service("vfs", "unshare", "The task has a descriptor table of its own now, with the same files.")


@syscall
def setns(call: Call, fd: Fd, nstype: CloneFlag) -> Int:
    """Enter the namespace that the descriptor `fd` stands for.

    EBADF: it is not open. EINVAL: it stands for no namespace. EPERM: entering one needs privileges. See setns(2).
    Not served: entering any.
    """
    file = fd.file
    if file.inode.fs.type != "nsfs":
        raise call.refuse(Errno.EINVAL, "fd", "kind", str(fd.number), f"{file.path} stands for no namespace.")
    raise call.refuse(Errno.EPERM, "fd", "permission", str(fd.number), "Entering a namespace needs privileges.")


@syscall
def mount(
    call: Call, source: CString, target: Path, filesystemtype: CString, mountflags: Address, data: Address
) -> Int:
    """Make a file system appear at the directory `target`.

    EFAULT: a bad pointer. EPERM: the caller is not privileged. And the errors of a path walk. See mount(2).

    Not served: mounting, for anybody.
    """
    for text in (filesystemtype, source):
        if text.address:
            text.read()
    PathWalk(call, target).find(None)
    raise unprivileged(call, "Mounting")


@syscall
def umount2(call: Call, target: Path, flags: UmountFlag) -> Int:
    """Take the file system at `target` away.

    EINVAL: unknown flags. EPERM: the caller is not privileged. And the errors of a path walk. See umount2(2).

    Not served: unmounting, for anybody.
    """
    if flags & ~all_bits(UmountFlag):
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "There are no such flags.")
    PathWalk(call, target).find(None)
    raise unprivileged(call, "Unmounting")


@syscall
def pivot_root(call: Call, new_root: Address, put_old: Address) -> Int:
    """Exchange the root file system for another. EPERM: the caller is not privileged. See pivot_root(2).

    Not served: exchanging it, for anybody.
    """
    raise unprivileged(call, "Changing the root mount")


@syscall
def fsopen(call: Call, fsname: Address, flags: Int) -> Int:
    """Begin to configure a new file system. EPERM: the caller is not privileged. See mount_setattr(2).

    Not served: new file systems, for anybody.
    """
    raise unprivileged(call, "Making a file system")


@syscall
def fsmount(call: Call, fs_fd: Int, flags: Int, attr_flags: Int) -> Int:
    """Make a mount of a configured file system. EPERM: the caller is not privileged. See mount_setattr(2).

    Not served: mounts, for anybody.
    """
    raise unprivileged(call, "Mounting")


@syscall
def fspick(call: Call, dirfd: Int, path: Address, flags: Int) -> Int:
    """Begin to configure a mounted file system anew. EPERM: the caller is not privileged. See mount_setattr(2).

    Not served: changing mounts, for anybody.
    """
    raise unprivileged(call, "Changing a mount")


@syscall
def move_mount(call: Call, from_dirfd: Int, from_path: Address, to_dirfd: Int, to_path: Address, flags: Int) -> Int:
    """Move a mount. EPERM: the caller is not privileged. See mount_setattr(2). Not served: moving, for anybody."""
    raise unprivileged(call, "Moving a mount")
