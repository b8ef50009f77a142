"""Compiling in the box: what comes out, and what hostile sources get."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time

import pytest
from msgspec.structs import replace

from app.runner import c_library
from app.runner.compilation import Compilation, Compilers, CompilerUnavailableError, remove_folder, remove_left_over
from app.runner.compiler_box import BoxLimits
from app.runner.messages import Built, Rejected
from app.toolchain.machines import ARCHES
from tests.runner.compiling import c_spec, compile_c, needs_box, program

pytestmark = needs_box

MAIN = "int main(void) { return 0; }\n"
ENDLESS = """
#if __INCLUDE_LEVEL__ < 60
#include "program.c"
#include "program.c"
#endif
"""
TELLING = """
#include "syscall.h"
#include <stdint.h>

static void number(uint64_t n)
{
    char text[24];
    int at = sizeof text;
    text[--at] = '\\n';
    do
        text[--at] = (char)('0' + n % 10);
    while (n /= 10);
    write(1, text + at, sizeof text - at);
}

int main(int argc, char **argv, char **envp)
{
    struct { int64_t values[5]; } copy = {{-1000000000000, 7, 9}}, other;
    other = copy;
    number(12345678901234567890u);
    number((uint64_t)(-(copy.values[0] + 3) / (argc + 12)));
    number((uint64_t)(-(other.values[0] % 1234567891)));
    number(98765u / (unsigned)(argc + 2) * 100 + 98765u % (unsigned)(argc + 2));
    number(open("/no/such/file", O_RDONLY) == -2);
    number(mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) > (void *)4096);
    write(1, argv[1], 2);
    return argc + (envp[0] != 0);
}
"""
QEMU = {"i386": "qemu-i386", "arm": "qemu-arm", "aarch64": "qemu-aarch64", "riscv64": "qemu-riscv64"}


def rejected(source: str, limits: BoxLimits | None = None) -> Rejected:
    message, image = compile_c(source, limits=limits)
    assert isinstance(message, Rejected), message
    assert not image
    assert not job_folders()
    return message


def job_folders() -> list[str]:
    return [name for name in os.listdir(tempfile.gettempdir()) if name.startswith(f"trapgate-job-{os.getpid()}-")]


def test_a_check_has_no_more_time_than_its_own_limits_give():
    spec = c_spec(ENDLESS + MAIN, action="check")
    job = Compilers(BoxLimits()).start(replace(spec, limits=replace(spec.limits, cpu_seconds=1)))
    try:
        compiled = job.wait()
    finally:
        job.close()
    assert compiled is not None
    assert b"more than 1 seconds of processor time" in compiled.frame


def test_headers_of_the_compiler_itself_are_found():
    source = """
        #include <stdatomic.h>
        #include <stdckdint.h>
        #include <limits.h>
        #include <float.h>
        #include <stdint.h>
        #include <syscall.h>
        atomic_int count;
        int main(void) { int sum; count++; return ckd_add(&sum, INT_MAX, 1) && DBL_MAX > 1 && UINT8_MAX == 255; }
    """
    message, image = compile_c(source)
    assert isinstance(message, Built), message
    assert not message.mistakes
    assert image


def test_columns_count_characters_of_the_source():
    (mistake,) = rejected('int main(void)\r\n{\r\n    char *é = "✓"; return y;\r\n}\r\n').mistakes
    assert (mistake.line, mistake.column, mistake.end_column) == (3, 27, 28)


@pytest.mark.parametrize("optimize", [0, 2])
@pytest.mark.parametrize("arch", ARCHES)
def test_a_freestanding_program_runs_on_its_machine(arch, optimize, tmp_path):
    command = [str(program(TELLING, tmp_path / "program", arch=arch, optimize=optimize))]
    if arch != "x86_64":
        if shutil.which(QEMU[arch]) is None:
            pytest.skip(f"{QEMU[arch]} is not installed")
        command.insert(0, QEMU[arch])
    done = subprocess.run([*command, "ok"], capture_output=True, env={"A": "b"}, timeout=60, check=False)
    assert done.stdout.split() == [
        b"12345678901234567890",
        str((10**12 - 3) // 14).encode(),
        str(10**12 % 1_234_567_891).encode(),
        str(98765 // 4 * 100 + 98765 % 4).encode(),
        b"1",
        b"1",
        b"ok",
    ]
    assert done.returncode == 3


def test_main_may_end_without_a_return(tmp_path):
    path = program('#include <syscall.h>\nint main(void) { write(1, "hi", 2); }', tmp_path / "program")
    done = subprocess.run([path], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, b"hi")


def test_a_program_may_begin_at_its_own_start(tmp_path):
    source = """
    #include <sys/syscall.h>
    static long call(long n, long a)
    {
        long result;
        __asm__ volatile("syscall" : "=a"(result) : "a"(n), "D"(a) : "rcx", "r11");
        return result;
    }
    void _start(void) { call(SYS_exit, 42); }
    """
    path = program(source, tmp_path / "program")
    assert subprocess.run([path], timeout=60, check=False).returncode == 42


def test_the_same_source_gives_the_same_file():
    assert compile_c(TELLING)[1] == compile_c(TELLING)[1]


def test_nothing_of_this_machine_is_in_the_program():
    _, image = compile_c('#include "syscall.h"\nint main(void) { write(1, __FILE__ __DATE__ __BASE_FILE__, 3); }')
    assert b"program.c" in image
    assert b"Jan  1 1970" in image
    for place in (tempfile.gettempdir(), os.path.dirname(c_library.find_kit().zig), os.getcwd()):
        assert place.encode() not in image


def test_warnings_and_the_assembly_come_with_the_program():
    message, _ = compile_c(
        "int main(int argc, char **argv)\n{\n    if (argc = 2)\n        return 1;\n    return 0;\n}\n"
    )
    assert isinstance(message, Built)
    assert message.language == "c"
    (warning,) = message.mistakes
    assert (warning.line, warning.severity) == (3, "warning")
    assert any(line.text.strip().startswith("ret") and line.line in (5, 6) for line in message.assembly)
    assert not any(".cfi" in line.text or ".debug" in line.text for line in message.assembly)


def test_a_check_makes_no_program():
    message, image = compile_c(MAIN, action="check")
    assert isinstance(message, Built)
    assert message.assembly
    assert not image


@pytest.mark.parametrize(
    ("source", "line", "column", "word", "hint"),
    [
        ("int main(void)\n{\n    int x = 5\n    return x;\n}\n", 3, 14, "expected ';'", ""),
        ("int main(void)\n{\n    return y;\n}\n", 3, 12, "undeclared identifier 'y'", ""),
        ('int main(void)\n{\n    printf("x");\n}\n', 3, 5, "printf", "#include <stdio.h>"),
        ("int f(void);\nint main(void)\n{\n    return f();\n}\n", 4, 1, "`f` is used", "nothing defines it"),
        ('int main(void)\n{\n\n    __asm__("bogus");\n}\n', 4, 13, "bogus", ""),
        ('int x;\n__asm__("bogus");\nint main(void) { }\n', 1, 1, "bogus", ""),
        ("#include <nothing.h>\n" + MAIN, 1, 10, "no header `nothing.h`", "can be included"),
        ("#define printf (\n#include <stdio.h>\n" + MAIN, 2, 1, "", ""),
        ("int f(void) { return 1; }\n", 1, 1, "neither `main` nor `_start`", "int main(void)"),
        ('#line 7 "/etc/passwd"\nint main(void) { return y; }\n', 1, 1, "undeclared", ""),
        ('#error "no /usr/share/secret/x"\n', 1, 2, "no x", ""),
        ("", 1, 1, "neither `main` nor `_start`", ""),
    ],
)
def test_mistakes_have_their_place(source, line, column, word, hint):
    first = rejected(source).mistakes[0]
    assert (first.line, first.column) == (line, column)
    assert word in first.message
    assert hint in first.hint


# The text check does not see these: the box has to hold.
SPLIT = '__asm__(".inc" "bin \\"%s\\"");\nint main(void) { return 0; }\n'


@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/self/environ", "../../etc/passwd", "/etc/no-such-file"])
def test_the_assembler_reads_no_file_of_the_host(path):
    (mistake,) = rejected(SPLIT % path).mistakes
    assert mistake.message == "the assembler reads no files"


def test_a_job_reads_its_own_directory_and_no_others():
    assert isinstance(compile_c(SPLIT % "program.c")[0], Built)
    other = Compilers(BoxLimits()).start(c_spec(ENDLESS))
    try:
        folder = f"{tempfile.gettempdir()}/{job_folders()[0]}"
        deadline = time.monotonic() + 20
        while not os.path.exists(f"{folder}/program.c"):
            assert time.monotonic() < deadline
            os.sched_yield()
        message, _ = compile_c(SPLIT % f"{folder}/program.c")
        assert isinstance(message, Rejected)
        assert message.mistakes[0].message == "the assembler reads no files"
    finally:
        other.close()
    assert not job_folders()


def test_whether_the_host_has_a_file_cannot_be_asked():
    source = (
        '#define NAME "/etc/passwd"\n#define CAT(a, b) a##b\n#if CAT(__has_, include)(NAME)\n#error found\n#endif\n'
    )
    assert "found" not in [mistake.message for mistake in rejected(source + MAIN).mistakes]


@pytest.mark.parametrize(
    ("source", "limits", "word"),
    [
        ("char big[1 << 30] = {1};\n" + MAIN, BoxLimits(), "8 MiB"),
        (ENDLESS + MAIN, BoxLimits(cpu_seconds=1), "1 seconds of processor time"),
        (ENDLESS + MAIN, BoxLimits(wall_seconds=0.5), "0.5 seconds"),
        (
            "#define A(x) x x x x x x x x x x\n#define B(x) A(A(A(A(A(A(A(A(A(x)))))))))\nint main(void) { B(B(;)) }\n",
            BoxLimits(memory_bytes=400 << 20, cpu_seconds=30, wall_seconds=60),
            "400 MiB of memory",
        ),
        ("int x = " + "-" * 200_000 + "1;\n" + MAIN, BoxLimits(), "crashed"),
        ("#pragma clang __debug crash\n" + MAIN, BoxLimits(), "crashed"),
    ],
)
def test_what_has_no_end_is_stopped_at_a_limit_that_is_named(source, limits, word):
    (mistake,) = rejected(source, limits).mistakes
    assert word in mistake.message
    assert mistake.hint


def test_headers_that_include_themselves_are_stopped():
    assert "nested too deeply" in rejected('#include "program.c"\n' + MAIN).mistakes[0].message


def test_a_compilation_can_be_ended_at_any_time():
    job = Compilers(BoxLimits()).start(c_spec(ENDLESS))
    assert job_folders()
    job.close()
    assert not job_folders()
    with pytest.raises(ProcessLookupError):
        os.kill(job.pid, 0)


def test_source_that_is_not_text_is_named_by_line():
    spec = c_spec("")
    spec = type(spec)(b"int x;\n\xff", spec.language, spec.arch, spec.limits)
    job = Compilers(BoxLimits()).start(spec)
    try:
        compiled = job.wait()
    finally:
        job.close()
    assert compiled is not None
    assert b"0xff is not UTF-8" in compiled.frame


def test_without_the_c_library_the_message_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("TRAPGATE_CACHE_DIR", str(tmp_path))
    (mistake,) = rejected("#include <stdio.h>\n" + MAIN).mistakes
    assert mistake.message == "the C library for x86-64 has not been built yet"
    assert "--arch x86_64" in mistake.hint
    assert isinstance(compile_c("#include <stdio.h>\n" + MAIN, action="check")[0], Built)
    assert isinstance(compile_c(MAIN)[0], Built)


def test_while_the_c_library_is_built_the_message_says_how_far_it_is(monkeypatch, tmp_path):
    monkeypatch.setenv("TRAPGATE_CACHE_DIR", str(tmp_path))
    kit = c_library.find_kit()
    folder = c_library._folder(kit, "x86_64")
    objects = f"{folder}.building/objects/stdio"
    os.makedirs(objects)
    for name in ("printf.o", "puts.o", "unfinished.o.tmp"):
        open(f"{objects}/{name}", "w").close()
    with c_library._lock(folder):
        (mistake,) = rejected("#include <stdio.h>\n" + MAIN).mistakes
    assert mistake.message.startswith("the C library for x86-64 is being built: 2 of 1,")


def test_without_landlock_there_is_no_c(monkeypatch):
    monkeypatch.setattr("app.runner.landlock.abi", lambda: 0)
    with pytest.raises(CompilerUnavailableError, match="Landlock"):
        Compilers(BoxLimits()).start(c_spec(MAIN))


def test_directories_of_a_runner_that_was_killed_are_removed():
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = tempfile.mkdtemp(prefix=f"trapgate-job-{gone.pid}-")
    mine = tempfile.mkdtemp(prefix=f"trapgate-job-{os.getpid()}-")
    try:
        remove_left_over()
        assert not os.path.exists(left)
        assert os.path.exists(mine)
    finally:
        os.rmdir(mine)


def test_a_directory_is_removed_however_deep_it_is(tmp_path):
    top = tmp_path / "job"
    top.mkdir()
    (top / "link").symlink_to("/etc/passwd")
    at = os.getcwd()
    os.chdir(top)
    for depth in range(1100):
        os.mkdir("d")
        if depth % 100 == 0:
            open("file", "w").close()
            os.mkdir("e")
        os.chdir("d")
    os.chdir(at)
    remove_folder(str(top))
    assert not top.exists()
    assert os.path.exists("/etc/passwd")


def test_an_answer_that_is_none_is_not_believed(monkeypatch):
    def lie(socket_fd, *arguments, **more):
        os.write(socket_fd, b"\0\0\0\4junk")
        os._exit(0)

    monkeypatch.setattr("app.runner.compiler.main", lie)
    job: Compilation = Compilers(BoxLimits()).start(c_spec(MAIN))
    assert job.wait() is None
    job.close()
