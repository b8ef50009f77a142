"""What poll(2) says about a file: the event bits of `f_op->poll`."""

from __future__ import annotations

POLLIN = 0x1
POLLPRI = 0x2
POLLOUT = 0x4
POLLERR = 0x8
POLLHUP = 0x10
POLLRDNORM = 0x40
POLLWRNORM = 0x100

ALWAYS = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM
"""What a file says that never makes anybody wait, such as a regular one (Linux `DEFAULT_POLLMASK`)."""
