"""Hard links, and files made by mknod."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.file_constants import ChangeAtFlag
from app.kernel.arguments import DirFd, Int, Path
from app.kernel.arguments.files import DeviceNumber, NodeMode
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.fs.link import make_link
from app.kernel.fs.node import make_node
from app.kernel.syscall import syscall


@syscall
def link(call: Call, oldpath: Path, newpath: Path) -> Int:
    """Give the file `oldpath` one more name, `newpath`; both names are equal from then on. See link(2).

    Errors: EEXIST, EPERM (a directory, or another's file that gives rights away or may not be read and written),
    EACCES, ENOENT, ENOTDIR, ENAMETOOLONG, ELOOP, EMLINK, EFAULT.
    """
    return make_link(call, (None, oldpath), (None, newpath))


@syscall
def linkat(call: Call, olddirfd: DirFd, oldpath: Path, newdirfd: DirFd, newpath: Path, flags: ChangeAtFlag) -> Int:
    """Like link, with paths relative to directories.

    AT_SYMLINK_FOLLOW follows a symbolic link at the end of `oldpath`; with AT_EMPTY_PATH an empty `oldpath` means the
    file `olddirfd` itself, which gives a file of O_TMPFILE its name. See linkat(2).

    Errors: those of link, EBADF, EINVAL (unknown flags), EXDEV (a pipe or another file without a place).
    """
    if flags & ~int(ChangeAtFlag.AT_SYMLINK_FOLLOW | ChangeAtFlag.AT_EMPTY_PATH):
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "linkat does not know one of the flags.")
    follow, empty = (bool(flags & flag) for flag in (ChangeAtFlag.AT_SYMLINK_FOLLOW, ChangeAtFlag.AT_EMPTY_PATH))
    return make_link(call, (olddirfd, oldpath), (newdirfd, newpath), follow, empty)


@syscall
def mknod(call: Call, pathname: Path, mode: NodeMode, dev: Annotated[DeviceNumber, "mode"]) -> Int:
    """Make a file of the type that `mode` names: regular, fifo, socket or device. See mknod(2).

    Errors: EPERM (a directory, or a device and the caller is not the superuser), EINVAL (no such type), EEXIST,
    EACCES, ENOENT, ENOTDIR, ENAMETOOLONG, ELOOP, EFAULT, ENOSPC.

    Not served: devices have no driver behind them, so opening one answers ENXIO.
    """
    return make_node(call, None, pathname, mode, dev)


@syscall
def mknodat(call: Call, dirfd: DirFd, pathname: Path, mode: NodeMode, dev: Annotated[DeviceNumber, "mode"]) -> Int:
    """Like mknod, with `pathname` relative to the directory `dirfd`. See mknodat(2). Errors: those of mknod, EBADF.

    Not served: devices have no driver behind them, so opening one answers ENXIO.
    """
    return make_node(call, dirfd, pathname, mode, dev)
