"""Open files without a place in any directory: eventfd, epoll, pidfd and their like (Linux's anon_inode)."""

from __future__ import annotations

from .file import FileDescription
from .inode import Inode
from .superblock import SuperBlock


class AnonymousDescription(FileDescription):
    """An open anonymous file; all share one inode. `name` is what /proc/self/fd shows after `anon_inode:`."""

    kind = "anonymous"
    name = ""

    def __init__(self, fs: SuperBlock, flags: int) -> None:
        super().__init__(fs, anonymous_inode(fs), flags, path=f"anon_inode:{self.name}")


def anonymous_inode(fs: SuperBlock) -> Inode:
    """The inode of all anonymous files, made when the first is opened."""
    if fs.anonymous is None:
        fs.anonymous = Inode(fs, 0o600, 0, 0)
    return fs.anonymous
