"""The example files."""

from __future__ import annotations

import pytest

from app.lessons import Example, examples, load


def test_front_matter_is_read_and_not_shown(tmp_path):
    (tmp_path / "20-second.asm").write_text("; title: Second\n; about: NASM.\n; A comment of its own.\nret\n")
    (tmp_path / "10-first-one.s").write_text("# about: GNU: with a colon.\n# title: First\n\n    ret\n\n")
    (tmp_path / "notes.txt").write_text("not an example")
    assert load(tmp_path) == [
        Example("first-one", "First", "GNU: with a colon.", "gas", "    ret\n"),
        Example("second", "Second", "NASM.", "nasm", "; A comment of its own.\nret\n"),
    ]


@pytest.mark.parametrize("missing", ["title", "about"])
def test_a_file_without_front_matter_is_named(tmp_path, missing):
    lines = {"title": "# title: A", "about": "# about: B"}
    del lines[missing]
    (tmp_path / "1-x.s").write_text("\n".join([*lines.values(), "ret"]))
    with pytest.raises(ValueError, match=rf"1-x\.s: no `{missing}:`"):
        load(tmp_path)


def test_our_own_examples():
    found = examples()
    assert len({example.slug for example in found}) == len(found)
    for example in found:
        assert example.source.strip()
        assert len(example.source.encode()) <= 65536
