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
    """Give the file `oldpath` one more name, `newpath`; both names are equal from then on.

    EEXIST: the new name exists already. EPERM: `oldpath` is a directory, or another user's file that gives rights away
    or may not be read and written. EMLINK: the file has too many names. And the errors of a path walk. See link(2).
    """
    return make_link(call, (None, oldpath), (None, newpath))


@syscall
def linkat(call: Call, olddirfd: DirFd, oldpath: Path, newdirfd: DirFd, newpath: Path, flags: ChangeAtFlag) -> Int:
    """Like link, with paths relative to directories.

    AT_SYMLINK_FOLLOW follows a symbolic link at the end of `oldpath`; with AT_EMPTY_PATH an empty `oldpath` means the
    file `olddirfd` itself, which gives a file of O_TMPFILE its name.

    EBADF: a descriptor is not open. EINVAL: unknown flags. EXDEV: a pipe or another file that is in no directory. And
    the errors of link. See linkat(2).
    """
    if flags & ~int(ChangeAtFlag.AT_SYMLINK_FOLLOW | ChangeAtFlag.AT_EMPTY_PATH):
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "linkat does not know one of the flags.")
    follow, empty = (bool(flags & flag) for flag in (ChangeAtFlag.AT_SYMLINK_FOLLOW, ChangeAtFlag.AT_EMPTY_PATH))
    return make_link(call, (olddirfd, oldpath), (newdirfd, newpath), follow, empty)


@syscall
def mknod(call: Call, pathname: Path, mode: NodeMode, dev: Annotated[DeviceNumber, "mode"]) -> Int:
    """Make a file of the type that `mode` names: regular, fifo, socket or device.

    EPERM: a directory, or a device while the caller is not the superuser. EINVAL: no such type. EEXIST: the new name
    exists already. ENOSPC: the file system is full. And the errors of a path walk. See mknod(2).

    Not served: devices have no driver behind them, so opening one answers ENXIO.
    """
    return make_node(call, None, pathname, mode, dev)


@syscall
def mknodat(call: Call, dirfd: DirFd, pathname: Path, mode: NodeMode, dev: Annotated[DeviceNumber, "mode"]) -> Int:
    """Like mknod, with `pathname` relative to the directory `dirfd`.

    EBADF: `dirfd` is not open. And the errors of mknod. See mknodat(2).

    Not served: devices have no driver behind them, so opening one answers ENXIO.
    """
    return make_node(call, dirfd, pathname, mode, dev)
