"""What can be waited for of a file: the bits of poll(2), which epoll(7) uses too."""

from __future__ import annotations

from app.kernel.abi.flags import Flags


class PollEvent(Flags):
    """Events of poll(2). Members stand in the order in which strace lists them."""

    POLLIN = 0x1
    POLLPRI = 0x2
    POLLOUT = 0x4
    POLLRDNORM = 0x40
    POLLRDBAND = 0x80
    POLLWRNORM = 0x100
    POLLWRBAND = 0x200
    POLLMSG = 0x400
    POLLREMOVE = 0x1000
    POLLERR = 0x8
    POLLHUP = 0x10
    POLLNVAL = 0x20
    POLLRDHUP = 0x2000


READABLE = int(PollEvent.POLLIN | PollEvent.POLLRDNORM)
WRITABLE = int(PollEvent.POLLOUT | PollEvent.POLLWRNORM)
ALWAYS_READY = READABLE | WRITABLE
"""DEFAULT_POLLMASK: what files answer that know no waiting."""
