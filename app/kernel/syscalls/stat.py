"""What is known about a file: stat and access."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.constants import AccessAtFlag, AccessMode, AtFlag
from app.kernel.abi.file_constants import AT_STATX_SYNC_TYPE, StatxMask
from app.kernel.abi.text import flag_text
from app.kernel.arguments import DirFd, Fd, Int, Path, StructOut
from app.kernel.arguments.files import StatxFlags
from app.kernel.call import Call
from app.kernel.clock import SECOND
from app.kernel.errno import Errno
from app.kernel.fs.inode import Inode
from app.kernel.fs.mounts import mount_id
from app.kernel.fs.path import PathWalk
from app.kernel.syscall import syscall

_STATX_RESERVED = 0x8000_0000
_STAT_FLAGS = int(AtFlag.AT_SYMLINK_NOFOLLOW | AtFlag.AT_NO_AUTOMOUNT | AtFlag.AT_EMPTY_PATH) | AT_STATX_SYNC_TYPE


@syscall
def stat(call: Call, pathname: Path, statbuf: Annotated[StructOut, "stat"]) -> Int:
    """Store what is known about the file `pathname` (type, permissions, size, times) in `statbuf`.

    The errors are those of a path walk. See stat(2).
    """
    return _fill(call, PathWalk(call, pathname).find(None).inode, statbuf)


@syscall
def lstat(call: Call, pathname: Path, statbuf: Annotated[StructOut, "stat"]) -> Int:
    """Like stat, but of a symbolic link itself when the path ends in one.

    The errors are those of stat. See lstat(2).
    """
    return _fill(call, PathWalk(call, pathname).find(None, follow=False).inode, statbuf)


@syscall
def fstat(call: Call, fd: Fd, statbuf: Annotated[StructOut, "stat"]) -> Int:
    """Store what is known about the open file `fd` in `statbuf`.

    EBADF: `fd` is not open. EFAULT: a pointer is bad. See fstat(2).
    """
    return _fill(call, fd.any_file.inode, statbuf)


@syscall
def newfstatat(call: Call, dirfd: DirFd, pathname: Path, statbuf: Annotated[StructOut, "stat"], flags: AtFlag) -> Int:
    """Like stat, with `pathname` relative to the directory `dirfd` (AT_FDCWD: the working directory).

    AT_SYMLINK_NOFOLLOW makes it like lstat; with AT_EMPTY_PATH an empty path means `dirfd` itself, like fstat.

    EBADF: `dirfd` is not open. EINVAL: unknown flags. And the errors of stat. See fstatat(2).
    """
    empty_allowed = bool(flags & AtFlag.AT_EMPTY_PATH)
    if empty_allowed and dirfd.number >= 0 and (pathname.is_null or pathname.is_empty()):
        return _fill(call, dirfd.any_file.inode, statbuf)
    if flags & ~_STAT_FLAGS:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "newfstatat does not know one of the flags.")
    if empty_allowed and pathname.is_null:
        inode = call.task.fs.cwd.inode if dirfd.is_cwd else dirfd.any_file.inode
        return _fill(call, inode, statbuf)
    walk = PathWalk(call, pathname, allow_empty=empty_allowed)
    dentry = walk.find(dirfd, follow=not flags & AtFlag.AT_SYMLINK_NOFOLLOW)
    return _fill(call, dentry.inode, statbuf)


def _fill(call: Call, inode: Inode, statbuf: StructOut) -> Int:
    times = {
        name: divmod(value, SECOND)
        for name, value in (("st_atime", inode.atime), ("st_mtime", inode.mtime), ("st_ctime", inode.ctime))
    }
    call.service("vfs", "attributes", f"Inode {inode.number}: mode {inode.mode:o}, {inode.size} bytes.")
    statbuf.write(
        st_dev=inode.fs.device,
        st_ino=inode.number,
        st_nlink=inode.nlink,
        st_mode=inode.mode,
        st_uid=inode.uid,
        st_gid=inode.gid,
        st_rdev=inode.rdev,
        st_size=inode.size,
        st_blksize=inode.block_size,
        st_blocks=inode.blocks,
        **{name: seconds for name, (seconds, _) in times.items()},
        **{f"{name}_nsec": nanoseconds for name, (_, nanoseconds) in times.items()},
    )
    return Int(0)


@syscall
def statx(
    call: Call,
    dirfd: DirFd,
    pathname: Path,
    flags: StatxFlags,
    mask: Annotated[StatxMask, "unsigned int"],
    statxbuf: Annotated[StructOut, "statx"],
) -> Int:
    """Store what is known about a file in `statxbuf`, with its time of birth; `mask` says what is wanted.

    This kernel knows everything at once, so it always answers all of it. Flags: AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH (an
    empty path means `dirfd` itself), AT_STATX_DONT_SYNC and AT_STATX_FORCE_SYNC (how fresh it must be).

    EINVAL: unknown flags, AT_STATX_DONT_SYNC with AT_STATX_FORCE_SYNC, or the reserved bit of `mask`. EBADF: `dirfd` is
    not open. EFAULT: a pointer is bad. And the errors of a path walk. See statx(2).
    """
    wanted = mask & 0xFFFF_FFFF
    empty_allowed = bool(flags & AtFlag.AT_EMPTY_PATH)
    by_descriptor = empty_allowed and dirfd.number >= 0 and (pathname.is_null or pathname.is_empty())
    if wanted & _STATX_RESERVED or flags & AT_STATX_SYNC_TYPE == AT_STATX_SYNC_TYPE:
        raise call.refuse(
            Errno.EINVAL,
            "mask",
            "flags",
            hex(wanted),
            "Reserved bits are set, or the answer should be both fresh and stale.",
        )
    if by_descriptor:
        inode = dirfd.any_file.inode
    else:
        if flags & ~_STAT_FLAGS:
            raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "statx does not know one of the flags.")
        if empty_allowed and pathname.is_null:
            inode = call.task.fs.cwd.inode if dirfd.is_cwd else dirfd.any_file.inode
        else:
            walk = PathWalk(call, pathname, allow_empty=empty_allowed)
            inode = walk.find(dirfd, follow=not flags & AtFlag.AT_SYMLINK_NOFOLLOW).inode
    return _fill_statx(call, inode, statxbuf)


def _fill_statx(call: Call, inode: Inode, statxbuf: StructOut) -> Int:
    named = (("atime", inode.atime), ("btime", inode.birth), ("ctime", inode.ctime), ("mtime", inode.mtime))
    times = {}
    for name, time in named:
        times[f"stx_{name}"], times[f"stx_{name}_nsec"] = divmod(time, SECOND)
    call.service("vfs", "attributes", f"Inode {inode.number}: mode {inode.mode:o}, {inode.size} bytes.")
    statxbuf.write(
        stx_mask=int(StatxMask.STATX_BASIC_STATS | StatxMask.STATX_BTIME | StatxMask.STATX_MNT_ID),
        stx_blksize=inode.block_size,
        stx_nlink=inode.nlink,
        stx_uid=inode.uid,
        stx_gid=inode.gid,
        stx_mode=inode.mode,
        stx_ino=inode.number,
        stx_size=inode.size,
        stx_blocks=inode.blocks,
        stx_rdev_major=inode.rdev >> 8,
        stx_rdev_minor=inode.rdev & 0xFF,
        stx_dev_major=inode.fs.device >> 8,
        stx_dev_minor=inode.fs.device & 0xFF,
        stx_mnt_id=mount_id(inode),
        **times,
    )
    return Int(0)


@syscall
def access(call: Call, pathname: Path, mode: AccessMode) -> Int:
    """Ask whether the real user may read (R_OK), write (W_OK) or execute (X_OK) the file, or whether it exists (F_OK).

    EACCES: no, that is not allowed. EINVAL: unknown `mode` bits. And the errors of a path walk. See access(2).
    """
    return _check_access(call, None, pathname, mode, 0)


@syscall
def faccessat(call: Call, dirfd: DirFd, pathname: Path, mode: AccessMode) -> Int:
    """Like access, with `pathname` relative to the directory `dirfd`.

    The system call has no flags.

    EBADF: `dirfd` is not open. And the errors of access. See faccessat(2).
    """
    return _check_access(call, dirfd, pathname, mode, 0)


@syscall
def faccessat2(call: Call, dirfd: DirFd, pathname: Path, mode: AccessMode, flags: AccessAtFlag) -> Int:
    """Like faccessat, with flags: AT_EACCESS asks about the effective user, AT_SYMLINK_NOFOLLOW about a link itself.

    EBADF: `dirfd` is not open. ENOTDIR: it is no directory. EINVAL: unknown flags. And the errors of access. See
    faccessat(2).
    """
    return _check_access(call, dirfd, pathname, mode, flags)


def _check_access(call: Call, dirfd: DirFd | None, pathname: Path, mode: int, flags: int) -> Int:
    if mode & ~int(AccessMode.R_OK | AccessMode.W_OK | AccessMode.X_OK):
        raise call.refuse(Errno.EINVAL, "mode", "flags", hex(mode), "mode has other bits than R_OK, W_OK and X_OK.")
    known = int(AccessAtFlag.AT_SYMLINK_NOFOLLOW | AccessAtFlag.AT_EACCESS | AccessAtFlag.AT_EMPTY_PATH)
    if flags & ~known:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "faccessat2 does not know one of the flags.")
    empty_allowed = bool(flags & AccessAtFlag.AT_EMPTY_PATH)
    real_ids = not flags & AccessAtFlag.AT_EACCESS
    if empty_allowed and dirfd is not None and dirfd.number >= 0 and pathname.is_empty():
        file = dirfd.any_file
        inode, name = file.inode, file.path
    else:
        walk = PathWalk(call, pathname, real_ids=real_ids, allow_empty=empty_allowed)
        dentry = walk.find(dirfd, follow=not flags & AccessAtFlag.AT_SYMLINK_NOFOLLOW)
        inode, name = dentry.inode, dentry.path
    shown = f"{name} has mode {inode.mode & 0o7777:04o} and belongs to user {inode.uid}"
    if mode and not inode.permits(call.task.credentials, mode, real_ids):
        raise call.refuse(Errno.EACCES, "mode", "permission", flag_text(mode, AccessMode), f"{shown}: no.")
    call.service("vfs", "permission", f"{shown}: yes.")
    return Int(0)
