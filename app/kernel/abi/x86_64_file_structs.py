"""Structures of the calls about files, as the uapi headers of Linux define them for x86-64."""

from __future__ import annotations

from .layout import Layout
from .struct_text import owner_text

F_OWNER_EX = Layout("f_owner_ex", [("type", "i"), ("pid", "i")], text=owner_text)

DIRENT_HEADER = Layout("dirent", [("d_ino", "Q"), ("d_off", "Q"), ("d_reclen", "H")], packed=True)
"""What stands before the name in `struct linux_dirent`, getdents(2)."""

STATFS = Layout(
    "statfs",
    [
        ("f_type", "q"),
        ("f_bsize", "q"),
        ("f_blocks", "Q"),
        ("f_bfree", "Q"),
        ("f_bavail", "Q"),
        ("f_files", "Q"),
        ("f_ffree", "Q"),
        ("f_fsid", "Q"),
        ("f_namelen", "q"),
        ("f_frsize", "q"),
        ("f_flags", "q"),
        ("spare", "32s"),
    ],
)

STATX = Layout(
    "statx",
    [
        ("stx_mask", "I"),
        ("stx_blksize", "I"),
        ("stx_attributes", "Q"),
        ("stx_nlink", "I"),
        ("stx_uid", "I"),
        ("stx_gid", "I"),
        ("stx_mode", "H"),
        ("spare0", "2s"),
        ("stx_ino", "Q"),
        ("stx_size", "Q"),
        ("stx_blocks", "Q"),
        ("stx_attributes_mask", "Q"),
        *(
            (f"stx_{time}{part}", kind)
            for time in ("atime", "btime", "ctime", "mtime")
            for part, kind in (("", "q"), ("_nsec", "I"), ("_reserved", "i"))
        ),
        ("stx_rdev_major", "I"),
        ("stx_rdev_minor", "I"),
        ("stx_dev_major", "I"),
        ("stx_dev_minor", "I"),
        ("stx_mnt_id", "Q"),
        ("spare2", "104s"),
    ],
)
"""`struct statx` of linux/stat.h, 256 bytes."""

FILE_STRUCTS = (F_OWNER_EX, DIRENT_HEADER, STATFS, STATX)
