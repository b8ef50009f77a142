"""Landlock (landlock(7)): the kernel refuses this process, and all it starts, files and TCP ports."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from typing import NamedTuple

# The three calls have the same numbers on every architecture.
_CREATE_RULESET = 444
_ADD_RULE = 445
_RESTRICT_SELF = 446
_CREATE_RULESET_VERSION = 1

# <linux/landlock.h>: rights known to each version of the interface.
_FS_RIGHTS_V1 = (1 << 13) - 1
_FS_REFER_V2 = 1 << 13
_FS_TRUNCATE_V3 = 1 << 14
_NET_BIND_CONNECT_V4 = 0b11
_FS_IOCTL_DEV_V5 = 1 << 15
_SCOPE_ABSTRACT_SOCKET_AND_SIGNAL_V6 = 0b11
_RULE_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_FILE, _MAKE_REG = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 5, 1 << 8

EXECUTE = _EXECUTE | _READ_FILE
"""Right to one file: run and read it."""

READ = _READ_FILE | _READ_DIR
"""Right to a directory: read what is below it."""

WORK = READ | _WRITE_FILE | _REMOVE_FILE | _MAKE_REG | _FS_TRUNCATE_V3
"""Right to a directory: make, change and remove plain files in it; no links, directories or devices."""

WORK_TREE = WORK | 1 << 4 | 1 << 7 | _FS_REFER_V2
"""The same, and directories too: what is in one may go to another (_REMOVE_DIR, _MAKE_DIR)."""


class Rule(NamedTuple):
    """What may be done with the file `path`, or with everything below it."""

    path: str
    rights: int


class _RulesetAttr(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneathAttr(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


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
    allow_only(version, ())


def allow_only(version: int, rules: Iterable[Rule]) -> None:
    """Give up every right the interface `version` (from `abi`) knows of but those of `rules`.

    Needs no_new_privs, and descriptors. Raises OSError, also for a path that does not exist.
    """
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
        for rule in rules:
            _allow(ruleset, rule, attr.handled_access_fs)
        if _syscall(ctypes.c_long(_RESTRICT_SELF), ctypes.c_int(ruleset), ctypes.c_uint32(0)) != 0:
            raise OSError(ctypes.get_errno(), "landlock_restrict_self: " + os.strerror(ctypes.get_errno()))
    finally:
        os.close(ruleset)


def _allow(ruleset: int, rule: Rule, known: int) -> None:
    fd = os.open(rule.path, os.O_PATH | os.O_CLOEXEC)
    try:
        beneath = _PathBeneathAttr(rule.rights & known, fd)
        result: int = _syscall(
            ctypes.c_long(_ADD_RULE),
            ctypes.c_int(ruleset),
            ctypes.c_int(_RULE_PATH_BENEATH),
            ctypes.byref(beneath),
            ctypes.c_uint32(0),
        )
        if result != 0:
            raise OSError(ctypes.get_errno(), f"landlock_add_rule: {rule.path}: {os.strerror(ctypes.get_errno())}")
    finally:
        os.close(fd)
