"""Path walk: from a path name to the file it names (path_resolution(7)); in Linux this is fs/namei.c."""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING, NoReturn

from msgspec import Struct

from app.kernel.abi.text import quote
from app.kernel.errno import Errno

from .dentry import NAME_MAX, Dentry
from .inode import Symlink
from .permission import MAY_EXEC

if TYPE_CHECKING:
    from app.kernel.arguments.descriptors import DirFd
    from app.kernel.arguments.path import Path
    from app.kernel.call import Call

MAX_SYMLINKS = 40
"""Symbolic links that one walk follows."""


class Lookup(Struct):
    """Where a walk ended: `name` in `parent`, and what is there, if anything.

    `special` says that the last component was `.`, `..` or missing (the path `/`), so that nothing can be created or
    removed under it. `directory_wanted`: the path ended in a slash.
    """

    parent: Dentry
    name: str
    dentry: Dentry | None
    special: bool
    directory_wanted: bool


class PathWalk:
    """One walk. `argument` is the path as the program passed it; refusals name it. `real_ids` is for access(2),
    `allow_empty` for AT_EMPTY_PATH."""

    def __init__(self, call: Call, argument: Path, real_ids: bool = False, allow_empty: bool = False) -> None:
        self._call = call
        self._argument = argument
        self._who = call.task.credentials
        self._real_ids = real_ids
        self._allow_empty = allow_empty

    def find(self, dirfd: DirFd | None, follow: bool = True) -> Dentry:
        """The file that the path names. `follow` says whether a symbolic link at the end is followed.

        Raises what `look_up` does, and ENOENT.
        """
        lookup = self.look_up(dirfd, follow)
        if lookup.dentry is None:
            self.refuse(Errno.ENOENT, f"There is no {lookup.name!r} in {lookup.parent.path}.")
        return lookup.dentry

    def look_up(
        self, dirfd: DirFd | None, follow: bool = True, parent_only: bool = False, creating: bool = False
    ) -> Lookup:
        """Walk up to the last component, which may be missing. With `parent_only` it is neither followed nor
        is the length of its name checked, which Linux does later.
        `creating` is for O_CREAT, which makes no directories: a path that ends in a slash is EISDIR.

        `dirfd` None stands for AT_FDCWD. Raises EFAULT, ENAMETOOLONG, ENOENT, EBADF, ENOTDIR, EACCES, ELOOP.
        """
        name = (
            os.fsdecode(self._argument.value) if self._argument.value else self._argument.read_name(self._allow_empty)
        )
        start = self._start(dirfd, name)
        lookup = self._walk(start, name, follow, parent_only, creating)
        if lookup.dentry is not None:
            target = lookup.dentry
            if lookup.directory_wanted and not parent_only and not target.inode.is_directory:
                self.refuse(Errno.ENOTDIR, f"The path ends in a slash, but {target.path} is not a directory.")
            self._call.service("vfs", "lookup", f"The path leads to {target.path}, inode {target.inode.number}.")
        return lookup

    def need_short_name(self, name: str) -> None:
        """Refuse a name that no directory can hold. Raises ENAMETOOLONG."""
        if len(name.encode(errors="surrogateescape")) > NAME_MAX:
            self.refuse(Errno.ENAMETOOLONG, f"A component of the path is longer than {NAME_MAX} bytes.")

    def refuse(self, errno: Errno, sentence: str) -> NoReturn:
        """Raise `errno`, said of the path."""
        value = quote(self._argument.value or b"", limit=None)
        raise self._call.refuse(errno, self._argument.name, "path", value, sentence)

    def _start(self, dirfd: DirFd | None, name: str) -> Dentry:
        """The directory that the walk begins in."""
        context = self._call.task.fs
        if name.startswith("/"):
            return context.root
        if dirfd is None or dirfd.is_cwd:
            return context.cwd
        file = dirfd.any_file
        if file.dentry is not None and not name:
            return file.dentry
        if file.dentry is None or not file.inode.is_directory:
            raise self._call.refuse(
                Errno.ENOTDIR, dirfd.name, "directory", str(dirfd.number), f"{file.path} is not a directory."
            )
        return file.dentry

    def _walk(self, start: Dentry, name: str, follow: bool, parent_only: bool, creating: bool) -> Lookup:
        current = start
        directory_wanted = name.endswith("/")
        components = _components(name)
        links = 0
        while components:
            component = components.popleft()
            last = not components
            self._need_search(current)
            if component in (".", ".."):
                current = self._call.task.fs.above(current) if component == ".." else current
                if last:
                    return Lookup(current, component, current, True, directory_wanted)
                continue
            if last and creating and directory_wanted:
                self.refuse(Errno.EISDIR, "The path can only name a directory, and O_CREAT is for regular files.")
            if not (last and parent_only):
                self.need_short_name(component)
            child = current.directory.look_up(component)
            if child is None and last and not parent_only and current.directory.creation_error is Errno.ENOENT:
                self.refuse(Errno.ENOENT, f"{current.path} has only the names that the kernel gives it.")
            if last and (child is None or parent_only):
                return Lookup(current, component, child, False, directory_wanted)
            if child is None:
                self.refuse(Errno.ENOENT, f"There is no {component!r} in {current.path}.")
            if isinstance(child.inode, Symlink) and (not last or follow or directory_wanted):
                links += 1
                if links > MAX_SYMLINKS:
                    self.refuse(Errno.ELOOP, f"The path leads through more than {MAX_SYMLINKS} symbolic links.")
                child.inode.accessed()
                target = child.inode.follow()
                if isinstance(target, Dentry):
                    self._call.service("vfs", "magic-link", f"{child.path} leads straight to {target.path}.")
                    current = target
                    if last:
                        return Lookup(target.parent, target.name, target, True, directory_wanted)
                    continue
                self._call.service("vfs", "symlink", f"{child.path} is a symbolic link to {target}.")
                directory_wanted = directory_wanted or (last and target.endswith("/"))
                components.extendleft(reversed(_components(target)))
                if target.startswith("/"):
                    current = self._call.task.fs.root
                continue
            if last:
                return Lookup(current, component, child, False, directory_wanted)
            current = child
        return Lookup(current, "/", current, True, directory_wanted)

    def _need_search(self, directory: Dentry) -> None:
        """A walk goes on only below a directory that one may search."""
        inode = directory.inode
        if not inode.is_directory:
            self.refuse(Errno.ENOTDIR, f"{directory.path} is not a directory, so no path goes through it.")
        if not inode.permits(self._who, MAY_EXEC, self._real_ids):
            self.refuse(Errno.EACCES, f"The directory {directory.path} may not be searched by this user.")

    def need(self, dentry: Dentry, wanted: int, sentence: str) -> None:
        """Check permission on what was found. Raises EACCES."""
        if not dentry.inode.permits(self._who, wanted, self._real_ids):
            self.refuse(Errno.EACCES, sentence)


def _components(path: str) -> deque[str]:
    return deque(part for part in path.split("/") if part)
