"""POSIX message queues (mq_overview(7)): named, in order of priority, with descriptors that poll(2) knows."""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING

from msgspec import Struct

from app.kernel.abi.constants import FileMode
from app.kernel.abi.time_constants import SigevNotify
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.file import FileDescription, Sink
from app.kernel.fs.inode import Inode
from app.kernel.fs.superblock import SuperBlock
from app.kernel.poll import READABLE, WRITABLE
from app.kernel.resource import Resource
from app.kernel.signal import SigInfo
from app.kernel.signal_delivery import send_to_process
from app.kernel.wait import WaitQueue

if TYPE_CHECKING:
    from app.kernel.call import Call
    from app.kernel.clock import Clock
    from app.kernel.credentials import Credentials
    from app.kernel.fs.descriptors import DescriptorTable
    from app.kernel.kernel import Kernel
    from app.kernel.task import Process, Task

MOST_QUEUES = 256
DEFAULT_MESSAGES = MOST_MESSAGES = 10
DEFAULT_SIZE = LARGEST_MESSAGE = 8192
"""Limits of /proc/sys/fs/mqueue for users without privilege."""

HARD_MESSAGES, HARD_SIZE = 65536, 16 << 20
"""Those for the privileged."""

PRIORITIES = 32768
"""Priorities are below this."""

MESSAGE_HEADER = TREE_NODE = 48
"""What a message, and a priority in use, cost besides the text when RLIMIT_MSGQUEUE is counted."""

MOST_BYTES = 32 << 20
"""Text of all messages that the machine has memory for."""

_STATUS_SIZE = 80
_DEVICE, _MAGIC = 0x13, 0x1980_0202


class MqMessage(Struct, frozen=True):
    """One message."""

    priority: int
    text: bytes


class MqWaiter(Struct, eq=False):
    """A task that sleeps in a queue: with the message it wants to send, or for one that a sender puts here.

    `done` says that somebody else has finished its work.
    """

    queue: WaitQueue
    message: MqMessage | None = None
    done: bool = False


class MqNotification(Struct):
    """Whom mq_notify(3) has registered: `table` is its descriptors, whose closing ends it."""

    process: Process
    table: DescriptorTable
    notify: int
    signo: int
    value: int


class MqInode(Inode):
    """A queue (`struct mqueue_inode_info`). It lives until it has neither a name nor a descriptor."""

    def __init__(self, kernel: Kernel, mode: int, who: Credentials, messages: int, size: int) -> None:
        super().__init__(kernel.mqueues.fs, FileMode.S_IFREG | mode, who.fsuid, who.fsgid)
        self._kernel = kernel
        self.most_messages = messages
        self.message_size = size
        self.cost = cost_of(messages, size)
        self.messages: list[MqMessage] = []
        self.senders: list[MqWaiter] = []
        self.receivers: list[MqWaiter] = []
        self.poll_queue = WaitQueue()
        self.notification: MqNotification | None = None
        self._charged = who.uid
        kernel.mqueues.add(self, who.uid)

    @property
    def bytes(self) -> int:
        """Text of the messages in it."""
        return sum(len(message.text) for message in self.messages)

    @property
    def size(self) -> int:
        """`st_size`: what a read gives at most."""
        return _STATUS_SIZE

    def release_if_unused(self) -> None:
        """With its last name and its last opener the queue is freed."""
        if self.nlink == 0 and self.openers == 0:
            self._kernel.mqueues.remove(self, self._charged)
            self.messages.clear()
        super().release_if_unused()

    def insert(self, message: MqMessage) -> None:
        """Put a message behind those of its priority."""
        insort(self.messages, message, key=lambda message: -message.priority)

    def send(self, call: Call, message: MqMessage) -> bool:
        """Hand a message to the first who waits for one, else keep it; True when a task got it."""
        self.modified()
        if self.receivers:
            receiver = self.receivers.pop(0)
            receiver.message = message
            _finish(receiver)
            return True
        self.insert(message)
        self.poll_queue.wake_all()
        if len(self.messages) == 1:
            self._notify(call.task)
        return False

    def take(self) -> MqMessage:
        """The first message; a sender that waits for room gets it."""
        message = self.messages.pop(0)
        self.accessed()
        if self.senders:
            sender = self.senders.pop(0)
            if sender.message is not None:
                self.insert(sender.message)
            _finish(sender)
        else:
            self.poll_queue.wake_all()
        return message

    def _notify(self, sender: Task) -> None:
        """The queue was empty and has a message now: tell who has asked, once (Linux `__do_notify`)."""
        wanted = self.notification
        if wanted is None:
            return
        self.notification = None
        if wanted.notify == SigevNotify.SIGEV_SIGNAL and wanted.signo:
            info = SigInfo(
                wanted.signo,
                "SI_MESGQ",
                pid=sender.process.pid,
                uid=sender.credentials.uid,
                value=wanted.value,
            )
            send_to_process(self._kernel, wanted.process, info)


