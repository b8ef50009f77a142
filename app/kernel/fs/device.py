"""Character devices: null, zero, full, random (null(4), full(4), random(4)); the terminal has its own module."""

from __future__ import annotations

import stat
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.kernel.abi.text import count_bytes
from app.kernel.errno import Errno, KernelError
from app.kernel.poll import READABLE

from .dentry import Dentry
from .file import MAX_RW_COUNT, FileDescription, Sink, Source
from .inode import Inode
from .superblock import SuperBlock

if TYPE_CHECKING:
    from app.kernel.arguments.ioctl import IoctlArgument
    from app.kernel.call import Call


Opener = Callable[[SuperBlock, Inode, int, Dentry | None], FileDescription]
"""A driver's open: file system, inode, flags, name."""


_RANDOM_MINOR = 8


class CharacterDevice(Inode):
    """A device file; `opener` is the driver that its device number selects."""

    def __init__(self, fs: SuperBlock, permissions: int, number: tuple[int, int], opener: Opener) -> None:
        super().__init__(fs, stat.S_IFCHR | permissions, 0, 0, rdev=number[0] << 8 | number[1])
        self.opener = opener

    def open(self, fs: SuperBlock, flags: int, dentry: Dentry) -> FileDescription:
        """Let the driver open it."""
        return self.opener(fs, self, flags, dentry)


class MemoryDevice(FileDescription):
    """What the devices of major number 1 have in common: no position that matters, writes are swallowed."""

    seekable = True

    def seek(self, call: Call, offset: int, whence: int) -> int:
        """The position stays 0 wherever one seeks to."""
        self.offset = 0
        return 0

    def try_write(self, call: Call, source: Source, position: int | None) -> int:
        """Everything is thrown away, unseen."""
        count = min(source.size, MAX_RW_COUNT)
        call.service("vfs", "write", f"{self.path} throws {count_bytes(count)} away.")
        return count


class NullDevice(MemoryDevice):
    """/dev/null: empty."""

    what = "the null device"
    takes_pages = True

    def try_read(self, call: Call, sink: Sink, position: int | None) -> int:
        """Always at its end."""
        call.service("vfs", "read", "/dev/null is always empty.")
        return 0


class ZeroDevice(MemoryDevice):
    """/dev/zero: zeros without end."""

    what = "the zero device"
    gives_pages = takes_pages = True

    def try_read(self, call: Call, sink: Sink, position: int | None) -> int:
        """As many zeros as wanted."""
        count = min(sink.size, MAX_RW_COUNT, call.kernel.config.memory_bytes)
        call.service("vfs", "read", f"{self.path} gives {count} zero bytes.")
        return sink.write(bytes(count))


class FullDevice(ZeroDevice):
    """/dev/full: reads like /dev/zero and never has room."""

    what = "the full device"
    takes_pages = False

    def try_write(self, call: Call, source: Source, position: int | None) -> int:
        """No space left on device."""
        raise KernelError(Errno.ENOSPC, "/dev/full never has room")


class RandomDevice(MemoryDevice):
    """/dev/random and /dev/urandom; the numbers come from the seed of the run, so a run can be repeated."""

    what = "the random number device"
    gives_pages = takes_pages = True
    signals_input = True

    def poll(self) -> int:
        """/dev/random says that its pool is full: it can be read, and need not be written (random_poll)."""
        return READABLE if self.inode.rdev & 0xFF == _RANDOM_MINOR else super().poll()

    def seek(self, call: Call, offset: int, whence: int) -> int:
        """Seeking has no effect."""
        return self.offset

    def try_read(self, call: Call, sink: Sink, position: int | None) -> int:
        """As many random bytes as wanted."""
        count = min(sink.size, MAX_RW_COUNT, call.kernel.config.memory_bytes)
        call.service("vfs", "read", f"{self.path} gives {count} random bytes.")
        return sink.write(call.kernel.random.randbytes(count))

    def try_write(self, call: Call, source: Source, position: int | None) -> int:
        """Linux stirs the bytes into its pool; here they are read and forgotten."""
        data = source.read(min(source.size, MAX_RW_COUNT))
        call.service("vfs", "write", f"{self.path} takes {count_bytes(len(data))}.")
        return len(data)

    def ioctl(self, call: Call, request: int, argument: IoctlArgument) -> int:
        """The driver answers requests it does not know by EINVAL, not ENOTTY."""
        raise KernelError(Errno.EINVAL, f"{self.path} does not know this request")
