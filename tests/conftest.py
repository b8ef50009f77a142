"""What every test relies on."""

from __future__ import annotations

import ctypes
import os
import platform
import signal

RT_SIGACTION = 13

# Servers that tests start build no C libraries: `make test` has built those that tests need.
os.environ["TRAPGATE_BUILD_C_LIBRARY"] = "0"

# Whoever starts the tests in the background or with nohup(1) has these ignored, and so would have every program that
# the tests compare with.
for signo in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
    signal.signal(signo, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)

# make(1) leaves the two signals ignored that the C library keeps for itself, so only the call itself can change them.
if platform.machine() == "x86_64":
    for number in (32, 33):
        ctypes.CDLL(None).syscall(RT_SIGACTION, number, bytes(32), None, 8)
