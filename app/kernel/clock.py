"""Virtual time. A run's clock does not depend on the host's: the same run always sees the same times."""

from __future__ import annotations

SECOND = 1_000_000_000
"""In nanoseconds, the unit of all times here."""

CLOCK_TICK = SECOND // 100
"""Unit of CPU times in times(2), SIGCHLD and /proc, ns (sysconf(_SC_CLK_TCK) is 100)."""

REALTIME_EPOCH = 1_767_225_600_000_000_000
"""CLOCK_REALTIME at the start of every run, ns since 1970: 2026-01-01 00:00:00 UTC."""

BOOT_OFFSET = 1_000_000_000_000
"""CLOCK_MONOTONIC at the start of every run, ns: the machine came up 1000 s ago."""

TRAP_COST = 400
"""Virtual ns that one entry into the kernel and back takes."""

COUNTER_COST = 25
"""Virtual ns that reading the cycle counter takes."""

INSTRUCTION_TIME = 50
"""Virtual ns that an instruction takes where instructions are counted: a leisurely 20 MHz, so that a second of busy
waiting is over soon."""


class Clock:
    """Virtual nanoseconds since the run began; `idle` is how many of them every task slept.

    `realtime_shift` is by how much somebody has set the time of day forward.
    """

    __slots__ = ("idle", "now", "realtime_shift")

    def __init__(self) -> None:
        self.now = 0
        self.idle = 0
        self.realtime_shift = 0

    def tick(self) -> None:
        """Account for one crossing into the kernel."""
        self.now += TRAP_COST

    def executed(self, instructions: int) -> None:
        """Account for instructions of user mode that were counted."""
        self.now += instructions * INSTRUCTION_TIME

    def read_counter(self) -> int:
        """What the cycle counter of the CPU shows: virtual ns. Looking takes time, lest who waits wait for ever."""
        self.now += COUNTER_COST
        return self.now

    def advance_to(self, time: int) -> None:
        """Jump forward to `time`, because every task sleeps until then."""
        if time > self.now:
            self.idle += time - self.now
            self.now = time

    @property
    def monotonic(self) -> int:
        """CLOCK_MONOTONIC, ns."""
        return BOOT_OFFSET + self.now

    @property
    def realtime(self) -> int:
        """CLOCK_REALTIME, ns since 1970."""
        return REALTIME_EPOCH + self.realtime_shift + self.now

    @property
    def cpu_time(self) -> int:
        """CPU time used, ns."""
        return self.now - self.idle
