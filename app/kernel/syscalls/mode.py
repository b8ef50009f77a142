"""Changing the mode of files."""

from __future__ import annotations

from app.kernel.abi.file_constants import ChangeAtFlag
from app.kernel.arguments import DirFd, Fd, Int, Mode, Path
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.fs.attributes import Target, change_mode, find_target
from app.kernel.syscall import syscall

_FLAGS = int(ChangeAtFlag.AT_SYMLINK_NOFOLLOW | ChangeAtFlag.AT_EMPTY_PATH)


@syscall
def chmod(call: Call, pathname: Path, mode: Mode) -> Int:
    """Set the permission bits of a file to `mode`.

    The set-group-ID bit is dropped, without an error, when the file's group is none of the caller's.

    EPERM: the file is another user's. And the errors of a path walk. See chmod(2).
    """
    change_mode(call, find_target(call, None, pathname), mode)
    return Int(0)


@syscall
def fchmod(call: Call, fd: Fd, mode: Mode) -> Int:
    """Set the permission bits of the open file `fd`.

    EBADF: `fd` is not open. EPERM: the file is another user's. See fchmod(2).
    """
    change_mode(call, Target.of(fd.file), mode)
    return Int(0)


@syscall
def fchmodat(call: Call, dirfd: DirFd, pathname: Path, mode: Mode) -> Int:
    """Like chmod, with `pathname` relative to the directory `dirfd`.

    EBADF: `dirfd` is not open. And the errors of chmod. See fchmodat(2).
    """
    change_mode(call, find_target(call, dirfd, pathname), mode)
    return Int(0)


@syscall
def fchmodat2(call: Call, dirfd: DirFd, pathname: Path, mode: Mode, flags: ChangeAtFlag) -> Int:
    """Like fchmodat, with flags: AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH (an empty path means `dirfd` itself).

    EINVAL: unknown flags. EOPNOTSUPP: a symbolic link has no mode to change. And the errors of fchmodat. See
    fchmodat(2).
    """
    if flags & ~_FLAGS:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "fchmodat2 does not know one of the flags.")
    follow = not flags & ChangeAtFlag.AT_SYMLINK_NOFOLLOW
    target = find_target(call, dirfd, pathname, follow, bool(flags & ChangeAtFlag.AT_EMPTY_PATH))
    change_mode(call, target, mode)
    return Int(0)
