"""copy_file_range(2): from one regular file to another (Linux generic_copy_file_checks)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.errno import Errno, KernelError

from . import notify
from .file import MAX_RW_COUNT, FileDescription, RegularDescription
from .splice import CHUNK, KernelSource

if TYPE_CHECKING:
    from app.kernel.call import Call

_WORD = 2**64 - 1
_APPEND = 0o2000


def copy_range(call: Call, source: FileDescription, start: int, target: FileDescription, to: int, length: int) -> int:
    """Copy bytes, fewer than `length` at the end of the file; returns how many. For the errors see the call."""
    first, second = _need_regular(source, target)
    reader, writer = first.inode, second.inode
    if not source.readable or not target.writable or target.flags & _APPEND:
        raise KernelError(Errno.EBADF, f"{source.path} is not open for reading, or {target.path} not for plain writing")
    if (start & _WORD) + length > _WORD or (to & _WORD) + length > _WORD:
        raise KernelError(Errno.EOVERFLOW, "The range ends beyond the largest offset")
    count = max(min(length, reader.size - start), 0) if start >= 0 else length
    if to >= writer.max_size:
        raise KernelError(Errno.EFBIG, f"No file has a byte at offset {to}")
    count = min(count, writer.max_size - to)
    if reader is writer and to + count > start and to < start + count:
        raise KernelError(Errno.EINVAL, "What is copied and where it goes overlap")
    if start < 0 or to < 0:
        raise KernelError(Errno.EINVAL, "A position in a file cannot be negative")
    count = min(count, MAX_RW_COUNT, call.kernel.config.memory_bytes)
    done = 0
    while done < count:
        data = reader.read(start + done, min(count - done, CHUNK))
        try:
            written = second.write_at(call, KernelSource(data), to + done, append=False)
        except KernelError:
            if not done:
                raise
            break
        done += written
        if written < len(data):
            break
    if done:
        reader.accessed()
        notify.file_event(reader, source.dentry, notify.IN_ACCESS)
        notify.file_event(writer, target.dentry, notify.IN_MODIFY)
    return done


def _need_regular(source: FileDescription, target: FileDescription) -> tuple[RegularDescription, RegularDescription]:
    """Both files. Raises EISDIR, EINVAL."""
    for file in (source, target):
        if file.inode.is_directory:
            raise KernelError(Errno.EISDIR, f"{file.path} is a directory")
    if not isinstance(source, RegularDescription) or not isinstance(target, RegularDescription):
        raise KernelError(Errno.EINVAL, "Only regular files are copied like this")
    return source, target
