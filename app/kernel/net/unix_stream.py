"""Streams of the UNIX domain: bytes in order, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.text import count_bytes
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.file import MAX_RW_COUNT, Source
from app.kernel.wait import Blocking, Interrupted

from .scm import sender_of
from .skbuff import MAX_STREAM_BUFFER, SkBuff, stream_truesize
from .sock import OOB, PEEK, RCV_SHUTDOWN, SEND_SHUTDOWN, WAITALL, Incoming, Outgoing
from .unix import UnixSock
from .unix_connection import UnixConnectionSock

if TYPE_CHECKING:
    from app.kernel.call import Call


def copied_pieces(call: Call, source: Source, piece: int) -> bytes:
    """What a stream takes from user memory: everything, or whole pieces up to the first that is not readable.

    Vectors may name the same memory again and again; no more is taken at once than the machine has.
    """
    size = min(source.size, MAX_RW_COUNT, call.kernel.config.memory_bytes)
    data = source.read(size) if size else b""
    if len(data) < size:
        data = data[: len(data) - len(data) % piece]
        if not data:
            raise KernelError(Errno.EFAULT, "The first piece is not readable to its end", "net")
    return data


class UnixStreamSock(UnixConnectionSock):
    """One end of a stream."""

    what = "a UNIX stream socket"

    def send(self, call: Call, message: Outgoing) -> Blocking[int]:
        """Queue at the other end, piece by piece, sleeping while the send buffer is full."""
        peer = self._destination(message)
        if self.shut & SEND_SHUTDOWN:
            self.broken(call, message.flags)
        until = self.deadline(call, self.send_timeout)
        piece_size = max(min(MAX_STREAM_BUFFER, self.send_buffer // 2 - 64), 1)
        data = copied_pieces(call, message.source, piece_size)
        done = 0
        while done < len(data):
            try:
                yield from self._wait_for_room(call, message.flags, until)
            except (KernelError, Interrupted):
                if done:
                    break
                raise
            if self.shut & SEND_SHUTDOWN or peer.dead or peer.shut & RCV_SHUTDOWN:
                if done:
                    break
                self.broken(call, message.flags)
            piece = data[done : done + piece_size]
            self._queue(call, peer, message, piece)
            message.files = ()
            done += len(piece)
        waiting = sum(buffer.left for buffer in peer.receive_queue)
        call.service(
            "net", "send", f"{count_bytes(done)} go into the queue of the other end, where {waiting} wait to be read."
        )
        return done

    def _destination(self, message: Outgoing) -> UnixSock:
        if message.name:
            errno = Errno.EISCONN if self.connected else Errno.EOPNOTSUPP
            raise KernelError(errno, "A stream goes to its other end; no message has a destination of its own", "net")
        if message.flags & OOB:
            raise KernelError(Errno.EOPNOTSUPP, "UNIX streams carry no urgent data here", "net")
        if self.peer is None:
            raise KernelError(Errno.ENOTCONN, "The socket is not connected", "net")
        return self.peer

    def _wait_for_room(self, call: Call, flags: int, until: int | None) -> Blocking[None]:
        while not self.has_room and not self.shut & SEND_SHUTDOWN:
            self.report_error()
            yield from self.wait(
                call, flags, until, "The send buffer is full, so the task sleeps until somebody reads."
            )

    def _queue(self, call: Call, peer: UnixSock, message: Outgoing, piece: bytes) -> None:
        buffer = SkBuff(piece, stream_truesize(len(piece)), owner=self, files=message.files)
        buffer.credentials = sender_of(call, message, self, peer)
        self.net.take(buffer.files)
        self.send_charge += buffer.truesize
        peer.enqueue(buffer)

    def receive(self, call: Call, message: Incoming) -> Blocking[int]:
        """Take from the queue, across message borders, but not across a change of sender or past files."""
        if not self.connected:
            raise KernelError(Errno.EINVAL, "The socket is not connected", "net")
        if message.flags & OOB:
            raise KernelError(Errno.EOPNOTSUPP, "UNIX streams carry no urgent data here", "net")
        until = self.deadline(call, self.receive_timeout)
        size = min(message.sink.size, MAX_RW_COUNT)
        target = max(size if message.flags & WAITALL else min(self.low_water, size), 1)
        data = b""
        while True:
            found, ended = self._gather(message, size - len(data))
            if found:
                data += b"".join(buffer.data[buffer.start : buffer.start + count] for buffer, count in found)
                arrived = message.sink.write(data) if data else 0
                if arrived < len(data):
                    return self._partly_delivered(message, found, arrived - len(data))
                self._take(message, found)
            if ended or len(data) >= target or (found and not size):
                break
            try:
                if not (yield from self._wait_for_data(call, message.flags, until)):
                    break
            except (KernelError, Interrupted):
                if data:
                    break
                raise
        if not data:
            message.sink.write(b"")
        end = "" if data or not size else " That is the end of the stream."
        call.service("net", "receive", f"The queue of the socket gives {count_bytes(len(data))}.{end}")
        return len(data)

    def _wait_for_data(self, call: Call, flags: int, until: int | None) -> Blocking[bool]:
        """Sleep for more; False at the end of the stream."""
        self.report_error()
        if self.shut & RCV_SHUTDOWN:
            return False
        yield from self.wait(call, flags, until, "Nothing is in the queue of the socket, so the task sleeps.")
        return True

    def _gather(self, message: Incoming, room: int) -> tuple[list[tuple[SkBuff, int]], bool]:
        """(buffers and how much of each, whether the message ends there although more may be there)."""
        found: list[tuple[SkBuff, int]] = []
        for buffer in self.receive_queue:
            if not found and message.name is None:
                message.name = buffer.owner.name() if _is_named(buffer) and buffer.owner else b""
                message.credentials = buffer.credentials
            elif self.passes_credentials and buffer.credentials != message.credentials:
                return found, True
            count = min(buffer.left, room)
            found.append((buffer, count))
            room -= count
            if buffer.files:
                return found, True
            if not room:
                break
        return found, bool(found) and bool(message.flags & PEEK)

    def _take(self, message: Incoming, found: list[tuple[SkBuff, int]]) -> None:
        """Consume what was delivered; files arrive with the first byte of their buffer."""
        for buffer, count in found:
            if message.flags & PEEK:
                self.net.take(buffer.files)
                message.files += buffer.files
                continue
            message.files += buffer.files
            buffer.files = ()
            buffer.start += count
            if not buffer.left:
                self.receive_queue.popleft()
                self.consumed(buffer)

    def _partly_delivered(self, message: Incoming, found: list[tuple[SkBuff, int]], missing: int) -> int:
        """Memory ended: buffers that were delivered whole are consumed. Raises EFAULT when none was."""
        left = sum(count for _, count in found) + missing
        whole = []
        for buffer, count in found:
            if count > left:
                break
            left -= count
            whole.append((buffer, count))
        done = sum(count for _, count in whole)
        if not done:
            raise KernelError(Errno.EFAULT, "The first piece does not fit into writable memory", "net")
        self._take(message, whole)
        return done


def _is_named(buffer: SkBuff) -> bool:
    return isinstance(buffer.owner, UnixSock) and buffer.owner.address is not None
