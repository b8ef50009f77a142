"""Who may import whom: the layers of docs/architecture.md, read from the source."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.trace import generated

ROOT = generated.ROOT

LAYERS = {
    "app.trace": set(),
    "app.toolchain": set(),
    "app.cpu": set(),
    "app.lessons": set(),
    "app.settings": {"app.trace"},
    "app.kernel": {"app.cpu", "app.toolchain", "app.trace"},
    "app.runner": {"app.cpu", "app.kernel", "app.settings", "app.toolchain", "app.trace"},
    "app.web": {"app.lessons", "app.runner", "app.settings", "app.trace"},
}
"""Part of the application -> the other parts it may import."""

PARTS_OF_THE_KERNEL = {"abi", "arguments", "fs", "ipc", "mm", "net"}
SLOW_OR_FOREIGN = {"asyncio", "dataclasses", "flask", "gevent", "keystone", "socket", "unicorn", "urllib"}


def imports(path: Path, for_types: bool = True) -> Iterator[str]:
    """Modules that a file imports, dotted; without `for_types` only those that it needs when it runs."""
    package = path.relative_to(ROOT).parent.parts

    def look(node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)
        elif for_types or not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
            for child in ast.iter_child_nodes(node):
                yield from look(child)

    yield from look(ast.parse(path.read_text()))


def part(module: str) -> str:
    """The part of the application that a module belongs to."""
    return ".".join(module.split(".")[:2])


def modules(folder: str) -> list[Path]:
    """Source files of a part, which is a folder or a single module."""
    path = ROOT / folder.replace(".", "/")
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


def strangers(files: list[Path], own: str, allowed: set[str]) -> list[tuple[str, str]]:
    """Imports of parts of the application that are neither the own one nor allowed."""
    return [
        (str(file.relative_to(ROOT)), module)
        for file in files
        for module in imports(file)
        if module.startswith("app.")
        and part(module) not in {own, *allowed}
        and any((ROOT / part(module).replace(".", "/")).with_suffix(suffix).exists() for suffix in ("", ".py"))
    ]


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_go_one_way(layer):
    assert not strangers(modules(layer), layer, LAYERS[layer])


def test_a_wrong_import_would_be_found():
    assert ("app/kernel/kernel.py", "app.trace.events") in strangers(modules("app.kernel"), "app.kernel", {"app.cpu"})


@pytest.mark.parametrize("name", sorted(PARTS_OF_THE_KERNEL))
def test_nothing_below_the_handlers_needs_them(name):
    below = {
        (str(file.relative_to(ROOT)), module)
        for file in modules(f"app.kernel.{name}")
        for module in imports(file)
        if module.startswith("app.kernel.syscalls")
    }
    assert not below


def test_layouts_and_numbers_need_nothing_else_of_the_kernel():
    others = {
        (str(file.relative_to(ROOT)), module)
        for file in modules("app.kernel.abi")
        for module in imports(file, for_types=False)
        if module.startswith("app.kernel.") and not module.startswith("app.kernel.abi")
    }
    assert not others


@pytest.mark.parametrize("layer", ["app.cpu", "app.kernel", "app.trace"])
def test_the_kernel_loads_quickly_and_alone(layer):
    found = {
        (str(file.relative_to(ROOT)), module)
        for file in modules(layer)
        for module in imports(file)
        if module.split(".")[0] in SLOW_OR_FOREIGN
    }
    assert not found


def test_a_run_loads_what_its_architecture_needs_and_no_compiler():
    code = (
        "from app.runner.engine import TrapgateEngine; TrapgateEngine().load('x86_64'); import sys; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"app.toolchain.isa.x86", "app.kernel.abi.x86_64", "app.cpu.arch.x86_64"} <= loaded
    others = {"app.toolchain.isa.arm", "app.toolchain.isa.aarch64", "app.toolchain.isa.riscv", "app.kernel.abi.arm"}
    compilers = {"app.runner.compiler", "app.toolchain.c.kit", "importlib.metadata", "subprocess", "tempfile"}
    assert not loaded & (others | compilers)
