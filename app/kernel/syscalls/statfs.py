"""What is known about the file system as a whole."""

from __future__ import annotations

from typing import Annotated

from app.cpu.mmu import PAGE_SIZE
from app.kernel.arguments import Fd, Int, Path, StructOut
from app.kernel.call import Call
from app.kernel.fs.dentry import NAME_MAX
from app.kernel.fs.path import PathWalk
from app.kernel.fs.superblock import SuperBlock
from app.kernel.syscall import syscall

_ST_VALID = 0x20
_ST_RELATIME = 0x1000


@syscall
def statfs(call: Call, path: Path, buf: Annotated[StructOut, "statfs"]) -> Int:
    """Store how large the file system of `path` is and how much is free. It is a file system in memory, as tmpfs is.

    EFAULT: a pointer is bad. And the errors of a path walk. See statfs(2).
    """
    return _fill(call, PathWalk(call, path).find(None).inode.fs, buf)


@syscall
def fstatfs(call: Call, fd: Fd, buf: Annotated[StructOut, "statfs"]) -> Int:
    """Like statfs, of the file system that holds the open file `fd`.

    EBADF: `fd` is not open. EFAULT: a pointer is bad. See fstatfs(2).
    """
    inode = fd.any_file.inode
    magic = inode.nameless_magic
    if magic:
        buf.write(f_type=magic, f_bsize=PAGE_SIZE, f_namelen=NAME_MAX, f_frsize=PAGE_SIZE, f_flags=_ST_VALID)
        return Int(0)
    return _fill(call, inode.fs, buf)


def _fill(call: Call, fs: SuperBlock, buf: StructOut) -> Int:
    free = fs.max_pages - fs.pages
    call.service("vfs", "attributes", f"{free} of {fs.max_pages} blocks are free.")
    buf.write(
        f_type=fs.magic,
        f_bsize=PAGE_SIZE,
        f_blocks=fs.max_pages,
        f_bfree=free,
        f_bavail=free,
        f_files=fs.max_inodes,
        f_ffree=fs.max_inodes - fs.inodes,
        f_fsid=fs.device,
        f_namelen=NAME_MAX,
        f_frsize=PAGE_SIZE,
        f_flags=_ST_VALID | _ST_RELATIME,
    )
    return Int(0)
