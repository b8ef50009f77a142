"""Extended attributes (xattr(7)): names with values that belong to an inode, as ext4 keeps them."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from app.kernel.abi.file_constants import XattrFlag
from app.kernel.credentials import Capability
from app.kernel.errno import Errno, KernelError

from . import notify
from .permission import MAY_READ, MAY_WRITE, file_user, owns
from .superblock import PIPEFS_MAGIC

if TYPE_CHECKING:
    from app.kernel.call import Call

    from .attributes import Target

MAX_VALUE = 65536
"""Most bytes in one value (XATTR_SIZE_MAX)."""

MAX_TOTAL = 4000
"""What the names and values of one inode may take: a block of the disk, less what describes them."""

_SYSTEM = (b"system.posix_acl_access", b"system.posix_acl_default")


def get_attribute(call: Call, target: Target, name: bytes) -> bytes:
    """The value. Raises ENODATA, EOPNOTSUPP, EACCES."""
    _need_permission(call, target, name, MAY_READ)
    _need_known(target, name)
    value = target.inode.xattrs.get(name)
    if value is None:
        raise KernelError(Errno.ENODATA, f"{target.path} has no attribute {_text(name)}")
    return value


def set_attribute(call: Call, target: Target, name: bytes, value: bytes, flags: int) -> None:
    """Give the attribute a value. Raises EEXIST, ENODATA, ENOSPC, EOPNOTSUPP, EPERM, EACCES."""
    _need_permission(call, target, name, MAY_WRITE)
    _need_known(target, name)
    _need_administrator(call, name)
    attributes = target.inode.xattrs
    if flags & XattrFlag.XATTR_CREATE and name in attributes:
        raise KernelError(Errno.EEXIST, f"{target.path} has the attribute {_text(name)} already")
    if flags & XattrFlag.XATTR_REPLACE and name not in attributes:
        raise KernelError(Errno.ENODATA, f"{target.path} has no attribute {_text(name)} to replace")
    others = sum(len(key) + len(kept) for key, kept in attributes.items() if key != name)
    if others + len(name) + len(value) > MAX_TOTAL:
        raise KernelError(Errno.ENOSPC, f"The attributes of one file take at most {MAX_TOTAL} bytes")
    attributes[name] = value
    _changed(call, target, f"{_text(name)} of {target.path} has {len(value)} bytes now.")


def remove_attribute(call: Call, target: Target, name: bytes) -> None:
    """Take the attribute away. Raises ENODATA, EOPNOTSUPP, EPERM, EACCES."""
    _need_permission(call, target, name, MAY_WRITE)
    _need_known(target, name)
    _need_administrator(call, name)
    if target.inode.xattrs.pop(name, None) is None and name not in _SYSTEM:
        raise KernelError(Errno.ENODATA, f"{target.path} has no attribute {_text(name)}")
    _changed(call, target, f"{target.path} has no attribute {_text(name)} any more.")


def list_attributes(call: Call, target: Target) -> bytes:
    """All names that the caller may see, each with a NUL."""
    trusted = call.task.credentials.capable(Capability.CAP_SYS_ADMIN)
    names = [name for name in target.inode.xattrs if trusted or not name.startswith(b"trusted.")]
    return b"".join(name + b"\0" for name in names)


def _need_permission(call: Call, target: Target, name: bytes, wanted: int) -> None:
    """Who may read and write which attributes (Linux `xattr_permission`)."""
    inode = target.inode
    who = call.task.credentials
    refused = Errno.EPERM if wanted & MAY_WRITE else Errno.ENODATA
    if name.startswith((b"security.", b"system.")):
        return
    if name.startswith(b"trusted."):
        if not who.capable(Capability.CAP_SYS_ADMIN):
            raise KernelError(refused, "Only the superuser sees trusted attributes")
        return
    if name.startswith(b"user."):
        if not (inode.is_regular or inode.is_directory):
            raise KernelError(refused, f"{target.path} is no regular file or directory, so it has no user attributes")
        if inode.is_directory and inode.mode & stat.S_ISVTX and wanted & MAY_WRITE and not owns(inode, who):
            raise KernelError(refused, f"{target.path} is a sticky directory of user {inode.uid}, not {file_user(who)}")
    if not inode.permits(who, wanted):
        raise KernelError(Errno.EACCES, f"The permissions of {target.path} do not allow it")


def _need_known(target: Target, name: bytes) -> None:
    """Only four families exist, and access control lists are not kept. Raises EOPNOTSUPP, EINVAL."""
    if (
        not target.inode.fs.keeps_attributes
        or not target.inode.changeable
        or target.inode.nameless_magic == PIPEFS_MAGIC
    ):
        raise KernelError(Errno.EOPNOTSUPP, f"The file system of {target.path} keeps no attributes")
    family, _, rest = name.partition(b".")
    if (name.startswith(b"system.") and name not in _SYSTEM) or b"." not in name:
        raise KernelError(Errno.EOPNOTSUPP, f"The file system does not know the attribute {_text(name)}")
    if family not in (b"user", b"trusted", b"security", b"system"):
        raise KernelError(Errno.EOPNOTSUPP, f"The file system has no attributes of the family {_text(family)}")
    if not rest:
        raise KernelError(Errno.EINVAL, "The family alone names no attribute")


def _need_administrator(call: Call, name: bytes) -> None:
    if name.startswith(b"security.") and not call.task.credentials.capable(Capability.CAP_SYS_ADMIN):
        raise KernelError(Errno.EPERM, "Only the superuser changes security attributes")


def _changed(call: Call, target: Target, sentence: str) -> None:
    target.inode.changed()
    notify.file_event(target.inode, target.dentry, notify.IN_ATTRIB)
    call.service("vfs", "attributes", sentence)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")
