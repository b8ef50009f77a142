"""fallocate(2): making room, holes and zeros (ext4_fallocate of Linux)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_SIZE
from app.kernel.abi.file_constants import FallocMode
from app.kernel.errno import Errno, KernelError

from . import notify
from .inode import RegularFile
from .size_limit import need_size

if TYPE_CHECKING:
    from app.kernel.arguments import Fd
    from app.kernel.call import Call

_KEEP = int(FallocMode.FALLOC_FL_KEEP_SIZE)
_PUNCH = int(FallocMode.FALLOC_FL_PUNCH_HOLE)
_COLLAPSE = int(FallocMode.FALLOC_FL_COLLAPSE_RANGE)
_ZERO = int(FallocMode.FALLOC_FL_ZERO_RANGE)
_UNSHARE = int(FallocMode.FALLOC_FL_UNSHARE_RANGE)
_WRITE_ZEROES = 0x80
_INSERT = int(FallocMode.FALLOC_FL_INSERT_RANGE)

_MODES = (0, _KEEP, _PUNCH | _KEEP, _ZERO, _ZERO | _KEEP, _COLLAPSE, _INSERT)
"""The combinations that a disk file system knows."""

_OTHER_MODES = (_UNSHARE, _UNSHARE | _KEEP, _WRITE_ZEROES)
"""Those that the kernel knows, but only other file systems serve."""


def allocate(call: Call, fd: Fd, mode: int, offset: int, length: int) -> None:
    """Carry out one fallocate(2). For the errors see the call."""
    file = fd.file
    if offset < 0 or length <= 0:
        raise call.refuse(Errno.EINVAL, "len", "range", str(length), "The range is empty or begins before the file.")
    if mode not in _MODES and mode not in _OTHER_MODES:
        raise call.refuse(Errno.EOPNOTSUPP, "mode", "flags", hex(mode), "The file system does not know this mode.")
    if not file.writable:
        raise call.refuse(Errno.EBADF, "fd", "access-mode", str(fd.number), "It was not opened for writing.")
    inode = file.inode
    if file.kind == "pipe":
        raise KernelError(Errno.ESPIPE, f"{file.path} has no place on a disk")
    if file.kind == "pidfd":
        raise KernelError(Errno.EOPNOTSUPP, f"{file.path} is a file to Linux, but without room on a disk")
    if not isinstance(inode, RegularFile):
        raise KernelError(Errno.ENODEV, f"{file.path} is no regular file")
    end = offset + length
    if end > inode.max_size:
        raise call.refuse(Errno.EFBIG, "len", "range", str(length), f"Files end at {inode.max_size} at the latest.")
    if mode in _OTHER_MODES:
        raise call.refuse(Errno.EOPNOTSUPP, "mode", "flags", hex(mode), "The file system does not know this mode.")
    inode.need_allocatable(mode, end)
    if mode == 0:
        need_size(call, end, inode.size)
    inode.drop_privileges(call.task.credentials)
    if mode in (_COLLAPSE, _INSERT):
        _check_shift(call, inode, mode, offset, length)
    if mode == _COLLAPSE:
        inode.shift(end, -length)
    elif mode == _INSERT:
        inode.shift(offset, length)
    elif mode & _PUNCH:
        if offset < inode.size:
            inode.punch(offset, min(end, -(-inode.size // PAGE_SIZE) * PAGE_SIZE))
    else:
        _make_room(inode, mode, offset, end)
    notify.file_event(inode, file.dentry, notify.IN_MODIFY)
    call.service("vfs", "allocate", f"{file.path} has {inode.size} bytes and {inode.blocks} blocks on the disk now.")


def _make_room(inode: RegularFile, mode: int, offset: int, end: int) -> None:
    if mode & _ZERO:
        inode.punch(offset, end)
    if not inode.reserve(offset, end):
        raise KernelError(Errno.ENOSPC, "The disk is full")
    if not mode & _KEEP and end > inode.size:
        inode.truncate(end)
    inode.changed()


def _check_shift(call: Call, inode: RegularFile, mode: int, offset: int, length: int) -> None:
    if offset % PAGE_SIZE or length % PAGE_SIZE:
        raise call.refuse(Errno.EINVAL, "offset", "range", str(offset), f"Only whole blocks of {PAGE_SIZE} can move.")
    if mode == _COLLAPSE and offset + length >= inode.size:
        raise call.refuse(Errno.EINVAL, "len", "range", str(length), "Bytes must be left after the range.")
    if mode == _INSERT and inode.size + length > inode.max_size:
        raise call.refuse(Errno.EFBIG, "len", "range", str(length), f"Files end at {inode.max_size} at the latest.")
    if mode == _INSERT and offset >= inode.size:
        raise call.refuse(Errno.EINVAL, "offset", "range", str(offset), "There is nothing to move after the end.")
