"""Making event counters (eventfd(2))."""

from __future__ import annotations

from app.kernel.abi.constants import OpenFlag
from app.kernel.abi.flags import all_bits
from app.kernel.abi.time_constants import EventfdFlag
from app.kernel.arguments import Fd, Unsigned
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.fs import anonymous
from app.kernel.fs.eventfd import EventCounter
from app.kernel.syscall import syscall

_KNOWN = all_bits(EventfdFlag)


@syscall
def eventfd(call: Call, initval: Unsigned) -> Fd:
    """Make an event counter that starts with `initval`, and return a descriptor of it.

    A write adds its 8 bytes to the counter; a read takes all of it, and sleeps while it is 0. EMFILE: too many
    descriptors. See eventfd(2).
    """
    return _make(call, initval, 0)


@syscall
def eventfd2(call: Call, initval: Unsigned, flags: EventfdFlag) -> Fd:
    """Like eventfd, with flags: EFD_SEMAPHORE (a read takes only 1), EFD_NONBLOCK, EFD_CLOEXEC.

    EINVAL: other flags. EMFILE: too many descriptors. See eventfd(2).
    """
    if flags & ~_KNOWN:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "eventfd does not know one of the flags.")
    return _make(call, initval, flags)


def _make(call: Call, initval: int, flags: int) -> Fd:
    call.task.files.lowest_free()
    status = int(OpenFlag.O_RDWR) | (flags & OpenFlag.O_NONBLOCK)
    semaphore = bool(flags & EventfdFlag.EFD_SEMAPHORE)
    counter = EventCounter(call.task.fs.superblock, status, int(initval), semaphore)
    number = anonymous.install(call, counter, bool(flags & OpenFlag.O_CLOEXEC))
    call.service("vfs", "create", f"Descriptor {number} is a new event counter, which is {int(initval)}.")
    return Fd(call, "", number)
