"""What a process has used, for those who ask (getrusage(2), times(2), wait4(2))."""

from __future__ import annotations

MICROSECOND = 1000
SECOND_US = 1_000_000


def rusage_fields(cpu_time: int) -> dict[str, int]:
    """The fields of `struct rusage` for `cpu_time` ns; all of it counts as user time."""
    seconds, microseconds = divmod(cpu_time // MICROSECOND, SECOND_US)
    return {"ru_utime_sec": seconds, "ru_utime_usec": microseconds}
