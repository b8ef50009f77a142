"""Write system call names and registers for the page: `python -m app.kernel.abi.generate [--check]`."""

from __future__ import annotations

import json
import sys

import msgspec

from app.trace import generated

from . import ABIS

MODULE = "app.kernel.abi.generate"


def typescript() -> str:
    """The TypeScript module of the system call tables."""
    lines = [
        f"// {generated.notice(MODULE)}",
        "",
        "/** Every system call of Linux by table and number, served by this kernel or not. */",
        "export const SYSCALL_NAMES: Record<string, Record<number, string>> = {",
    ]
    for abi in ABIS.values():
        rows = (f'    {number}: "{name}",' for number, name in sorted(abi.names.items()))
        lines += [f"  {abi.info.table}: {{", *rows, "  },"]
    return "\n".join([*lines, "};"]) + "\n"


def abis() -> str:
    """The TypeScript module of what each architecture calls its registers and modes."""
    lines = [
        f"// {generated.notice(MODULE)}",
        "",
        'import type { AbiInfo } from "./events";',
        "",
        "/** How each architecture asks its kernel for something, before a run says so. */",
        "export const ABIS = {",
        *(f"  {name}: {json.dumps(msgspec.to_builtins(abi.info))}," for name, abi in ABIS.items()),
        "} satisfies Record<string, AbiInfo>;",
    ]
    return "\n".join(lines) + "\n"


def files() -> dict[str, str]:
    """Path and content of every file that follows from the tables."""
    return {"static/src/generated/syscalls.ts": typescript(), "static/src/generated/abis.ts": abis()}


if __name__ == "__main__":
    sys.exit(generated.main(MODULE, files()))
