"""/sys: the few files that C libraries and language runtimes read at their start (sysfs(5))."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_SIZE
from app.kernel.errno import Errno

from .dentry import Dentry
from .inode import Inode
from .mounts import SYS, SYSFS_MAGIC
from .pseudo import PseudoFile, PseudoSuperBlock, TableDirectory, mount

if TYPE_CHECKING:
    from app.kernel.kernel import Kernel

Tree = dict[str, "str | Tree"]

_CONTENTS: Tree = {
    "devices": {
        "system": {"cpu": {"cpu0": {}, "kernel_max": "0\n", "online": "0\n", "possible": "0\n", "present": "0\n"}}
    },
    "kernel": {"mm": {"transparent_hugepage": {"enabled": "always madvise [never]\n"}}},
}


class SysDirectory(TableDirectory):
    """A directory of /sys."""

    creation_error = Errno.EPERM


class SysFile(PseudoFile):
    """A file of /sys, which says that it is a page long, whatever is in it."""

    @property
    def size(self) -> int:
        """One page."""
        return PAGE_SIZE


def mount_sys(kernel: Kernel, root: Dentry) -> None:
    """Put /sys below `root`."""
    fs = PseudoSuperBlock(kernel, SYS.type, SYS.device, SYSFS_MAGIC)
    mount(root, "sys", _directory(fs, _CONTENTS, 0o555))


def _directory(fs: PseudoSuperBlock, tree: Tree, mode: int = 0o755) -> SysDirectory:
    return SysDirectory(fs, {name: _maker(value) for name, value in tree.items()}, mode)


def _maker(value: str | Tree) -> Callable[[PseudoSuperBlock], Inode]:
    return lambda fs: SysFile(fs, lambda: value) if isinstance(value, str) else _directory(fs, value)
