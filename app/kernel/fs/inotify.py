"""inotify(7): a queue of events about files that somebody watches."""

from __future__ import annotations

import os
import struct
from collections import deque
from typing import TYPE_CHECKING

from msgspec import Struct

from app.kernel.abi.constants import IoctlRequest, OpenFlag
from app.kernel.abi.file_constants import InotifyMask
from app.kernel.abi.text import count_of
from app.kernel.errno import Errno, KernelError
from app.kernel.poll import READABLE
from app.kernel.wait import Sleep, WaitQueue

from .anonymous import NoticeDescription
from .file import Sink
from .inode import Inode
from .superblock import SuperBlock

if TYPE_CHECKING:
    from app.kernel.arguments.ioctl import IoctlArgument
    from app.kernel.call import Call

MAX_EVENTS = 16384
"""Events that one queue holds (/proc/sys/fs/inotify/max_queued_events)."""

MAX_WATCHES = 4096
"""Watches that all instances together may have."""

EVENTS = 0xFFF
"""The mask bits that stand for events; others are flags of inotify_add_watch(2) or are only reported."""

_ALWAYS = int(InotifyMask.IN_UNMOUNT | InotifyMask.IN_IGNORED | InotifyMask.IN_Q_OVERFLOW)
_IGNORED = int(InotifyMask.IN_IGNORED)
_OVERFLOW = int(InotifyMask.IN_Q_OVERFLOW)
_ONESHOT = int(InotifyMask.IN_ONESHOT)
_EXCL_UNLINK = int(InotifyMask.IN_EXCL_UNLINK)
_REPORTED = EVENTS | _ALWAYS | int(InotifyMask.IN_ISDIR)
_HEADER = struct.Struct("<iIII")
"""What stands before the name in `struct inotify_event`, the same in every ABI: wd, mask, cookie, len."""


class Watch(Struct, eq=False):
    """One inode that a group watches: a mark of fsnotify. `descriptor` is its number, `mask` what it asks for."""

    group: InotifyDescription
    descriptor: int
    inode: Inode
    mask: int

    @property
    def excludes_unlinked(self) -> bool:
        """IN_EXCL_UNLINK: nothing more is told of a file in the directory once it has lost its name."""
        return bool(self.mask & _EXCL_UNLINK)


