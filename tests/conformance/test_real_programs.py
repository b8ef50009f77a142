"""Programs as a visitor would bring them: what they print is what they print on Linux.

Debian's own static shells are used as they are; the SQL shell, the Lua interpreter and the hellos are built here from
static libraries. Where a compiler is not installed its test is skipped.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from app.toolchain.elf import ElfError, load_elf
from tests.conformance.build import build, cached
from tests.conformance.native import compare

REAL = Path(__file__).parent / "real"

FRUIT = b"pear 3\napple 10\nfig 7\nquince 1\napple 2\nplum 12\n"

SCRIPTS = [
    pytest.param(name, path, id=f"{name}-{path.stem}")
    for name, folder in (("busybox", "busybox"), ("bash-static", "bash"))
    for path in sorted((REAL / folder).glob("*.sh"))
]


def program(name: str) -> Path:
    """A static program of the machine's. Skips the test where it is not installed."""
    path = shutil.which(name) or (f"/bin/{name}" if Path(f"/bin/{name}").exists() else None)
    if path is None:
        pytest.skip(f"needs {name}")
    return Path(path)


def shell(name: str) -> Path:
    """A shell of Debian's. Skips the test where it is not installed, or is not the static one."""
    path = program(name)
    with suppress(ElfError):
        load_elf(path.read_bytes())
        return path
    pytest.skip(f"{path} is not linked statically")


@pytest.mark.parametrize(("name", "script"), SCRIPTS)
def test_shell_script(name, script):
    applet = ("sh",) if name == "busybox" else ()
    files = {"fruit": FRUIT, "script.sh": script.read_bytes(), "busybox": shell("busybox").read_bytes()}
    compare(shell(name), (name, *applet, "script.sh"), files=files)


def test_a_command_line_with_two_shells():
    """bash starts what it does not have itself from its files; busybox finds its applets in itself."""
    busybox = shell("busybox").read_bytes()
    script = "for name in sort wc; do ./busybox $name fruit | ./busybox head -n 1; done; echo $(./busybox seq 3)"
    compare(shell("bash-static"), ("bash-static", "-c", script), files={"busybox": busybox, "fruit": FRUIT})


def test_busybox_reads_its_script_from_standard_input():
    compare(shell("busybox"), ("busybox", "sh"), stdin=b"echo one\nread x\nthe line\necho $x | tr a-z A-Z\nexit 6\n")


@pytest.mark.parametrize("database", [":memory:", "fruit.db"])
def test_sqlite(database):
    executable = build(REAL / "sql.c", "gcc", ("-lsqlite3", "-lm"))
    compare(executable, ("sql", database), stdin=(REAL / "fruit.sql").read_bytes())


def test_lua():
    executable = build(REAL / "lua.c", "gcc", ("-I/usr/include/lua5.4", "-llua5.4", "-lm"))
    compare(
        executable,
        ("lua", "script.lua", "argument"),
        stdin=b"typed\n12.5\n",
        files={"script.lua": (REAL / "script.lua").read_bytes()},
    )


def test_go():
    source = REAL / "hello.go"
    go = program("go")

    def compile_it(output: Path) -> list[str]:
        return [str(go), "build", "-ldflags=-s -w", "-o", str(output), str(source)]

    compare(cached(source, str(go), compile_it, {"CGO_ENABLED": "0", "GOFLAGS": "-mod=mod", "GO111MODULE": "off"}))


def test_rust():
    source = REAL / "hello.rs"
    rustc = program("rustc")

    def compile_it(output: Path) -> list[str]:
        static = ["-C", "target-feature=+crt-static", "-C", "relocation-model=static"]
        return [str(rustc), "-O", *static, "-o", str(output), str(source)]

    compare(cached(source, str(rustc), compile_it))
