"""epoll (epoll(7)): an interest list of files, and the ready list that wake-ups of those files fill.

The names are those of Linux's fs/eventpoll.c: an `eventpoll` has an `epitem` for each registered descriptor, and a
ready list of items whose file has had a wake-up; whether it is still ready is asked when events are fetched.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.kernel.abi.constants import OpenFlag
from app.kernel.abi.time_constants import EpollEvent
from app.kernel.errno import Errno, KernelError
from app.kernel.poll import READABLE
from app.kernel.wait import WaitQueue, Watcher

from .anonymous import NoticeDescription
from .file import FileDescription
from .superblock import SuperBlock

if TYPE_CHECKING:
    from app.kernel.arguments.ioctl import IoctlArgument
    from app.kernel.call import Call

MAX_NESTS = 4
"""How deep epoll instances may watch one another (EP_MAX_NESTS)."""

MAX_WATCHES = 16384
"""Descriptors that all instances together may watch (/proc/sys/fs/epoll/max_user_watches)."""

PATH_LIMITS = (1000, 500, 100, 50, 10)
"""How many paths of each length may lead from a file up through epoll instances that watch one another."""

ONESHOT, EDGE, EXCLUSIVE = int(EpollEvent.EPOLLONESHOT), int(EpollEvent.EPOLLET), int(EpollEvent.EPOLLEXCLUSIVE)
PRIVATE_BITS = int(EpollEvent.EPOLLWAKEUP) | ONESHOT | EDGE | EXCLUSIVE
"""Bits that are no events but say how to tell of them."""

_IN, _OUT = int(EpollEvent.EPOLLIN), int(EpollEvent.EPOLLOUT)
_IN_OUT = _IN | _OUT


class EpollItem:
    """One registered descriptor (Linux `epitem`): which events of which file are wanted, and how to tell of them."""

    def __init__(self, epoll: EventPoll, fd: int, file: FileDescription, events: int, data: int) -> None:
        self.epoll = epoll
        self.fd = fd
        self.file = file
        self.events = events
        self.data = data
        self.is_ready = False
        self._watcher = Watcher(self._notified, (epoll.waiters, epoll.pollers), bool(events & EXCLUSIVE))
        self._queues = file.poll_queues()
        for queue in self._queues:
            queue.watch(self._watcher)
        file.epoll_items.append(self)

    def poll(self) -> int:
        """Which of the wanted events the file has now."""
        return self.file.poll() & self.events

    def remove(self) -> None:
        """Watch no longer: unregistered, or the last descriptor of the file was closed."""
        for queue in self._queues:
            queue.unwatch(self._watcher)
        self.file.epoll_items.remove(self)
        self.epoll.forget(self)

    def _notified(self, events: int) -> bool:
        """The file had a wake-up (Linux `ep_poll_callback`)."""
        wanted = self.events & ~PRIVATE_BITS
        if not wanted or (events and not events & self.events):
            return False
        has_waiter = bool(self.epoll.waiters.sleepers)
        self.epoll.add_ready(self)
        happened = events & _IN_OUT
        return has_waiter and (not happened or bool(happened & self.events))


class EventPoll(NoticeDescription):
    """An open epoll instance. `waiters` sleep in epoll_wait(2), `pollers` wait for the instance itself."""

    kind = "epoll"
    what = "an epoll instance"
    name = "[eventpoll]"
    can_read = can_write = False

    def __init__(self, fs: SuperBlock) -> None:
        super().__init__(fs, int(OpenFlag.O_RDWR))
        self.items: dict[tuple[int, int], EpollItem] = {}
        self.waiters = WaitQueue()
        self.pollers = WaitQueue()
        self._ready: deque[EpollItem] = deque()

    def release(self) -> None:
        """The instance is gone: nothing is watched any more."""
        for item in tuple(self.items.values()):
            item.remove()
        super().release()

    def ioctl(self, call: Call, request: int, argument: IoctlArgument) -> int:
        """It knows no requests, and says so in its own way."""
        raise KernelError(Errno.EINVAL, "An epoll instance knows no such request")

    def find(self, fd: int, file: FileDescription) -> EpollItem | None:
        """The entry of a descriptor: the number and the file must be those that were registered."""
        return self.items.get((fd, file.identity))

    def insert(self, fd: int, file: FileDescription, events: int, data: int) -> None:
        """Register a descriptor. Raises ENOSPC when there are too many, EINVAL for too many chains to one file."""
        if self.inode.fs.epoll_watches >= MAX_WATCHES:
            raise KernelError(
                Errno.ENOSPC, f"All instances together watch {MAX_WATCHES} descriptors, as many as may be"
            )
        self.inode.fs.epoll_watches += 1
        item = EpollItem(self, fd, file, events, data)
        self.items[fd, file.identity] = item
        if not self._paths_allowed(file):
            item.remove()
            raise KernelError(Errno.EINVAL, "Too many paths of epoll instances would lead to a file")
        if item.poll():
            self.add_ready(item)

    def modify(self, item: EpollItem, events: int, data: int) -> None:
        """Want other events of a registered descriptor."""
        item.events, item.data = events, data
        if item.poll():
            self.add_ready(item)

    def forget(self, item: EpollItem) -> None:
        """The item is not registered any more."""
        del self.items[item.fd, item.file.identity]
        self.inode.fs.epoll_watches -= 1
        if item.is_ready:
            self._ready.remove(item)

    def add_ready(self, item: EpollItem) -> None:
        """Put an item at the end of the ready list, if it is not in it, and wake who waits for one."""
        if not item.is_ready:
            item.is_ready = True
            self._ready.append(item)
        self.waiters.wake(1)
        self.pollers.wake_all(READABLE)

    @property
    def has_ready(self) -> bool:
        """Whether the ready list has items; their files may no longer be ready."""
        return bool(self._ready)

    def send_events(self, most: int, put: Callable[[EpollItem, int], bool]) -> int:
        """Hand up to `most` events to `put`; returns how many (Linux `ep_send_events`).

        `put` says whether there was room in memory. A level-triggered item goes to the end of the ready list, so that
        all get their turn; an edge-triggered one leaves it until its next wake-up; one shot is disabled.
        """
        batch = self._ready
        self._ready = deque()
        count = 0
        while batch and count < most:
            item = batch.popleft()
            item.is_ready = False
            events = item.poll()
            if not events:
                continue
            if not put(item, events):
                item.is_ready = True
                batch.appendleft(item)
                break
            count += 1
            if item.events & ONESHOT:
                item.events &= PRIVATE_BITS
            elif not item.events & EDGE:
                item.is_ready = True
                self._ready.append(item)
        self._ready.extendleft(reversed(batch))
        if self._ready:
            self.waiters.wake(1)
        return count

    def poll(self) -> int:
        """Readable while a registered file is ready; items whose file no longer is leave the ready list."""
        while self._ready:
            if self._ready[0].poll():
                return READABLE
            self._ready.popleft().is_ready = False
        return 0

    def poll_queues(self) -> tuple[WaitQueue, ...]:
        """Woken when an item becomes ready."""
        return (self.pollers,)

    # -- instances that watch instances ------------------------------------------------------------------------------

    def check_depth(self, target: EventPoll) -> None:
        """Raise ELOOP if it would be watched in a circle, or too deep, once this one watches `target`."""
        if target.depth_below(self) + 1 + self._height() > MAX_NESTS:
            raise KernelError(Errno.ELOOP, "The epoll instances would watch one another in a circle, or too deeply")

    def depth_below(self, wanted: EventPoll, depth: int = 0, known: dict[int, int] | None = None) -> int:
        """Length of the longest chain of instances below; more than MAX_NESTS when `wanted` is among them."""
        known = {} if known is None else known
        if self is wanted or depth > MAX_NESTS:
            return MAX_NESTS + 1
        if self.identity not in known:
            below = [item.file for item in self.items.values() if isinstance(item.file, EventPoll)]
            known[self.identity] = max((file.depth_below(wanted, depth + 1, known) + 1 for file in below), default=0)
        return known[self.identity]

    def _height(self, known: dict[int, int] | None = None) -> int:
        """Length of the longest chain of instances above."""
        known = {} if known is None else known
        if self.identity not in known:
            above = (item.epoll for item in self.epoll_items)
            known[self.identity] = max((epoll._height(known) + 1 for epoll in above), default=0)
        return known[self.identity]

    def _paths_allowed(self, file: FileDescription) -> bool:
        """Whether the paths from every file below `file` up through this instance are few enough."""
        if not self.epoll_items and not isinstance(file, EventPoll):
            return True
        seen = {file.identity}
        waiting = [file]
        while waiting:
            found = waiting.pop()
            if not isinstance(found, EventPoll):
                if not _few_paths(found):
                    return False
                continue
            for item in found.items.values():
                if item.file.identity not in seen:
                    seen.add(item.file.identity)
                    waiting.append(item.file)
        return True


def _few_paths(file: FileDescription) -> bool:
    """Whether not too many chains of instances lead up from `file`; any number of instances may watch it directly."""
    level = {item.epoll.identity: (item.epoll, 0) for item in file.epoll_items}
    for item in file.epoll_items:
        epoll, paths = level[item.epoll.identity]
        level[epoll.identity] = epoll, paths + 1
    for limit in PATH_LIMITS[1:]:
        above: dict[int, tuple[EventPoll, int]] = {}
        for epoll, paths in level.values():
            for item in epoll.epoll_items:
                _, sofar = above.get(item.epoll.identity, (item.epoll, 0))
                above[item.epoll.identity] = item.epoll, sofar + paths
        if sum(paths for _, paths in above.values()) > limit:
            return False
        level = above
    return True
