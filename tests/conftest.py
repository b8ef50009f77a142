"""What every test relies on."""

from __future__ import annotations

import signal

# Whoever starts the tests in the background or with nohup(1) has these ignored, and so would have every program that
# the tests compare with.
for signo in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
    signal.signal(signo, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
