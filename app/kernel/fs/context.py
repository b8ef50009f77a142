"""Where a process stands in the file system."""

from __future__ import annotations

from dataclasses import dataclass

from .inode import Dentry
from .superblock import SuperBlock


@dataclass(slots=True)
class FsContext:
    """Root and working directory, and the permission bits that new files do not get (umask(2))."""

    superblock: SuperBlock
    root: Dentry
    cwd: Dentry
    umask: int = 0o022

    def change_directory(self, dentry: Dentry) -> None:
        """Stand somewhere else."""
        self.cwd = dentry
