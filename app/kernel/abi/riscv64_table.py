"""The RISC-V system call table of Linux 6.16: the generic one, and the calls of its own."""

from __future__ import annotations

from . import generic_table

NAMES: dict[int, str] = generic_table.NAMES | {258: "riscv_hwprobe", 259: "riscv_flush_icache"}
