"""Open directories: listing them with getdents64(2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.constants import SeekWhence
from app.kernel.abi.text import count_bytes
from app.kernel.errno import Errno, KernelError

from . import notify
from .file import FileDescription, Sink
from .inode import Directory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.kernel.call import Call

    from .inode import Inode


class DirectoryDescription(FileDescription):
    """An open directory. Its offset is a cookie: entries whose cookie is not below it are still to be listed."""

    kind = "directory"
    what = "a directory"
    seekable = True

    def try_read(self, call: Call, sink: Sink, position: int | None) -> int:
        """Directories are listed, not read."""
        raise KernelError(Errno.EISDIR, f"{self.path} is a directory; getdents64 lists it, read cannot")

    def seek(self, call: Call, offset: int, whence: int) -> int:
        """To a cookie that an earlier listing gave."""
        if whence not in (SeekWhence.SEEK_SET, SeekWhence.SEEK_CUR):
            raise KernelError(Errno.EINVAL, "In a directory, positions count from its start or from the present one")
        target = offset + (self.offset if whence == SeekWhence.SEEK_CUR else 0)
        if target < 0:
            raise KernelError(Errno.EINVAL, "A position in a directory cannot be negative")
        self.offset = target
        return target

    def list_entries(self, call: Call, sink: Sink, old: bool = False) -> int:
        """Pack entries from the offset on, as many as fit. EINVAL when not even the first fits.

        `old` is for getdents(2), whose entries end with the type instead of having it before the name.
        """
        if self.inode.nlink == 0:
            raise KernelError(Errno.ENOENT, f"{self.path} has been removed")
        header = call.abi.structs["dirent" if old else "dirent64"]
        alignment = call.abi.info.word_size if old else 8
        packed = bytearray()
        position = self.offset
        count = 0
        for name, inode, following in self._entries():
            encoded = name.encode(errors="surrogateescape") + (b"\0\0" if old else b"\0")
            length = -(-(header.size + len(encoded)) // alignment) * alignment
            if len(packed) + length > sink.size:
                if not packed:
                    raise call.refuse(
                        Errno.EINVAL, "count", "size", str(sink.size), f"The next entry needs {length} bytes of room."
                    )
                break
            kind = inode.type >> 12
            fields = {"d_ino": inode.number, "d_off": following, "d_reclen": length}
            entry = (header.pack(**fields) if old else header.pack(**fields, d_type=kind)) + encoded
            packed += entry.ljust(length - 1, b"\0") + bytes([kind]) if old else entry.ljust(length, b"\0")
            position = following
            count += 1
        entries = "1 entry" if count == 1 else f"{count} entries"
        call.service("vfs", "list", f"The buffer gets {entries} of {self.path} ({count_bytes(len(packed))}).")
        if sink.write(bytes(packed)) < len(packed):
            raise KernelError(Errno.EFAULT, "The entries do not fit into the memory")
        self.offset = position
        self.inode.accessed()
        notify.file_event(self.inode, self.dentry, notify.IN_ACCESS)
        return len(packed)

    def next_entry(self, call: Call) -> tuple[str, int, int] | None:
        """Name, inode number and position of the next entry, and go on behind it; None after the last one."""
        if self.inode.nlink == 0:
            raise KernelError(Errno.ENOENT, f"{self.path} has been removed")
        found = next(self._entries(), None)
        if found is None:
            return None
        name, inode, following = found
        before, self.offset = self.offset, following
        call.service("vfs", "list", f"The next entry of {self.path} is {name}.")
        return name, inode.number, before

    def _entries(self) -> Iterator[tuple[str, Inode, int]]:
        """(name, inode, offset after it) of the entries from the offset on; `.` and `..` come first."""
        if self.dentry is None or not isinstance(self.inode, Directory):
            raise KernelError(Errno.ENOTDIR, f"{self.path} is not a directory")
        if self.offset <= 0:
            yield ".", self.inode, 1
        if self.offset <= 1:
            yield "..", self.dentry.parent.inode, 2
        yield from self.inode.listing(self.offset)
