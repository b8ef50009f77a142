"""The example files."""

from __future__ import annotations

import pytest

from app.lessons import Example, examples, load
from app.toolchain.machines import ARCHES

WIDTH = 43
"""Columns that the editor shows on a screen of 1440 pixels."""

ABOUT = 130
"""Characters in two lines above the editor, or three of them when words are long."""


def test_front_matter_is_read_and_not_shown(tmp_path):
    (tmp_path / "20-second.asm").write_text("; title: Second\n; about: NASM.\n; A comment of its own.\nret\n")
    (tmp_path / "10-first-one.s").write_text("# about: GNU: with a colon.\n# title: First\n\n    ret\n\n")
    (tmp_path / "notes.txt").write_text("not an example")
    assert load(tmp_path) == [
        Example("first-one", "First", "GNU: with a colon.", "gas", "    ret\n"),
        Example("second", "Second", "NASM.", "nasm", "; A comment of its own.\nret\n"),
    ]


def test_a_folder_is_one_program_for_several_architectures(tmp_path):
    folder = tmp_path / "10-same"
    folder.mkdir()
    (folder / "x86_64.asm").write_text("; title: Same\n; about: For all.\nret\n")
    (folder / "aarch64.s").write_text("    ret\n")
    (folder / "arm.s").write_text("@ about: Another return.\n    bx lr\n")
    assert load(tmp_path) == [
        Example("same", "Same", "For all.", "nasm", "ret\n", ("x86_64",)),
        Example("same", "Same", "For all.", "gas", "    ret\n", ("aarch64",)),
        Example("same", "Same", "Another return.", "gas", "    bx lr\n", ("arm",)),
    ]


def test_a_folder_without_a_title_is_named(tmp_path):
    (tmp_path / "1-x").mkdir()
    (tmp_path / "1-x" / "arm.s").write_text("bx lr")
    with pytest.raises(ValueError, match=r"1-x/arm\.s: no `about:`"):
        load(tmp_path)


@pytest.mark.parametrize("missing", ["title", "about"])
def test_a_file_without_front_matter_is_named(tmp_path, missing):
    lines = {"title": "# title: A", "about": "# about: B"}
    del lines[missing]
    (tmp_path / "1-x.s").write_text("\n".join([*lines.values(), "ret"]))
    with pytest.raises(ValueError, match=rf"1-x\.s: no `{missing}:`"):
        load(tmp_path)


def test_our_own_examples():
    found = examples()
    assert len({(example.slug, arch) for example in found for arch in example.arches}) == sum(
        len(example.arches) for example in found
    )
    assert len({example.source for example in found}) == len(found), "the page knows an example by its source"
    assert found[0].slug == "hello"
    for example in found:
        assert set(example.arches) <= set(ARCHES)
        assert len(example.about) <= ABOUT, example.slug
        assert max(map(len, example.source.splitlines())) <= WIDTH, example.slug
        assert example.source.strip()
        assert len(example.source.encode()) <= 65536
