"""Calls into the Unicorn library.

Short calls go through `SHORT`, a `PyDLL` (no release of the interpreter lock). Running guest code goes through
`RUNNING`, a `CDLL`, so other threads, a watchdog among them, run meanwhile.
"""

from __future__ import annotations

import ctypes

from app.cpu import unicorn_library

uc_const = unicorn_library.constants("unicorn_const")

ERR_OK: int = uc_const.UC_ERR_OK
ERR_EXCEPTION: int = uc_const.UC_ERR_EXCEPTION

RUNNING = unicorn_library.load(ctypes.CDLL)
SHORT = unicorn_library.load(ctypes.PyDLL)
SHORT.uc_strerror.restype = ctypes.c_char_p


class CpuError(Exception):
    """The emulator refused something; a defect of ours or a limit of the host, never the guest's doing."""


def check(code: int, doing: str) -> None:
    """Raise `CpuError` when a call has failed; `doing` says what it was to do."""
    if code != ERR_OK:
        raise CpuError(f"{doing}: {SHORT.uc_strerror(code).decode()}")


def control_request(kind: int, arguments: int) -> int:
    """The request number of a `uc_ctl` that writes `arguments` values."""
    return int(uc_const.UC_CTL_IO_WRITE) << 30 | arguments << 26 | kind


FLUSH_TLB = control_request(uc_const.UC_CTL_TLB_FLUSH, 0)
"""The request that drops cached address translations."""