class Notice(Struct):
    """An event that waits to be read."""

    descriptor: int
    mask: int
    cookie: int
    name: bytes

    def packed(self) -> bytes:
        """`struct inotify_event` and the name, filled with NULs to a multiple of the struct's size."""
        room = -(-(len(self.name) + 1) // _HEADER.size) * _HEADER.size if self.name else 0
        return _HEADER.pack(self.descriptor, self.mask, self.cookie, room) + self.name.ljust(room, b"\0")


class InotifyDescription(NoticeDescription):
    """An open inotify instance: its watches and its queue."""

    kind = "inotify"
    name = "inotify"
    can_write = False
    what = "an inotify instance"
    signals_input = True

    def __init__(self, fs: SuperBlock, flags: int) -> None:
        super().__init__(fs, flags)
        self.watches: dict[int, Watch] = {}
        self._events: deque[Notice] = deque()
        self._last_descriptor = 0
        self._readers = WaitQueue()

    def release(self) -> None:
        """Nobody listens any more."""
        for watch in self.watches.values():
            self._detach(watch)
        self.watches.clear()
        super().release()

    def add(self, inode: Inode, mask: int) -> int:
        """Watch `inode`, or change what an existing watch asks for; returns the watch descriptor.

        Raises EEXIST (IN_MASK_CREATE and it is watched), ENOSPC.
        """
        kept = mask & (EVENTS | _ONESHOT | _EXCL_UNLINK)
        for watch in inode.watches:
            if watch.group is self:
                if mask & InotifyMask.IN_MASK_CREATE:
                    raise KernelError(Errno.EEXIST, "The file is watched already, and IN_MASK_CREATE wants a new watch")
                watch.mask = watch.mask | kept if mask & InotifyMask.IN_MASK_ADD else kept
                return watch.descriptor
        if inode.fs.watches >= MAX_WATCHES:
            raise KernelError(Errno.ENOSPC, f"There are {MAX_WATCHES} watches, as many as there can be")
        self._last_descriptor += 1
        watch = Watch(self, self._last_descriptor, inode, kept)
        self.watches[watch.descriptor] = watch
        inode.watches.append(watch)
        inode.fs.watches += 1
        return watch.descriptor

    def remove(self, watch: Watch) -> None:
        """Watch no longer, and say so: IN_IGNORED."""
        if self.watches.pop(watch.descriptor, None) is not None:
            self._detach(watch)
            self._put(Notice(watch.descriptor, _IGNORED, 0, b""))

    def _detach(self, watch: Watch) -> None:
        watch.inode.watches.remove(watch)
        watch.inode.fs.watches -= 1

    def queue(self, watch: Watch, event: int, name: str, cookie: int) -> None:
        """Something happened to what `watch` watches; it may not have asked for it."""
        if not event & watch.mask & EVENTS:
            return
        self._put(Notice(watch.descriptor, event & _REPORTED, cookie, os.fsencode(name)))
        if watch.mask & _ONESHOT:
            self.remove(watch)

    def _put(self, notice: Notice) -> None:
        """An event like the last one that waits is dropped; when the queue is full, so is every other, once said."""
        last = self._events[-1] if self._events else None
        if notice == last and not notice.mask & _IGNORED:
            return
        if len(self._events) >= MAX_EVENTS:
            if last is None or last.mask != _OVERFLOW:
                self._events.append(Notice(-1, _OVERFLOW, 0, b""))
            return
        self._events.append(notice)
        self._readers.wake_all()

    def try_read(self, call: Call, sink: Sink, position: int | None) -> int | Sleep:
        """Whole events, as many as fit. Raises EINVAL when not even the first fits."""
        if not self._events:
            sentence = "Nothing has happened yet, so the task sleeps."
            return Sleep(on="inotify", sentence=sentence, queues=(self._readers,))
        lengths: list[int] = []
        data = b""
        for notice in self._events:
            packed = notice.packed()
            if len(data) + len(packed) > sink.size:
                break
            data += packed
            lengths.append(len(packed))
        if not lengths:
            raise KernelError(Errno.EINVAL, "The next event does not fit into the buffer")
        call.service("vfs", "read", f"The buffer gets {count_of(len(lengths), 'event')}.")
        return self._take(lengths, self._copied(sink, data))

    def _copied(self, sink: Sink, data: bytes) -> int:
        """How many bytes reach the program."""
        try:
            return sink.write(data)
        except KernelError:
            return 0

    def _take(self, lengths: list[int], arrived: int) -> int:
        """Drop the events of these lengths that arrived whole, and one that did not; returns the bytes of the former.

        Raises EFAULT when there are none.
        """
        done = 0
        for length in lengths:
            self._events.popleft()
            if done + length > arrived:
                break
            done += length
        if not done:
            raise KernelError(Errno.EFAULT, "The event does not fit into the memory, and is lost")
        return done

    def poll(self) -> int:
        """Readable while events wait."""
        return READABLE if self._events else 0

    def poll_queues(self) -> tuple[WaitQueue, ...]:
        """Woken by each event."""
        return (self._readers,)

    def ioctl(self, call: Call, request: int, argument: IoctlArgument) -> int:
        """FIONREAD counts the bytes of the events that wait."""
        if request == IoctlRequest.FIONREAD:
            argument.write_int(sum(len(notice.packed()) for notice in self._events))
            return 0
        return super().ioctl(call, request, argument)


def open_inotify(fs: SuperBlock, nonblocking: bool) -> InotifyDescription:
    """A new instance."""
    return InotifyDescription(fs, int(OpenFlag.O_RDONLY) | (int(OpenFlag.O_NONBLOCK) if nonblocking else 0))
