"""Reading signals from a descriptor."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.constants import OpenFlag, SignalFdFlag
from app.kernel.abi.flags import all_bits
from app.kernel.arguments import Fd, Size, StructIn
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.fs.signalfd import SignalFd
from app.kernel.signal import UNBLOCKABLE, SignalSet
from app.kernel.syscall import syscall
from app.kernel.syscalls.signal import check_size


@syscall
def signalfd(call: Call, fd: Fd, mask: Annotated[StructIn, "sigset"], sizemask: Size) -> Fd:
    """Like signalfd4 without flags. The errors are those of signalfd4. See signalfd(2)."""
    return _signalfd(call, fd, mask, sizemask, 0)


@syscall
def signalfd4(call: Call, fd: Fd, mask: Annotated[StructIn, "sigset"], sizemask: Size, flags: SignalFdFlag) -> Fd:
    """Make a descriptor that reads the signals in `mask`, or change the set of `fd` unless that is -1.

    The program should block these signals. EINVAL: `sizemask` is not 8, unknown flags, or `fd` reads no signals.
    EFAULT: `mask` is not readable. EBADF: `fd` is not open. EMFILE: too many descriptors. See signalfd(2).
    """
    return _signalfd(call, fd, mask, sizemask, int(flags))


def _signalfd(call: Call, fd: Fd, mask: StructIn, sizemask: int, flags: int) -> Fd:
    check_size(call, sizemask)
    accepted = SignalSet(mask.read()["sig"] & ~UNBLOCKABLE)
    if flags & ~all_bits(SignalFdFlag):
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "signalfd4 does not know one of the flags.")
    task, kernel = call.task, call.kernel
    if int(fd) == -1:
        number = task.files.lowest_free()
        nonblocking = OpenFlag.O_NONBLOCK if flags & SignalFdFlag.SFD_NONBLOCK else 0
        file = SignalFd(kernel, task.fs.superblock, accepted, int(nonblocking))
        task.files.install(kernel, number, file, bool(flags & SignalFdFlag.SFD_CLOEXEC))
        call.service("signal", "create", f"Descriptor {number} reads these signals: {accepted.text()}.")
        return Fd(call, "", number)
    existing = fd.file
    if not isinstance(existing, SignalFd):
        raise call.refuse(Errno.EINVAL, "fd", "kind", str(int(fd)), f"{existing.path} reads no signals.")
    existing.accepted = accepted
    task.sighand.arrivals.wake_all()
    call.service("signal", "mask", f"Descriptor {int(fd)} now reads these signals: {accepted.text()}.")
    return fd
