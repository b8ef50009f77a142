"""The commands of a compilation and of the C library's build, without running them."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from app.toolchain.c import library
from app.toolchain.c.commands import compile_steps, link_steps
from app.toolchain.c.kit import find_kit
from app.toolchain.c.targets import TARGETS
from app.toolchain.machines import ARCHES


def test_there_is_a_target_for_every_architecture():
    assert tuple(TARGETS) == ARCHES


@pytest.mark.parametrize("arch", ARCHES)
def test_every_directory_of_headers_exists(arch):
    for step in compile_steps(find_kit(), arch, optimize=0, hosted=True):
        for flag, place in zip(step.argv, step.argv[1:], strict=False):
            if flag in ("-isystem", "-iquote"):
                assert os.path.isdir(place)


def test_the_library_is_linked_only_with_programs_that_want_it():
    kit = find_kit()
    with_library = link_steps(kit, "x86_64", library.files("/cache/x86_64"))
    assert "/cache/x86_64/libc.a" in with_library[-1].argv
    assert len(link_steps(kit, "x86_64", None)) == 2


@pytest.mark.parametrize("arch", ARCHES)
def test_the_plan_has_each_function_once(arch):
    plan = library.plan(find_kit(), arch)
    made = Counter((command.folder, name) for command in plan.objects for name in command.makes)
    assert set(made.values()) == {1}
    assert plan.total == len(made) + 1
    names = {name for _, name in made}
    wanted = ["printf", "malloc", "free", "qsort", "copy", "strlen", "sin", "pthread_create", "signal", "sigaction"]
    wanted += ["socket", "getaddrinfo", "readdir", "hsearch", "regcomp", "clock_gettime", "fork", "execve", "crt1"]
    wanted += ["setjmp", "clone"]
    assert not {f"{name}.o" for name in wanted} - names


@pytest.mark.parametrize(
    ("arch", "name"), [("x86_64", "clone"), ("arm", "clone"), ("i386", "tls"), ("riscv64", "clone")]
)
def test_the_architectures_own_file_takes_the_place_of_the_generic_one(arch, name):
    plan = library.plan(find_kit(), arch)
    sources = [word for command in plan.objects for word in command.argv if word.endswith(f"/{name}.s")]
    assert [source.split("/")[-2] for source in sources] == [arch]


def test_the_key_changes_with_the_compiler():
    kit = find_kit()
    other = type(kit)(kit.zig, kit.lib, kit.version + "1")
    assert library.key(kit) != library.key(other)
