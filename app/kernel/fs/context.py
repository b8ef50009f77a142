"""Where a process stands in the file system."""

from __future__ import annotations

from msgspec import Struct

from .dentry import Dentry
from .superblock import SuperBlock


class FsContext(Struct):
    """Root and working directory, and the permission bits that new files do not get (umask(2))."""

    superblock: SuperBlock
    root: Dentry
    cwd: Dentry
    umask: int = 0o022

    def above(self, dentry: Dentry) -> Dentry:
        """What `..` means in a directory: the one that holds it, but nothing above the root (chroot(2))."""
        return dentry if dentry is self.root else dentry.parent

    def fork(self) -> FsContext:
        """A copy, for a child process."""
        return FsContext(self.superblock, self.root, self.cwd, self.umask)

    def change_directory(self, dentry: Dentry) -> None:
        """Stand somewhere else."""
        self.cwd = dentry
