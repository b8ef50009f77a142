"""Dentries: the names of files, and the paths they make (path_resolution(7))."""

from __future__ import annotations

from app.kernel.errno import Errno, KernelError

from .inode import Directory, Inode

PATH_MAX = 4096
"""Bytes of the longest path name, its NUL included."""

NAME_MAX = 255
"""Bytes in one component of a path."""


class Dentry:
    """A name in a directory and the inode it names. The root is its own parent."""

    __slots__ = ("cookie", "deleted", "inode", "name", "parent")

    def __init__(self, name: str, parent: Dentry | None, inode: Inode) -> None:
        self.name = name
        self.parent = parent or self
        self.inode = inode
        self.cookie = 0
        self.deleted = False

    @property
    def is_root(self) -> bool:
        """Whether this is the root of the file system."""
        return self.parent is self

    @property
    def is_mount_point(self) -> bool:
        """Whether another file system begins here."""
        return self.inode.fs is not self.parent.inode.fs

    @property
    def directory(self) -> Directory:
        """The inode as a directory. Raises ENOTDIR."""
        if not isinstance(self.inode, Directory):
            raise KernelError(Errno.ENOTDIR, f"{self.path} is not a directory")
        return self.inode

    def absolute_path(self) -> str | None:
        """The path from the root; None when it is longer than any path may be (directories nest without limit)."""
        path = ""
        dentry = self
        while (parent := dentry.parent) is not dentry:
            path = f"/{dentry.name}{path}"
            if len(path) >= PATH_MAX:
                return None
            dentry = parent
        if not path.isascii() and len(path.encode(errors="surrogateescape")) >= PATH_MAX:
            return None
        return path or "/"

    @property
    def path(self) -> str:
        """The path to show to people, as /proc/self/fd has it."""
        path = self.absolute_path() or f"(a path of more than {PATH_MAX} bytes)/{self.name}"
        return path + (" (deleted)" if self.deleted else "")

    def create(self, name: str, inode: Inode) -> Dentry:
        """Enter `inode` as `name` in this directory."""
        dentry = Dentry(name, self, inode)
        self.directory.add(dentry)
        return dentry

    def unlink(self) -> None:
        """Remove this name and the inode's link with it (both of a directory: its name and its `.`)."""
        self.parent.directory.remove(self)
        self.deleted = True
        self.inode.drop_link(2 if self.inode.is_directory else 1)

    def is_below(self, ancestor: Dentry) -> bool:
        """Whether `ancestor` is this directory or one above it."""
        dentry = self
        while dentry is not ancestor:
            if dentry.is_root:
                return False
            dentry = dentry.parent
        return True


class UnnamedDentry(Dentry):
    """Stands for a file that is in no directory, such as a pipe; `name` is what /proc/self/fd shows of it."""

    __slots__ = ()

    def __init__(self, name: str, inode: Inode) -> None:
        super().__init__(name, None, inode)

    @property
    def path(self) -> str:
        """`pipe:[4711]`."""
        return self.name
