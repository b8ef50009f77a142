"""Landlock (landlock(7)): the kernel refuses this process, and all it starts, every file and every TCP port."""

from __future__ import annotations

import ctypes
import os

# The three calls have the same numbers on every architecture.
_CREATE_RULESET = 444
_RESTRICT_SELF = 446
_CREATE_RULESET_VERSION = 1

# <linux/landlock.h>: rights known to each version of the interface.
_FS_RIGHTS_V1 = (1 << 13) - 1
_FS_REFER_V2 = 1 << 13
_FS_TRUNCATE_V3 = 1 << 14
_NET_BIND_CONNECT_V4 = 0b11
_FS_IOCTL_DEV_V5 = 1 << 15
_SCOPE_ABSTRACT_SOCKET_AND_SIGNAL_V6 = 0b11


class _RulesetAttr(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


_libc = ctypes.CDLL(None, use_errno=True)
_syscall = _libc.syscall
_syscall.restype = ctypes.c_long


def abi() -> int:
    """Version of the Landlock interface of the running kernel; 0 when it has none or it is switched off."""
    version: int = _syscall(
        ctypes.c_long(_CREATE_RULESET),
        ctypes.c_void_p(None),
        ctypes.c_size_t(0),
        ctypes.c_uint32(_CREATE_RULESET_VERSION),
    )
    return max(version, 0)


def deny_all(version: int) -> None:
    """Give up every right the interface `version` (from `abi`) knows of. Needs no_new_privs. Raises OSError."""
    attr = _RulesetAttr(handled_access_fs=_FS_RIGHTS_V1)
    size = 8
    if version >= 2:
        attr.handled_access_fs |= _FS_REFER_V2
    if version >= 3:
        attr.handled_access_fs |= _FS_TRUNCATE_V3
    if version >= 4:
        attr.handled_access_net = _NET_BIND_CONNECT_V4
        size = 16
    if version >= 5:
        attr.handled_access_fs |= _FS_IOCTL_DEV_V5
    if version >= 6:
        attr.scoped = _SCOPE_ABSTRACT_SOCKET_AND_SIGNAL_V6
        size = 24
    ruleset: int = _syscall(
        ctypes.c_long(_CREATE_RULESET), ctypes.byref(attr), ctypes.c_size_t(size), ctypes.c_uint32(0)
    )
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset: " + os.strerror(ctypes.get_errno()))
    try:
        if _syscall(ctypes.c_long(_RESTRICT_SELF), ctypes.c_int(ruleset), ctypes.c_uint32(0)) != 0:
            raise OSError(ctypes.get_errno(), "landlock_restrict_self: " + os.strerror(ctypes.get_errno()))
    finally:
        os.close(ruleset)
