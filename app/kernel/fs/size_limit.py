"""RLIMIT_FSIZE: how large a process may make files (getrlimit(2))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel import signal_delivery
from app.kernel.abi.constants import Signo
from app.kernel.errno import Errno, KernelError
from app.kernel.resource import Resource
from app.kernel.signal import SigInfo

if TYPE_CHECKING:
    from app.kernel.call import Call


def writable_size(call: Call, start: int, wanted: int) -> int:
    """How many of `wanted` bytes may be stored from `start` on. Raises EFBIG, after a SIGXFSZ, when none may."""
    limit, _ = call.task.process.rlimits[Resource.RLIMIT_FSIZE]
    if start >= limit:
        raise _too_large(call, limit)
    return min(wanted, limit - start)


def need_size(call: Call, size: int, present: int) -> None:
    """Let a file of `present` bytes become `size` bytes long. Raises EFBIG, after a SIGXFSZ, when it grows too much."""
    limit, _ = call.task.process.rlimits[Resource.RLIMIT_FSIZE]
    if size > present and size > limit:
        raise _too_large(call, limit)


def _too_large(call: Call, limit: int) -> KernelError:
    signal_delivery.send_to_task(call.kernel, call.task, SigInfo.user(Signo.SIGXFSZ, call.task.process))
    return KernelError(Errno.EFBIG, f"RLIMIT_FSIZE lets no file of this process grow beyond {limit} bytes")
