"""Watching files."""

from __future__ import annotations

from app.kernel.abi.file_constants import InotifyInitFlag, InotifyMask
from app.kernel.arguments import Fd, Int, Path
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.fs.inotify import EVENTS, InotifyDescription, open_inotify
from app.kernel.fs.path import PathWalk
from app.kernel.fs.permission import MAY_READ
from app.kernel.syscall import syscall

_KNOWN = (
    int(
        InotifyMask.IN_UNMOUNT
        | InotifyMask.IN_Q_OVERFLOW
        | InotifyMask.IN_IGNORED
        | InotifyMask.IN_ONLYDIR
        | InotifyMask.IN_DONT_FOLLOW
        | InotifyMask.IN_EXCL_UNLINK
        | InotifyMask.IN_MASK_CREATE
        | InotifyMask.IN_MASK_ADD
        | InotifyMask.IN_ISDIR
        | InotifyMask.IN_ONESHOT
    )
    | EVENTS
)


@syscall
def inotify_init(call: Call) -> Fd:
    """Open a new inotify instance and return its descriptor. EMFILE: too many descriptors. See inotify_init(2)."""
    return _open(call, 0)


@syscall
def inotify_init1(call: Call, flags: InotifyInitFlag) -> Fd:
    """Like inotify_init, with flags: IN_NONBLOCK and IN_CLOEXEC.

    EINVAL: other flags. EMFILE: too many descriptors. See inotify_init(2).
    """
    if flags & ~int(InotifyInitFlag.IN_NONBLOCK | InotifyInitFlag.IN_CLOEXEC):
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "inotify_init1 does not know one of the flags.")
    return _open(call, flags)


@syscall
def inotify_add_watch(call: Call, fd: Fd, pathname: Path, mask: InotifyMask) -> Int:
    """Watch the file `pathname`: read(2) of `fd` gives the events of `mask` from now on. Returns the watch descriptor.

    A directory tells of the files in it, too. A file that is watched already keeps its watch, with the new mask, or
    with IN_MASK_ADD both.

    EINVAL: no event in `mask`, unknown bits, or `fd` is no inotify instance. EBADF: `fd` is not open. EACCES: the file
    may not be read. EEXIST: IN_MASK_CREATE, and the file is watched already. ENOTDIR: IN_ONLYDIR, and it is no
    directory. ENOSPC: the user has too many watches. And the errors of a path walk. See inotify_add_watch(2).
    """
    bits = mask & 0xFFFF_FFFF
    if bits & ~_KNOWN or not bits & _KNOWN:
        raise call.refuse(Errno.EINVAL, "mask", "flags", hex(bits), "The mask has no event, or bits that mean nothing.")
    file = fd.file
    if bits & InotifyMask.IN_MASK_ADD and bits & InotifyMask.IN_MASK_CREATE:
        raise call.refuse(
            Errno.EINVAL, "mask", "flags", hex(bits), "IN_MASK_ADD and IN_MASK_CREATE contradict each other."
        )
    instance = _instance(call, fd, file)
    walk = PathWalk(call, pathname)
    dentry = walk.find(None, follow=not bits & InotifyMask.IN_DONT_FOLLOW)
    if bits & InotifyMask.IN_ONLYDIR and not dentry.inode.is_directory:
        walk.refuse(Errno.ENOTDIR, f"IN_ONLYDIR: {dentry.path} is not a directory.")
    walk.need(dentry, MAY_READ, f"This user may not read {dentry.path}, so they may not watch it.")
    descriptor = instance.add(dentry.inode, bits)
    call.service("vfs", "watch", f"Watch {descriptor} is on {dentry.path}.")
    return Int(descriptor)


@syscall
def inotify_rm_watch(call: Call, fd: Fd, wd: Int) -> Int:
    """Take the watch `wd` away; IN_IGNORED is its last event.

    EBADF: `fd` is not open. EINVAL: `fd` is no inotify instance, or has no watch `wd`. See inotify_rm_watch(2).
    """
    instance = _instance(call, fd, fd.file)
    watch = instance.watches.get(wd)
    if watch is None:
        raise call.refuse(Errno.EINVAL, "wd", "watch", str(wd), "The instance has no such watch.")
    instance.remove(watch)
    call.service("vfs", "watch", f"Watch {wd} is gone.")
    return Int(0)


def _open(call: Call, flags: int) -> Fd:
    files = call.task.files
    number = files.lowest_free()
    file = open_inotify(call.task.fs.superblock, bool(flags & InotifyInitFlag.IN_NONBLOCK))
    files.install(call.kernel, number, file, close_on_exec=bool(flags & InotifyInitFlag.IN_CLOEXEC))
    call.service("vfs", "create", f"Descriptor {number} is a new inotify instance, which watches nothing yet.")
    return Fd(call, "", number)


def _instance(call: Call, fd: Fd, file: object) -> InotifyDescription:
    if not isinstance(file, InotifyDescription):
        raise call.refuse(Errno.EINVAL, "fd", "type", str(fd.number), "It is no inotify instance.")
    return file
