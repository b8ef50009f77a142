"""open(2) in full: flags, path walk, creation, permissions, descriptor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.constants import TMPFILE, OpenFlag
from app.kernel.abi.flags import all_bits
from app.kernel.arguments import Fd
from app.kernel.errno import Errno
from app.kernel.wait import Blocking

from . import notify
from .dentry import Dentry
from .fifo import FifoEnd
from .inode import Directory, RegularFile
from .open import open_dentry
from .path import Lookup, PathWalk
from .permission import MAY_EXEC, MAY_READ, MAY_WRITE, file_group, file_user, keeps_set_group_id, owns
from .superblock import SMALL_FILE_SIZE

if TYPE_CHECKING:
    from app.kernel.arguments import DirFd, Mode, Path
    from app.kernel.call import Call

_SYNC = int(OpenFlag.O_SYNC) & ~int(OpenFlag.O_DSYNC)
_PATH_FLAGS = int(OpenFlag.O_DIRECTORY | OpenFlag.O_NOFOLLOW | OpenFlag.O_PATH | OpenFlag.O_CLOEXEC)
_KNOWN = all_bits(OpenFlag)
_FORGOTTEN = int(OpenFlag.O_CREAT | OpenFlag.O_EXCL | OpenFlag.O_NOCTTY | OpenFlag.O_TRUNC | OpenFlag.O_CLOEXEC)


def open_path(call: Call, dirfd: DirFd | None, path: Path, flags: int, mode: Mode) -> Blocking[Fd]:
    """Open or create a file and give it a descriptor; `dirfd` None stands for AT_FDCWD. For the errors see open(2).

    Only opening a fifo may sleep.
    """
    flags = _checked_flags(call, flags & 0xFFFF_FFFF)
    path.read_name()
    files = call.task.files
    number = files.lowest_free()
    walk = PathWalk(call, path)
    follow = not flags & OpenFlag.O_NOFOLLOW and flags & (OpenFlag.O_CREAT | OpenFlag.O_EXCL) != (
        OpenFlag.O_CREAT | OpenFlag.O_EXCL
    )
    lookup = walk.look_up(dirfd, follow=follow, creating=bool(flags & OpenFlag.O_CREAT))
    dentry, created = _find_or_create(call, walk, lookup, flags, mode)
    if flags & TMPFILE:
        dentry, created = _temporary(call, walk, dentry, mode, flags), True
    elif not created:
        _check_found(call, walk, dentry, flags)
    kept = flags & ~_FORGOTTEN
    if not flags & OpenFlag.O_PATH and (call.abi.bits == 64 or call.syscall_name not in ("open", "openat")):
        kept |= OpenFlag.O_LARGEFILE
    truncated = dentry.inode if flags & OpenFlag.O_TRUNC and not created else None
    if isinstance(truncated, RegularFile):
        truncated.get_write_access()
    _need_small(call, walk, dentry, kept)
    file = open_dentry(call.task.fs.superblock, dentry, kept)
    file.created = created and not flags & TMPFILE
    if isinstance(file, FifoEnd):
        yield from _meet_partner(call, file)
        number = files.lowest_free()
    if not file.path_only:
        notify.file_event(dentry.inode, dentry, notify.IN_OPEN)
    if isinstance(truncated, RegularFile):
        truncated.drop_privileges(call.task.credentials)
        truncated.truncate(0)
        truncated.put_write_access()
        notify.file_event(dentry.inode, dentry, notify.IN_MODIFY)
        call.service("vfs", "truncate", f"O_TRUNC: {dentry.path} is empty now.")
    file.opened(call, flags)
    files.install(call.kernel, number, file, close_on_exec=bool(flags & OpenFlag.O_CLOEXEC))
    call.service("vfs", "install", f"{dentry.path} is open as descriptor {number}, the lowest that was free.")
    return Fd(call, "", number)


def _need_small(call: Call, walk: PathWalk, dentry: Dentry, flags: int) -> None:
    """Without O_LARGEFILE, which 32-bit programs must give themselves, no file of 2 GiB can be opened (EOVERFLOW)."""
    inode = dentry.inode
    if flags & (OpenFlag.O_LARGEFILE | OpenFlag.O_PATH) or not isinstance(inode, RegularFile):
        return
    if inode.size > SMALL_FILE_SIZE:
        walk.refuse(Errno.EOVERFLOW, f"{dentry.path} has {inode.size} bytes: only O_LARGEFILE opens it.")


def _meet_partner(call: Call, file: FifoEnd) -> Blocking[None]:
    """Wait for the other end of a fifo; when that comes to nothing, the file is not open after all."""
    try:
        yield from file.meet_partner(call)
    except BaseException:
        file.release()
        raise


def _checked_flags(call: Call, flags: int) -> int:
    """Drop what Linux ignores; EINVAL for what contradicts itself."""
    flags &= _KNOWN
    if flags & _SYNC:
        flags |= OpenFlag.O_DSYNC
    if flags & OpenFlag.O_PATH:
        flags &= _PATH_FLAGS
    contradiction = ""
    if flags & TMPFILE:
        if flags & OpenFlag.O_TMPFILE != OpenFlag.O_TMPFILE or flags & OpenFlag.O_CREAT:
            contradiction = "O_TMPFILE goes with O_DIRECTORY and without O_CREAT."
        elif flags & OpenFlag.O_ACCMODE == OpenFlag.O_RDONLY:
            contradiction = "A temporary file that cannot be written is of no use."
    elif flags & OpenFlag.O_CREAT and flags & OpenFlag.O_DIRECTORY:
        contradiction = "open creates regular files, so O_CREAT and O_DIRECTORY contradict each other."
    if contradiction:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), contradiction)
    return flags


def _find_or_create(call: Call, walk: PathWalk, lookup: Lookup, flags: int, mode: Mode) -> tuple[Dentry, bool]:
    """(the file, whether it is new)."""
    dentry = lookup.dentry
    creating = flags & OpenFlag.O_CREAT
    if dentry is not None:
        if creating and flags & OpenFlag.O_EXCL:
            walk.refuse(Errno.EEXIST, f"O_EXCL wants a new file, but {dentry.path} exists.")
        if creating and dentry.inode.is_directory:
            walk.refuse(Errno.EISDIR, f"{dentry.path} is a directory; O_CREAT is for regular files.")
        return dentry, False
    if not creating:
        walk.refuse(Errno.ENOENT, f"There is no {lookup.name!r} in {lookup.parent.path}.")
    return create_file(call, walk, lookup, int(mode)), True


def create_file(call: Call, walk: PathWalk, lookup: Lookup, mode: int) -> Dentry:
    """A new empty regular file where `lookup` found nothing."""
    parent = lookup.parent
    need_creatable(walk, parent)
    inode = _new_file(call, parent, mode)
    dentry = parent.create(lookup.name, inode)
    notify.directory_event(parent.inode, lookup.name, inode, notify.IN_CREATE)
    call.service("vfs", "create", f"{dentry.path} is created: inode {inode.number}, mode {inode.mode & 0o7777:04o}.")
    return dentry


def need_creatable(walk: PathWalk, parent: Dentry) -> None:
    """New names need a directory that exists and may be written and searched.

    Raises ENOENT, EACCES, and what a pseudo file system answers.
    """
    if parent.deleted:
        walk.refuse(Errno.ENOENT, "The directory has been removed, so nothing can be created in it.")
    refusal = parent.directory.creation_error
    if refusal is not Errno.ENOENT:
        walk.need(parent, MAY_WRITE | MAY_EXEC, f"This user may not create names in {parent.path}.")
    if refusal is not None:
        walk.refuse(refusal, f"{parent.path} has only the names that the kernel gives it.")


def _new_file(call: Call, parent: Dentry, mode: int) -> RegularFile:
    who = call.task.credentials
    group = owner_group(call, parent)
    permissions = mode & 0o7777 & ~call.task.fs.umask
    inode = RegularFile(parent.inode.fs, permissions, file_user(who), group)
    if permissions & 0o2010 == 0o2010 and parent.inode.mode & 0o2000 and not keeps_set_group_id(who, group):
        inode.mode &= ~0o2000
    return inode


def owner_group(call: Call, parent: Dentry) -> int:
    """Group of a new file: the creator's, or that of a set-group-ID directory."""
    inherits = parent.inode.mode & 0o2000
    return parent.inode.gid if inherits else file_group(call.task.credentials)


