"""The documentation: its links lead somewhere, and what it tells people to type works."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from app.kernel import reference
from app.kernel.syscall import served
from app.trace import generated

ROOT = generated.ROOT
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
SYMBOL = re.compile(r"`([A-Za-z_][\w.]*)`")


def defined(path: Path) -> set[str]:
    """Every class, function, method and constant of a module, dotted."""
    names: set[str] = set()

    def collect(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                names.add(prefix + node.name)
            if isinstance(node, ast.ClassDef):
                collect(node.body, f"{prefix}{node.name}.")
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            names.update(prefix + target.id for target in targets if isinstance(target, ast.Name))

    collect(ast.parse(path.read_text()).body, "")
    return names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_and_symbols_that_exist(page):
    for text, target in LINK.findall(page.read_text()):
        if "://" in target or target.startswith("#"):
            continue
        path = (page.parent / target.partition("#")[0]).resolve()
        assert path.exists(), f"[{text}]({target})"
        symbol = SYMBOL.fullmatch(text)
        if symbol and path.suffix == ".py":
            assert symbol[1] in defined(path), f"[{text}]({target})"


def test_a_wrong_symbol_would_be_found():
    names = defined(ROOT / "app/kernel/dispatcher.py")
    assert {"Dispatcher", "Dispatcher.enter"} <= names
    assert "Dispatcher.leave" not in names


def test_the_handler_that_the_chapter_shows_is_the_real_one():
    chapter = (ROOT / "docs/kernel.md").read_text()
    shown = re.search(r"^```\n(.*?)```", chapter, re.DOTALL | re.MULTILINE)[1].splitlines()
    source = (ROOT / "app/kernel/syscalls/file.py").read_text()
    assert len(shown) == 6
    for line in shown:
        assert line.partition(": ...")[0] in source


def test_the_recipe_for_a_call_works():
    """What docs/kernel.md tells a newcomer to write: a handler with a page in the form, and a test that passes."""
    chapter = (ROOT / "docs/kernel.md").read_text()
    handler, test = re.findall(r"```python\n(.*?)```", chapter, re.DOTALL)
    name = re.search(r"`(app/kernel/syscalls/\w+\.py)`", chapter)[1]
    scope = {"__name__": "recipe"}
    try:
        exec(compile(handler, ROOT / name, "exec"), scope)
        page = reference.page(served()["kcmp"].doc)
        assert page.errors
        assert page.manual == ("kcmp(2)",)
        assert page.level is reference.Level.PARTIAL
        exec(compile(test, "recipe", "exec"), scope)
        scope["test_comparing_open_files"]()
        wrong = handler.replace("idx1.any_file, idx2.any_file", "idx1.any_file, idx1.any_file")
        del served()["kcmp"]
        exec(compile(wrong, ROOT / name, "exec"), scope)
        with pytest.raises(pytest.fail.Exception):
            scope["test_comparing_open_files"]()
    finally:
        served().pop("kcmp", None)
