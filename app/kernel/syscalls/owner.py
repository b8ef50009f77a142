"""Changing the owner of files."""

from __future__ import annotations

from app.kernel.abi.file_constants import ChangeAtFlag
from app.kernel.arguments import DirFd, Fd, Int, Path
from app.kernel.arguments.files import OwnerId
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.fs.attributes import Target, change_owner, find_target
from app.kernel.syscall import syscall

_FLAGS = int(ChangeAtFlag.AT_SYMLINK_NOFOLLOW | ChangeAtFlag.AT_EMPTY_PATH)


@syscall
def chown(call: Call, pathname: Path, owner: OwnerId, group: OwnerId) -> Int:
    """Set owner and group of a file; -1 leaves one as it is.

    Only the superuser gives a file away; its owner may choose another of their own groups. A program that is not a
    directory loses its set-user-ID bit, and set-group-ID with it.

    EPERM: the caller may not give it away. And the errors of a path walk. See chown(2).
    """
    change_owner(call, find_target(call, None, pathname), owner, group)
    return Int(0)


@syscall
def lchown(call: Call, pathname: Path, owner: OwnerId, group: OwnerId) -> Int:
    """Like chown, but of a symbolic link itself. The errors are those of chown. See lchown(2)."""
    change_owner(call, find_target(call, None, pathname, follow=False), owner, group)
    return Int(0)


@syscall
def fchown(call: Call, fd: Fd, owner: OwnerId, group: OwnerId) -> Int:
    """Set owner and group of the open file `fd`.

    EBADF: `fd` is not open. EPERM: the caller may not give it away. See fchown(2).
    """
    change_owner(call, Target.of(fd.file), owner, group)
    return Int(0)


@syscall
def fchownat(call: Call, dirfd: DirFd, pathname: Path, owner: OwnerId, group: OwnerId, flags: ChangeAtFlag) -> Int:
    """Like chown, with `pathname` relative to the directory `dirfd`.

    Flags: AT_SYMLINK_NOFOLLOW (a link itself), AT_EMPTY_PATH (an empty path means `dirfd`).

    EBADF: `dirfd` is not open. EINVAL: unknown flags. And the errors of chown. See fchownat(2).
    """
    if flags & ~_FLAGS:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "fchownat does not know one of the flags.")
    follow = not flags & ChangeAtFlag.AT_SYMLINK_NOFOLLOW
    target = find_target(call, dirfd, pathname, follow, bool(flags & ChangeAtFlag.AT_EMPTY_PATH))
    change_owner(call, target, owner, group)
    return Int(0)
