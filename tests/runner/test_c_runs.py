"""C through the real runner: a compilation in front of the worker."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

import pytest

from app.runner.backend import LocalBackend
from app.runner.messages import Built, Done, Keyboard, Killed, Rejected, Stop
from app.settings import Settings
from tests.runner.compiling import c_spec, needs_box
from tests.runner.support import becomes_true, printed, split
from tests.runner.test_compiler import ENDLESS, MAIN

pytestmark = needs_box

HELLO = '#include "syscall.h"\nint main(void)\n{\n    write(1, "hello\\n", 6);\n    return 7;\n}\n'
ECHO = """
#include "syscall.h"
int main(void)
{
    char text[100];
    long size;
    while ((size = read(0, text, sizeof text)) > 0)
        write(1, text, size);
}
"""


@pytest.fixture(scope="module")
def backend() -> Iterator[LocalBackend]:
    backend = LocalBackend(Settings(warm_workers=1, max_compilations=1, max_compile_wall_seconds=60))
    yield backend
    backend.close()


def job_folders(backend: LocalBackend) -> list[str]:
    prefix = f"trapgate-job-{backend.status()['pid']}-"
    return [name for name in os.listdir(tempfile.gettempdir()) if name.startswith(prefix)]


def test_what_was_built_comes_before_the_first_event(backend):
    frames = backend.submit(c_spec(HELLO)).frames()
    built = next(frames)
    assert isinstance(built, Built)
    assert built.language == "c"
    assert built.assembly
    events, last = split(frames)
    assert last == Done()
    assert printed(events) == b"hello\r\n"
    assert events[-1].exit_code == 7
    assert becomes_true(lambda: not job_folders(backend))


def test_the_language_is_recognized_by_the_name_of_the_file(backend):
    spec = c_spec(HELLO)
    frames = backend.submit(type(spec)(spec.source, "auto", "x86_64", spec.limits, filename="program.c")).frames()
    assert isinstance(next(frames), Built)
    assert split(frames)[1] == Done()


def test_a_check_ends_when_it_is_built(backend):
    (built,) = backend.submit(c_spec(HELLO, action="check")).frames()
    assert isinstance(built, Built)


def test_mistakes_end_a_run_before_it_begins(backend):
    (message,) = backend.submit(c_spec("int main(void) { return x; }")).frames()
    assert isinstance(message, Rejected)
    assert message.mistakes[0].column == 25


def test_what_is_typed_while_it_compiles_reaches_the_program(backend):
    run = backend.submit(c_spec(ECHO))
    run.send(Keyboard(b"early\n"))
    run.send(Keyboard(b"", eof=True))
    frames = run.frames()
    assert isinstance(next(frames), Built)
    events, last = split(frames)
    assert last == Done()
    assert b"early" in printed(events)


def test_stop_ends_a_compilation(backend):
    run = backend.submit(c_spec(ENDLESS + MAIN))
    assert becomes_true(lambda: job_folders(backend) != [])
    run.send(Stop())
    assert list(run.frames()) == [Killed("stopped", "You stopped the program.")]
    assert becomes_true(lambda: not job_folders(backend))


def test_cancel_ends_a_compilation_and_frees_its_place(backend):
    run = backend.submit(c_spec(ENDLESS + MAIN))
    assert becomes_true(lambda: job_folders(backend) != [])
    waiting = backend.submit(c_spec(HELLO))
    run.cancel()
    frames = waiting.frames()
    assert isinstance(next(frames), Built)
    assert split(frames)[1] == Done()


def test_a_run_that_waits_for_its_turn_can_be_stopped(backend):
    busy = backend.submit(c_spec(ENDLESS + MAIN))
    assert becomes_true(lambda: job_folders(backend) != [])
    waiting = backend.submit(c_spec(HELLO))
    waiting.send(Stop())
    assert list(waiting.frames()) == [Killed("stopped", "You stopped the program.")]
    busy.cancel()
    assert becomes_true(lambda: backend.status()["runs"] == 0)


def test_a_compilation_holds_up_nobody_else(backend):
    busy = backend.submit(c_spec(ENDLESS + MAIN))
    assert becomes_true(lambda: job_folders(backend) != [])
    spec = c_spec("")
    source = b".globl _start\n_start:\n mov $60, %eax\n mov $3, %edi\n syscall\n"
    events, last = split(backend.submit(type(spec)(source, "gas", "x86_64", spec.limits)).frames())
    assert last == Done()
    assert events[-1].exit_code == 3
    busy.cancel()


def test_checks_leave_a_place_for_runs():
    backend = LocalBackend(Settings(warm_workers=1, max_compilations=2, max_compile_cpu_seconds=60))
    try:
        checks = [backend.submit(c_spec(ENDLESS + MAIN, action="check")) for _ in range(3)]
        assert becomes_true(lambda: job_folders(backend) != [])
        frames = backend.submit(c_spec(HELLO)).frames()
        assert isinstance(next(frames), Built)
        assert split(frames)[1] == Done()
        assert len(job_folders(backend)) == 1
        for check in checks:
            check.cancel()
    finally:
        backend.close()


def test_the_toolchain_names_c_and_its_libraries(backend):
    toolchain = backend.toolchain()
    (c,) = (language for language in toolchain.languages if language.name == "c")
    assert "x86_64" in c.arches
    assert {library.arch for library in toolchain.libraries} == set(c.arches)


def test_nothing_is_left_when_the_runner_ends():
    backend = LocalBackend(Settings(warm_workers=0))
    backend.submit(c_spec(ENDLESS + MAIN))
    assert becomes_true(lambda: job_folders(backend) != [])
    pid = backend.status()["pid"]
    backend.close()
    assert not [name for name in os.listdir(tempfile.gettempdir()) if name.startswith(f"trapgate-job-{pid}-")]
