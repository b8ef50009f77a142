"""Device control."""

from __future__ import annotations

from app.kernel.abi import constants
from app.kernel.abi.constants import OpenFlag
from app.kernel.arguments import Fd, Int
from app.kernel.arguments.ioctl import IoctlArgument, IoctlRequest
from app.kernel.call import Call
from app.kernel.syscall import syscall

_NONBLOCK = int(OpenFlag.O_NONBLOCK)


@syscall
def ioctl(call: Call, fd: Fd, request: IoctlRequest, arg: IoctlArgument) -> Int:
    """Ask the device behind `fd` for something special; what `arg` is depends on `request`.

    FIOCLEX, FIONCLEX and FIONBIO work on every file; a terminal also knows TCGETS and TCSETS (its settings), TIOCGWINSZ
    and TIOCSWINSZ (its size), TIOCGPGRP, TIOCGSID, TIOCOUTQ and TCFLSH; FIONREAD counts what can be read. Source:
    ioctl(2), ioctl_tty(2). Errors: EBADF, EFAULT, EINVAL, ENOTTY (the file does not know the request).
    """
    file = fd.file
    files = call.task.files
    known = constants.IoctlRequest
    wanted = int(request)
    if wanted in (known.FIOCLEX, known.FIONCLEX):
        files.set_close_on_exec(call.kernel, fd.number, wanted == known.FIOCLEX)
    elif wanted == known.FIONBIO:
        file.flags = file.flags & ~_NONBLOCK | (_NONBLOCK if arg.read_int() else 0)
        files.announce(call.kernel, fd.number, change="flags")
    else:
        return Int(file.ioctl(call, wanted, arg))
    return Int(0)