def _finish(waiter: MqWaiter) -> None:
    waiter.done = True
    waiter.queue.wake_all()


class MqDescription(FileDescription):
    """An open queue."""

    kind = "mqueue"
    what = "a message queue"
    seekable = True
    inode: MqInode

    def __init__(self, fs: SuperBlock, queue: MqInode, flags: int, name: str) -> None:
        super().__init__(fs, queue, flags, path=f"/{name}")

    def try_read(self, call: Call, sink: Sink, position: int | None) -> int:
        """A line about the queue: bytes in it, and who is notified how."""
        queue = self.inode
        wanted = queue.notification
        pid = wanted.process.pid if wanted is not None else 0
        notify, signo = (wanted.notify, wanted.signo) if wanted is not None else (0, 0)
        signo = signo if notify == SigevNotify.SIGEV_SIGNAL else 0
        line = f"QSIZE:{queue.bytes:<10d} NOTIFY:{notify:<5d} SIGNO:{signo:<5d} NOTIFY_PID:{pid:<6d}\n".encode()
        start = self.offset if position is None else position
        count = sink.write(line[start : start + sink.size])
        if position is None:
            self.offset = start + count
        return count

    def seek(self, call: Call, offset: int, whence: int) -> int:
        """Within the line that a read gives."""
        base = (0, self.offset, _STATUS_SIZE)
        target = offset + base[whence] if 0 <= whence < len(base) else -1
        if target < 0:
            raise KernelError(Errno.EINVAL, f"{target} is no offset that a file can have")
        self.offset = target
        return target

    def poll(self) -> int:
        """Readable with a message in it, writable with room."""
        queue = self.inode
        readable = READABLE if queue.messages else 0
        return readable | (WRITABLE if len(queue.messages) < queue.most_messages else 0)

    def poll_queues(self) -> tuple[WaitQueue, ...]:
        """Woken by sending and receiving."""
        return (self.inode.poll_queue,)

    def flush(self, table: DescriptorTable) -> None:
        """The process that is notified closes it: it will not be."""
        wanted = self.inode.notification
        if wanted is not None and wanted.table is table:
            self.inode.notification = None
            self.inode.poll_queue.wake_all()


class MessageQueues:
    """All queues of the machine by their names, which are in a file system that is mounted nowhere."""

    def __init__(self, clock: Clock) -> None:
        self.fs = SuperBlock(clock, _DEVICE, _MAGIC)
        self.named: dict[bytes, MqInode] = {}
        self.queues: list[MqInode] = []
        self._charged: dict[int, int] = {}

    def add(self, queue: MqInode, uid: int) -> None:
        """A queue is made, and counts for `uid`."""
        self.queues.append(queue)
        self._charged[uid] = self._charged.get(uid, 0) + queue.cost

    def remove(self, queue: MqInode, uid: int) -> None:
        """It is freed."""
        self.queues.remove(queue)
        self._charged[uid] -= queue.cost

    def need_memory(self, size: int) -> None:
        """Raises ENOMEM when there is no room for a message of `size` bytes."""
        if sum(queue.bytes for queue in self.queues) + size > MOST_BYTES:
            raise KernelError(Errno.ENOMEM, "The kernel has no memory for more messages", "system")

    def need_room(self, task: Task, messages: int, size: int) -> None:
        """Raises EMFILE when the user would have more than RLIMIT_MSGQUEUE."""
        soft, _ = task.process.rlimits[Resource.RLIMIT_MSGQUEUE]
        if self._charged.get(task.credentials.uid, 0) + cost_of(messages, size) > soft:
            raise KernelError(Errno.EMFILE, f"The queues of the user would take more than {soft} bytes", "system")


def cost_of(messages: int, size: int) -> int:
    """What a queue counts for RLIMIT_MSGQUEUE, bytes (getrlimit(2))."""
    return messages * (size + MESSAGE_HEADER) + min(messages, PRIORITIES) * TREE_NODE
