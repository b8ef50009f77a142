"""Extended attributes of files: each call by path, by path without following a link, and by descriptor."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.file_constants import XattrFlag
from app.kernel.arguments import Fd, Int, Path, Size, UserIn, UserOut
from app.kernel.arguments.files import AttributeName, ValueIn, ValueOut
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.fs.attributes import Target, find_target
from app.kernel.fs.xattr import MAX_VALUE, get_attribute, list_attributes, remove_attribute, set_attribute
from app.kernel.syscall import syscall


@syscall
def setxattr(
    call: Call, path: Path, name: AttributeName, value: Annotated[ValueIn, "size"], size: Size, flags: XattrFlag
) -> Int:
    """Give the extended attribute `name` of a file the `size` bytes at `value`.

    With XATTR_CREATE it must be new, with XATTR_REPLACE it must exist. Names begin with their family: `user.` on
    regular files and directories that may be written; `trusted.` and `security.` are for the superuser.

    EINVAL: unknown flags. EFAULT: a pointer is bad. ERANGE: a name of 0 or more than 255 bytes. E2BIG: a value of more
    than 65536 bytes. EEXIST: XATTR_CREATE, and the file has it. ENODATA: XATTR_REPLACE, and the file has it not.
    ENOSPC: all of a file's attributes take at most a block. EOPNOTSUPP: no such family. EPERM: a kind of file that has
    no user attributes, or a family for the superuser. EACCES: the file may not be written. And the errors of a path
    walk. See setxattr(2).

    Not served: access control lists (`system.posix_acl_access`), which answer EINVAL.
    """
    key, data = _checked(call, name, value, size, flags)
    set_attribute(call, find_target(call, None, path), key, data, flags)
    return Int(0)


@syscall
def lsetxattr(
    call: Call, path: Path, name: AttributeName, value: Annotated[ValueIn, "size"], size: Size, flags: XattrFlag
) -> Int:
    """Like setxattr, but of a symbolic link itself, which has no user attributes.

    The errors are those of setxattr. See lsetxattr(2).
    """
    key, data = _checked(call, name, value, size, flags)
    set_attribute(call, find_target(call, None, path, follow=False), key, data, flags)
    return Int(0)


@syscall
def fsetxattr(
    call: Call, fd: Fd, name: AttributeName, value: Annotated[ValueIn, "size"], size: Size, flags: XattrFlag
) -> Int:
    """Like setxattr, of the open file `fd`. EBADF: `fd` is not open. And the errors of setxattr. See fsetxattr(2)."""
    key, data = _checked(call, name, value, size, flags)
    set_attribute(call, Target.of(fd.file), key, data, flags)
    return Int(0)


@syscall
def getxattr(call: Call, path: Path, name: AttributeName, value: Annotated[ValueOut, "size"], size: Size) -> Size:
    """Store the value of the extended attribute `name` in `value`; returns its length.

    With `size` 0 nothing is stored.

    ENODATA: the file has no such attribute. ERANGE: `size` is too small, or a name of 0 or more than 255 bytes. EFAULT:
    a pointer is bad. EOPNOTSUPP: no such family of attributes. EACCES: the file may not be read. And the errors of a
    path walk. See getxattr(2).
    """
    key = name.read_name()
    return _get(call, find_target(call, None, path), key, value, size)


@syscall
def lgetxattr(call: Call, path: Path, name: AttributeName, value: Annotated[ValueOut, "size"], size: Size) -> Size:
    """Like getxattr, but of a symbolic link itself. The errors are those of getxattr. See lgetxattr(2)."""
    key = name.read_name()
    return _get(call, find_target(call, None, path, follow=False), key, value, size)


@syscall
def fgetxattr(call: Call, fd: Fd, name: AttributeName, value: Annotated[ValueOut, "size"], size: Size) -> Size:
    """Like getxattr, of the open file `fd`. EBADF: `fd` is not open. And the errors of getxattr. See fgetxattr(2)."""
    key = name.read_name()
    return _get(call, Target.of(fd.file), key, value, size)


@syscall
def listxattr(call: Call, path: Path, list: Annotated[UserOut, "size"], size: Size) -> Size:
    """Store the names of all extended attributes in `list`, each with a NUL; returns their length.

    With `size` 0 nothing is stored.

    ERANGE: `size` is too small. EFAULT: a pointer is bad. And the errors of a path walk. See listxattr(2).
    """
    return _list(call, find_target(call, None, path), list, size)


@syscall
def llistxattr(call: Call, path: Path, list: Annotated[UserOut, "size"], size: Size) -> Size:
    """Like listxattr, but of a symbolic link itself. The errors are those of listxattr. See llistxattr(2)."""
    return _list(call, find_target(call, None, path, follow=False), list, size)


@syscall
def flistxattr(call: Call, fd: Fd, list: Annotated[UserOut, "size"], size: Size) -> Size:
    """Like listxattr, of the open file `fd`.

    EBADF: `fd` is not open. And the errors of listxattr. See flistxattr(2).
    """
    return _list(call, Target.of(fd.file), list, size)


@syscall
def removexattr(call: Call, path: Path, name: AttributeName) -> Int:
    """Take the extended attribute `name` away from a file.

    ENODATA: the file has no such attribute. ERANGE: a name of 0 or more than 255 bytes. EFAULT: a pointer is bad.
    EOPNOTSUPP: no such family of attributes. EPERM: a kind of file that has no user attributes, or a family for the
    superuser. EACCES: the file may not be written. And the errors of a path walk. See removexattr(2).
    """
    key = name.read_name()
    remove_attribute(call, find_target(call, None, path), key)
    return Int(0)


@syscall
def lremovexattr(call: Call, path: Path, name: AttributeName) -> Int:
    """Like removexattr, but of a symbolic link itself. The errors are those of removexattr. See lremovexattr(2)."""
    key = name.read_name()
    remove_attribute(call, find_target(call, None, path, follow=False), key)
    return Int(0)


@syscall
def fremovexattr(call: Call, fd: Fd, name: AttributeName) -> Int:
    """Like removexattr, of the open file `fd`.

    EBADF: `fd` is not open. And the errors of removexattr. See fremovexattr(2).
    """
    key = name.read_name()
    remove_attribute(call, Target.of(fd.file), key)
    return Int(0)


def _checked(call: Call, name: AttributeName, value: UserIn, size: int, flags: int) -> tuple[bytes, bytes]:
    """Name and value, checked in the order of Linux: flags, name, size, memory."""
    if flags & ~int(XattrFlag.XATTR_CREATE | XattrFlag.XATTR_REPLACE):
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "setxattr does not know one of the flags.")
    key = name.read_name()
    if size > MAX_VALUE:
        raise call.refuse(Errno.E2BIG, "size", "range", str(size), f"A value has at most {MAX_VALUE} bytes.")
    data = value.read()
    if len(data) < size:
        raise call.refuse(Errno.EFAULT, "value", "memory", hex(value.address), "Not all of the value is readable.")
    if key.startswith(b"system.posix_acl_"):
        raise call.refuse(Errno.EINVAL, "name", "name", key.decode(), "This kernel keeps no access control lists.")
    return key, data


def _get(call: Call, target: Target, name: bytes, value: UserOut, size: int) -> Size:
    data = get_attribute(call, target, name)
    return _give(call, data, value, size, "value")


def _list(call: Call, target: Target, names: UserOut, size: int) -> Size:
    return _give(call, list_attributes(call, target), names, size, "list")


def _give(call: Call, data: bytes, room: UserOut, size: int, argument: str) -> Size:
    if not size:
        return Size(len(data))
    if len(data) > size:
        raise call.refuse(Errno.ERANGE, "size", "size", str(size), f"{len(data)} bytes do not fit.")
    if room.write(data) < len(data):
        raise call.refuse(Errno.EFAULT, argument, "memory", hex(room.address), "They do not fit into the memory.")
    return Size(len(data))
