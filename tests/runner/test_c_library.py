"""The build of the C library, shortened to a few files: progress, publication, failure, and what watches it."""

from __future__ import annotations

import os
import queue
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.runner import c_library
from app.runner.messages import LibraryState
from app.runner.toolchain_watch import ToolchainWatch
from app.toolchain.c import library
from app.toolchain.c.kit import find_kit
from app.toolchain.c.library import Command, Plan
from tests.runner.compiling import needs_box

KIT = find_kit()


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("TRAPGATE_CACHE_DIR", str(tmp_path))
    return tmp_path / f"musl-{library.key(KIT)}"


@pytest.fixture
def short(cache, monkeypatch) -> Callable[..., Plan]:
    """Shortens the plan to the start code and twelve files of stdio; the runtime is an empty archive."""
    real = library.plan

    def plan(kit, arch):
        whole = real(kit, arch)
        stdio = next(command for command in whole.objects if command.folder == "objects/stdio")
        runtime = Command("runtime", (kit.zig, "ar", "rc", library.RUNTIME), (library.RUNTIME,))
        archived = tuple(f"{stdio.folder}/{name}" for name in stdio.makes)
        archive = replace(whole.archive, argv=(*whole.archive.argv[:4], *archived))
        return Plan(arch, (whole.objects[0], stdio), runtime, archive)

    monkeypatch.setattr(library, "plan", plan)
    return plan


def test_a_library_appears_when_it_is_complete(cache, short):
    steps: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        steps.append((done, total))
        assert c_library.find(KIT, "aarch64") is None
        assert c_library.state(KIT, "aarch64").state == "building"

    assert c_library.state(KIT, "aarch64") == LibraryState("aarch64", "missing")
    c_library.build(KIT, "aarch64", 2, progress)
    total = short(KIT, "aarch64").total
    assert steps == sorted(steps)
    assert steps[-1] == (total, total)
    assert c_library.state(KIT, "aarch64") == LibraryState("aarch64", "ready")
    found = c_library.find(KIT, "aarch64")
    assert found is not None
    assert all(os.path.getsize(path) for path in (found.start, *found.archives))
    assert sorted(os.listdir(cache)) == ["aarch64", "aarch64.lock"]


def test_everybody_may_read_what_was_built(cache, short):
    c_library.build(KIT, "x86_64", 1, lambda done, total: None)
    for folder, _, names in os.walk(cache / "x86_64"):
        assert os.stat(folder).st_mode & stat.S_IXOTH
        assert all(os.stat(f"{folder}/{name}").st_mode & stat.S_IROTH for name in names)


def test_sources_have_the_names_that_musl_gives_them(cache, short):
    c_library.build(KIT, "x86_64", 1, lambda done, total: None)
    archive = (cache / "x86_64" / library.ARCHIVE).read_bytes()
    assert b"musl/src/stdio/" in archive
    assert KIT.lib.encode() not in archive
    assert str(cache).encode() not in archive


def test_two_builders_do_the_work_once(cache, short):
    calls: list[int] = []
    builders = [
        threading.Thread(target=c_library.build, args=(KIT, "arm", 1, lambda done, total: calls.append(done)))
        for _ in range(2)
    ]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    assert c_library.find(KIT, "arm") is not None
    # Who came second was told nothing.
    assert calls == sorted(calls)
    assert calls.count(short(KIT, "arm").total) == 1


def test_what_fails_is_remembered_until_it_succeeds(cache, short, monkeypatch):
    good = library.plan

    def broken(kit, arch):
        plan = good(kit, arch)
        command = plan.objects[1]
        return replace(plan, objects=(plan.objects[0], replace(command, argv=(*command.argv, "no-such-file.c"))))

    monkeypatch.setattr(library, "plan", broken)
    with pytest.raises(c_library.LibraryError, match=r"no-such-file\.c"):
        c_library.build(KIT, "x86_64", 1, lambda done, total: None)
    assert c_library.state(KIT, "x86_64").state == "failed"
    assert "no-such-file.c" in c_library.failure(KIT, "x86_64")
    assert not (cache / "x86_64.building").exists()
    monkeypatch.setattr(library, "plan", good)
    c_library.build(KIT, "x86_64", 1, lambda done, total: None)
    assert c_library.state(KIT, "x86_64").state == "ready"
    assert not c_library.failure(KIT, "x86_64")


def test_a_cache_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TRAPGATE_CACHE_DIR", str(tmp_path / "file"))
    with pytest.raises(c_library.LibraryError, match=r"cannot write below .*file"):
        c_library.build(KIT, "x86_64", 1, lambda done, total: None)


def test_the_cache_is_where_the_environment_says(monkeypatch):
    monkeypatch.delenv("TRAPGATE_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert c_library.cache_folder() == "/cache/trapgate"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/ada")
    assert c_library.cache_folder() == "/home/ada/.cache/trapgate"
    monkeypatch.setenv("TRAPGATE_CACHE_DIR", "/elsewhere")
    assert c_library.cache_folder() == "/elsewhere"


@needs_box
def test_listeners_hear_of_a_library_that_the_background_build_makes(cache, monkeypatch, tmp_path):
    """The builder is a script that only makes the directory."""
    builder = tmp_path / "builder"
    builder.write_text(f"#!/bin/sh\nmkdir -p {cache}/riscv64\n")
    builder.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(builder))
    watch = ToolchainWatch(jobs=1)
    heard: queue.Queue = queue.Queue()
    watch.on_change(heard.put)
    watch.start()
    states = {library.arch: library.state for library in heard.get(timeout=30).libraries}
    assert states == {
        "x86_64": "missing",
        "i386": "missing",
        "arm": "missing",
        "aarch64": "missing",
        "riscv64": "ready",
    }
    watch.close()


@needs_box
def test_nothing_is_started_when_everything_is_there_or_nothing_is_wanted(cache, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", lambda *arguments, **more: pytest.fail("a builder was started"))
    ToolchainWatch(jobs=0).start()
    for arch in ("x86_64", "i386", "arm", "aarch64", "riscv64"):
        (cache / arch).mkdir(parents=True)
    ToolchainWatch(jobs=1).start()


def test_without_a_box_the_page_hears_why_there_is_no_c(monkeypatch):
    monkeypatch.setattr("app.runner.landlock.abi", lambda: 0)
    (c,) = (language for language in ToolchainWatch(jobs=0).current().languages if language.name == "c")
    assert c.arches == ()
    assert "Landlock" in c.reason
