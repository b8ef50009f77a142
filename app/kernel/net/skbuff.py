"""Socket buffers: what lies in the queues of sockets (struct sk_buff of Linux)."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from msgspec import Struct

from app.cpu.mmu import PAGE_SIZE

from .address import Endpoint

if TYPE_CHECKING:
    from app.kernel.fs.file import FileDescription

    from .sock import Sock

_SHARED_INFO = 320
_HEAD = 256
_PAGE_HEAD = PAGE_SIZE - _SHARED_INFO
_ORDER_2_HEAD = 4 * PAGE_SIZE - _SHARED_INFO
_MAX_FRAGMENTS = 17 * PAGE_SIZE

MAX_STREAM_BUFFER = _PAGE_HEAD + 8 * PAGE_SIZE
"""Bytes in one buffer of a stream of the UNIX domain."""


class Ucred(Struct, frozen=True):
    """Who sent something (`struct ucred`, unix(7))."""

    pid: int
    uid: int
    gid: int


class SkBuff(Struct, eq=False):
    """Some bytes on their way: a datagram, or a piece of a stream.

    `truesize` is the memory it is charged with. `owner` is the sock whose send buffer is charged while it is queued,
    `sender` the address to tell the receiver, `files` the open files that travel along (SCM_RIGHTS).
    """

    data: bytes
    truesize: int
    start: int = 0
    owner: Sock | None = None
    sender: bytes | Endpoint | None = None
    credentials: Ucred | None = None
    files: tuple[FileDescription, ...] = ()
    child: Sock | None = None

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return len(self.data) - self.start


SkBuffQueue = deque[SkBuff]


def _pages(size: int) -> int:
    return -(-size // PAGE_SIZE) * PAGE_SIZE


def _head(size: int) -> int:
    """Memory of a buffer whose `size` bytes are in one piece: the allocator has powers of two from 512 on."""
    needed = -(-size // 64) * 64 + _SHARED_INFO
    return _HEAD + max(512, 1 << (needed - 1).bit_length())


def stream_truesize(size: int) -> int:
    """What a buffer of a UNIX stream costs (`unix_stream_sendmsg`): what exceeds a page goes into pages of its own."""
    paged = min(size, _pages(size - _PAGE_HEAD)) if size > _PAGE_HEAD else 0
    return _head(size - paged) + _pages(paged)


def datagram_truesize(size: int) -> int:
    """What a datagram of the UNIX domain costs (`unix_dgram_sendmsg`)."""
    paged = _pages(min(size - _ORDER_2_HEAD, _MAX_FRAGMENTS)) if size > _ORDER_2_HEAD else 0
    return _head(size - paged) + paged


def udp_truesize(size: int) -> int:
    """What a UDP datagram over IPv4 costs its receiver."""
    headers = 59
    needed = -(-(size + headers) // 64) * 64 + _SHARED_INFO
    if needed <= 576:
        return _HEAD + 576
    return _HEAD + (1 << (needed - 1).bit_length()) if needed <= 4 * PAGE_SIZE else size + 832