def _temporary(call: Call, walk: PathWalk, directory: Dentry, mode: Mode, flags: int) -> Dentry:
    """O_TMPFILE: a file without a name, on the file system of a directory; with O_EXCL it never gets one."""
    if not isinstance(directory.inode, Directory):
        walk.refuse(Errno.ENOTDIR, f"{directory.path} is not a directory.")
    if directory.inode.creation_error is not None:
        walk.need(directory, MAY_WRITE | MAY_EXEC, f"This user may not create files in {directory.path}.")
        walk.refuse(Errno.EOPNOTSUPP, f"The file system of {directory.path} has no temporary files.")
    need_creatable(walk, directory)
    inode = _new_file(call, directory, int(mode))
    inode.nlink = 0
    inode.linkable = not flags & OpenFlag.O_EXCL
    dentry = Dentry(f"#{inode.number}", directory, inode)
    dentry.deleted = True
    return dentry


def _check_found(call: Call, walk: PathWalk, dentry: Dentry, flags: int) -> None:
    """What Linux's `may_open` checks of a file that was there before."""
    inode = dentry.inode
    if flags & OpenFlag.O_DIRECTORY and not inode.is_directory:
        walk.refuse(Errno.ENOTDIR, f"O_DIRECTORY wants a directory, and {dentry.path} is none.")
    if flags & OpenFlag.O_PATH:
        return
    if inode.is_symlink:
        walk.refuse(Errno.ELOOP, f"O_NOFOLLOW: {dentry.path} is a symbolic link and is not followed.")
    access = flags & OpenFlag.O_ACCMODE
    wanted = (MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE, MAY_READ | MAY_WRITE)[access]
    if flags & OpenFlag.O_TRUNC:
        wanted |= MAY_WRITE
    if inode.is_directory and wanted & MAY_WRITE:
        walk.refuse(Errno.EISDIR, f"{dentry.path} is a directory; a directory cannot be opened for writing.")
    walk.need(dentry, wanted, f"The permissions of {dentry.path} do not allow this user to open it so.")
    if flags & OpenFlag.O_NOATIME and not owns(inode, call.task.credentials):
        raise call.refuse(Errno.EPERM, "flags", "owner", hex(flags), "O_NOATIME is for the owner of the file.")
