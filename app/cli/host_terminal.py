"""The terminal that the command was started at, handed over to the program.

The terminal of the run edits lines, echoes and makes signals of keys, so the host's must do nothing of that: it is put
into raw mode. Whatever becomes of the run, the terminal must get its settings back, and a sandboxed or killed process
could not see to that; so the run happens in a child, and its parent waits and restores.
"""

from __future__ import annotations

import os
import signal
import sys
import termios
import tty
from types import FrameType

STDIN = 0
FORWARDED = (signal.SIGTERM, signal.SIGHUP)


def hand_over() -> None:
    """Make the terminal raw and go on in a child process; the parent never returns, but exits as the child does."""
    settings = termios.tcgetattr(STDIN)
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        tty.setraw(STDIN, termios.TCSADRAIN)
        return
    status = 1

    def forward(signo: int, frame: FrameType | None) -> None:
        os.kill(child, signo)

    for signo in FORWARDED:
        signal.signal(signo, forward)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _, word = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(word)
        status = code if code >= 0 else 128 - code
    finally:
        termios.tcsetattr(STDIN, termios.TCSADRAIN, settings)
        os._exit(status)
