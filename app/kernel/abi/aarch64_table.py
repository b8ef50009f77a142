"""The AArch64 system call table of Linux 6.16: the generic one, and `renameat`, which it still has."""

from __future__ import annotations

from . import generic_table

NAMES: dict[int, str] = generic_table.NAMES | {38: "renameat"}
