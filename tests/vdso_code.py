"""Assemble the vDSOs: `python -m tests.vdso_code [--check]`. Needs binutils for all three architectures."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from app.trace import generated

MODULE = "tests.vdso_code"
SOURCES = Path(__file__).resolve().parents[1] / "app/kernel/abi/vdso"
TOOLS = {"x86_64": "", "aarch64": "aarch64-linux-gnu-", "riscv64": "riscv64-linux-gnu-"}
CODE_START = 0x800
"""`app.kernel.abi.vdso.CODE_START`: where in its page the code is."""

_BYTES_A_LINE = 24


def missing_tool() -> str | None:
    """A program that is not installed."""
    needed = [f"{prefix}{tool}" for prefix in TOOLS.values() for tool in ("as", "ld", "objcopy", "nm")]
    return next((tool for tool in needed if shutil.which(tool) is None), None)


def assemble(name: str) -> tuple[bytes, dict[str, int]]:
    """Code of one vDSO, and the addresses of its symbols in its page."""
    with tempfile.TemporaryDirectory() as folder:

        def tool(program: str, *arguments: str) -> str:
            command = [TOOLS[name] + program, *arguments]
            return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout

        tool("as", "-o", "code.o", str(SOURCES / f"{name}.s"))
        vvar = (1 << 64) - 4096
        tool(
            "ld",
            "-N",
            "-e",
            "0",
            f"-Ttext={CODE_START:#x}",
            f"--defsym=vvar={vvar:#x}",
            "--no-relax",
            "-o",
            "code",
            "code.o",
        )
        tool("objcopy", "-O", "binary", "-j", ".text", "code", "bytes")
        names = re.findall(r"^(\w+) T (__(?:vdso|kernel)_\w+)$", tool("nm", "-n", "code"), re.MULTILINE)
        return (Path(folder) / "bytes").read_bytes(), {symbol: int(address, 16) for address, symbol in names}


def module() -> str:
    """The Python module."""
    lines = [
        f'"""Machine code of the vDSOs. {generated.notice(MODULE)}"""',
        "",
        "from __future__ import annotations",
        "",
    ]
    for name in TOOLS:
        code, symbols = assemble(name)
        rows = [code[start : start + _BYTES_A_LINE].hex() for start in range(0, len(code), _BYTES_A_LINE)]
        lines += [
            f"{name.upper()} = bytes.fromhex(",
            *(f'    "{row}"' for row in rows),
            ")",
            f"{name.upper()}_SYMBOLS = {{",
            *(f'    "{symbol}": 0x{address:X},' for symbol, address in symbols.items()),
            "}",
        ]
    return "\n".join(lines) + "\n"


def files() -> dict[str, str]:
    """Path and content of what is generated."""
    return {"app/kernel/abi/vdso/code.py": module()}


if __name__ == "__main__":
    sys.exit(generated.main(MODULE, files()))
