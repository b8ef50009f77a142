"""Start a program natively as a shell with job control would: python launch.py STATUS_FD USER PROGRAM ARGV0 ...

The program leads a process group of its own in a session without a terminal, and its parent is alive and in another
group. Started as root it gives up everything and becomes USER. How it ended, as wait(2) says it, goes to STATUS_FD as a
number, so that nothing a shell would add is in the way. Whatever it left running is ended, wherever it went, also when
the launcher itself is told to end.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    """Run it and report."""
    # Python sets this for itself where the locale is C.
    os.environ.pop("LC_CTYPE", None)
    report, user, program, arguments = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]
    os.setsid()
    # Orphans become children of this process, which can find them and end them.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.close(report)
        os.setpgid(0, 0)
        for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))
        os.umask(0o022)
        if os.geteuid() == 0:
            os.setgroups([user])
            os.setgid(user)
            os.setuid(user)
        os.execve(program, arguments, os.environ)
    with contextlib.suppress(OSError):
        os.setpgid(child, child)
    try:
        _, status = os.waitpid(child, 0)
        os.write(report, b"%d" % status)
    finally:
        end_children()


def end_children() -> None:
    """Kill every process that descends from this one, until none is left."""
    while children := Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        for pid in map(int, children):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
