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

    FIOCLEX, FIONCLEX and FIONBIO work on every file; FIONREAD counts what can be read. A terminal also knows TCGETS and
    TCSETS (its settings), TIOCGWINSZ and TIOCSWINSZ (its size; SIGWINCH tells of changes), TIOCSCTTY, TIOCNOTTY and
    TIOCGSID (the session it controls), TIOCGPGRP and TIOCSPGRP (its foreground process group), TIOCOUTQ and TCFLSH. The
    master of a pseudo-terminal knows TIOCGPTN, TIOCSPTLCK, TIOCGPTLCK and TIOCGPTPEER (its slave). A background process
    that changes its terminal gets SIGTTOU.

    EBADF: `fd` is not open. EFAULT: a pointer is bad. EINVAL: an argument that the request does not take. ENOTTY: the
    file does not know the request, or the terminal is not that of the caller. EPERM: the terminal controls another
    session, or the request needs privileges. ESRCH: no such process group. EIO: the terminal was hung up. See ioctl(2),
    ioctl_tty(2).

    Not served: packet mode (TIOCPKT), breaks, exclusive use (TIOCEXCL), and line disciplines other than N_TTY.
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
