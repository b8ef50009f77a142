"""The reference is made of docstrings, so they have to be in the form that it reads."""

import re

import pytest

from app.kernel import reference, syscalls
from app.kernel.abi import ABIS
from app.kernel.abi.unserved import REASONS
from app.kernel.errno import Errno
from app.kernel.reference import Error, Level
from app.kernel.syscall import served
from app.trace import generated

syscalls.load()

NO_ERRNOS = {"ELF", "EOF"}


@pytest.mark.parametrize("name", sorted(served()))
def test_every_call_has_a_page_in_the_form(name):
    row = served()[name]
    page = reference.page(row.doc)
    assert re.fullmatch(r"[A-Z].*[.)]|[A-Z].*\.{3}", page.summary), "a summary is a sentence"
    assert page.manual, "`See name(2).` is missing"
    assert page.never_fails != bool(page.errors or page.inherited), "say the errors, or `Never fails.`"
    assert not page.missing or page.missing.endswith("."), "the last sentence is what is not served"
    for sentence in page.text:
        assert not re.search(r"\bE[A-Z0-9]+:|See \w+\(|[Ee]rrors are|those of \w+\.|Errors:|Source:", sentence)
    for error in reference.errors(row):
        assert set(error.names) <= set(Errno.__members__)
        assert not error.reason.endswith(".")


@pytest.mark.parametrize("name", sorted(served()))
def test_every_errno_that_a_page_names_exists(name):
    words = re.findall(r"\bE[A-Z0-9]{2,}\b", served()[name].doc)
    unknown = set(words) - set(Errno.__members__) - NO_ERRNOS
    assert {word for word in unknown if not word.startswith("EPOLL")} == set()


def test_reasons_are_for_calls_of_the_table_that_are_not_served():
    names = {name for abi in ABIS.values() for name in abi.names.values()}
    assert set(REASONS) - names == set()
    assert set(REASONS) & set(served()) == set()


def test_a_docstring_is_taken_apart():
    page = reference.page(
        """Do it.

        Whatever `.` is. More about it, and
        EPIPE in words.

        EBADF: no file. EFAULT, EINVAL: `a` is
        bad. EPIPE with SIGPIPE: gone. And the errors of read and a path walk. See one(2), two(7).

        Not served: this. And that.
        """
    )
    assert page.text == ("Do it.", "Whatever `.` is. More about it, and EPIPE in words.")
    assert page.errors == (
        Error(("EBADF",), "no file"),
        Error(("EFAULT", "EINVAL"), "`a` is bad"),
        Error(("EPIPE",), "gone", " with SIGPIPE"),
    )
    assert page.inherited == ("read", "a path walk")
    assert page.manual == ("one(2)", "two(7)")
    assert page.missing == "Not served: this. And that."
    assert page.level is Level.PARTIAL
    assert not page.never_fails


def test_a_call_without_errors_and_gaps_is_full():
    page = reference.page("Do it. Never fails. See it(2).")
    assert page.text == ("Do it. Never fails.",)
    assert page.never_fails
    assert page.level is Level.FULL


def test_errors_are_inherited_through_several_calls():
    names = [name for error in reference.errors(served()["preadv2"]) for name in error.names]
    assert {"EOPNOTSUPP", "ESPIPE", "EINVAL", "EBADF", "EISDIR"} <= set(names)
    walk = [error.names[0] for error in reference.errors(served()["stat"])]
    assert set(reference.PATH_WALK_ERRORS) <= set(walk)


def test_levels():
    assert reference.level("write") is Level.FULL
    assert reference.level("clock_settime") is Level.PARTIAL
    assert reference.level("io_uring_setup") is Level.NONE


def test_the_table_is_current_and_links_to_every_handler():
    (text,) = reference.files().values()
    assert generated.stale(reference.files()) == []
    for row in served().values():
        path, _, line = row.source.partition(":")
        assert f"](../{path}#L{line})" in text
        found = (generated.ROOT / path).read_text().splitlines()[int(line) - 1 :]
        assert any(re.match(rf"def {row.name}\(", line) for line in found[:2])
    for name in ABIS["x86_64"].names.values():
        assert f"`{name}" in text
