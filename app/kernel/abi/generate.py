"""Write the system call names for the page: `python -m app.kernel.abi.generate [--check]`."""

from __future__ import annotations

import sys

from app.trace import generated

from . import ABIS

MODULE = "app.kernel.abi.generate"
TABLES = {name: abi.names for name, abi in ABIS.items()}
"""The system call table of each architecture: number to name."""


def typescript() -> str:
    """The TypeScript module of the system call tables."""
    lines = [
        f"// {generated.notice(MODULE)}",
        "",
        "/** Every system call of Linux by table and number, served by this kernel or not. */",
        "export const SYSCALL_NAMES: Record<string, Record<number, string>> = {",
    ]
    for table, names in TABLES.items():
        lines += [f"  {table}: {{", *(f'    {number}: "{names[number]}",' for number in sorted(names)), "  },"]
    return "\n".join([*lines, "};"]) + "\n"


def files() -> dict[str, str]:
    """Path and content of every file that follows from the tables."""
    return {"static/src/generated/syscalls.ts": typescript()}


if __name__ == "__main__":
    sys.exit(generated.main(MODULE, files()))
