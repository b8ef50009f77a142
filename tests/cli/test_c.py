"""C on the command line, compared with the same program on this machine's Linux."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from app.toolchain.machines import ARCHES
from tests.runner.compiling import needs_box, program, provide_library
from tests.runner.test_compiler import TELLING

pytestmark = needs_box

PROGRAMS = {
    "printf": r"""
        #include <stdio.h>
        #include <math.h>
        int main(int argc, char **argv)
        {
            printf("%d %s %c %x %p\n", -42, argv[1], 'c', 255, (void *)0x1234);
            printf("%.17g %Lf %a %e %f\n", 0.1, 1.0L / 3, 1.5, sqrt(2) * 1e300, sin(1));
            for (int i = 0; i < 600; i++)
                printf("%d ", i);
            return argc;
        }
    """,
    "malloc": r"""
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        int main(void)
        {
            char *small[200], *large = malloc(1000000);
            for (int i = 0; i < 200; i++)
                memset(small[i] = malloc(i + 1), 'a' + i % 26, i + 1);
            memset(large, 'x', 1000000);
            for (int i = 0; i < 200; i += 2)
                free(small[i]);
            large = realloc(large, 3000000);
            printf("%c %c %c %zu\n", small[1][1], small[199][199], large[999999], strlen(strdup("abc")));
            free(large);
        }
    """,
    "files": r"""
        #include <stdio.h>
        #include <errno.h>
        #include <string.h>
        int main(void)
        {
            FILE *file = fopen("notes.txt", "w+");
            fprintf(file, "one\ntwo %d\n", 2);
            rewind(file);
            char line[64];
            while (fgets(line, sizeof line, file))
                fputs(line, stdout);
            printf("%ld\n", ftell(file));
            fclose(file);
            remove("notes.txt");
            if (!fopen("no-such-file", "r"))
                printf("%s\n", strerror(errno));
        }
    """,
    "threads": r"""
        #include <pthread.h>
        #include <stdio.h>
        static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
        static _Thread_local int own;
        static int total;
        static void *add(void *n)
        {
            for (int i = 0; i < 100; i++) {
                pthread_mutex_lock(&mutex);
                total += (int)(long)n;
                own++;
                pthread_mutex_unlock(&mutex);
            }
            return (void *)(long)own;
        }
        int main(void)
        {
            pthread_t threads[3];
            for (long i = 0; i < 3; i++)
                pthread_create(&threads[i], 0, add, (void *)(i + 1));
            for (int i = 0; i < 3; i++) {
                void *result;
                pthread_join(threads[i], &result);
                printf("%ld\n", (long)result);
            }
            printf("%d %d\n", total, own);
        }
    """,
    "fork": r"""
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <sys/wait.h>
        #include <unistd.h>
        static void handler(int signo) { write(1, "caught\n", 7); }
        int main(void)
        {
            int status, ends[2];
            signal(SIGUSR1, handler);
            pipe(ends);
            if (fork() == 0) {
                printf("child says ");
                raise(SIGUSR1);
                write(ends[1], "x", 1);
                exit(5);
            }
            char c;
            read(ends[0], &c, 1);
            wait(&status);
            printf("%c %d\n", c, WEXITSTATUS(status));
            abort();
        }
    """,
    "libraries": r"""
        #include <dirent.h>
        #include <regex.h>
        #include <search.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <time.h>
        #include <sys/socket.h>
        static int compare(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }
        int main(void)
        {
            char *words[] = {"pear", "apple", "fig"}, *key = "fig";
            size_t count = 3;
            qsort(words, 3, sizeof *words, compare);
            printf("%s %s\n", words[0], *(char **)lfind(&key, words, &count, sizeof *words, compare));
            regex_t regex;
            regmatch_t match;
            regcomp(&regex, "[0-9]+", REG_EXTENDED);
            printf("%d %d\n", regexec(&regex, "ab123", 1, &match, 0), (int)match.rm_so);
            time_t when = 86400;
            char text[40];
            strftime(text, sizeof text, "%Y-%m-%d %A", gmtime(&when));
            puts(text);
            int pair[2];
            printf("%d\n", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
            printf("%d\n", opendir(".") != 0);
            long double third = 1;
            __int128 wide = (__int128)1 << 100;
            printf("%.20Lf %d\n", third / 3, (int)(wide / 1000000007 % 1000));
            return atoi("7");
        }
    """,
}

SYSCALLS = '#include "syscall.h"\nint main(void)\n{\n    write(1, "hi\\n", 3);\n    return 7;\n}\n'


def trapgate(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "app", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([os.getcwd(), os.environ.get("PYTHONPATH", "")])}
    return subprocess.run(
        command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def library() -> None:
    provide_library("x86_64")


@pytest.mark.skipif(platform.machine() != "x86_64", reason="runs the program natively as well")
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_with_the_c_library_does_what_it_does_on_linux(name, tmp_path, library):
    source = tmp_path / "program.c"
    source.write_text(PROGRAMS[name])
    native = program(PROGRAMS[name], tmp_path / "native")
    expected = subprocess.run(
        [native, "word"], cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
    )
    done = trapgate("run", source, "word", cwd=tmp_path)
    assert (done.stdout, done.stderr) == (expected.stdout, expected.stderr)
    code = expected.returncode
    assert done.returncode == (code if code >= 0 else 128 - code)


def test_printf_buffers_and_exit_writes(tmp_path, library):
    (tmp_path / "p.c").write_text(
        '#include <stdio.h>\nint main(void)\n{\n    for (int i = 0; i < 3; i++)\n        printf("%d", i);\n}\n'
    )
    done = trapgate("run", "--trace", "strace", "p.c", cwd=tmp_path)
    assert done.stdout == b"012"
    assert sum(b"write" in line for line in done.stderr.splitlines()) == 1


def test_a_small_malloc_moves_the_break_and_a_large_one_maps(tmp_path, library):
    source = "#include <stdlib.h>\nint main(void)\n{\n    char *volatile p = malloc(N);\n    p[0] = 1;\n}\n"
    (tmp_path / "small.c").write_text("#define N 50\n" + source)
    (tmp_path / "large.c").write_text("#define N 1000000\n" + source)
    assert b"brk(" in trapgate("run", "--trace", "strace", "small.c", cwd=tmp_path).stderr
    assert b"mmap(NULL, 10" in trapgate("run", "--trace", "strace", "large.c", cwd=tmp_path).stderr


def test_a_freestanding_program_needs_no_library(tmp_path):
    (tmp_path / "p.c").write_text(SYSCALLS)
    done = trapgate("run", "--trace", "strace", "-O2", "p.c", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (7, b"hi\n")
    assert [line.split(b"(")[0] for line in done.stderr.splitlines()[:2]] == [b"write", b"exit_group"]


@pytest.mark.parametrize("arch", ARCHES)
def test_optimized_calls_keep_their_lines_and_chains(arch, tmp_path):
    source = '#include "syscall.h"\n\nint main(void)\n{\n    getpid();\n    return (int)write(1, "a", 1);\n}\n'
    (tmp_path / "p.c").write_text(source)
    done = trapgate("run", "--arch", arch, "-O2", "--trace", "json", "p.c", cwd=tmp_path)
    traps = [event for line in done.stderr.splitlines() if (event := json.loads(line))["type"] == "trap"]
    assert [trap["line"] for trap in traps[:2]] == [5, 6]
    assert [[frame["function"] for frame in trap["frames"][:2]] for trap in traps[:2]] == [
        ["getpid", "main"],
        ["write", "main"],
    ]


@pytest.mark.parametrize("arch", [arch for arch in ARCHES if arch != "x86_64"])
def test_every_architecture_prints_the_same(arch, tmp_path):
    (tmp_path / "p.c").write_text(TELLING)
    usual = trapgate("run", "p.c", "ok", cwd=tmp_path)
    done = trapgate("run", "--arch", arch, "p.c", "ok", cwd=tmp_path)
    assert usual.stdout.endswith(b"\n1\nok")
    assert (done.stdout, done.stderr, done.returncode) == (usual.stdout, usual.stderr, usual.returncode)


def test_mistakes_are_reported_as_compilers_do(tmp_path):
    (tmp_path / "p.c").write_text("int main(void)\n{\n    return x;\n}\n")
    done = trapgate("run", "p.c", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == b"p.c:3:12: error: use of undeclared identifier 'x'\n"


def test_warnings_do_not_keep_a_program_from_running(tmp_path):
    (tmp_path / "p.c").write_text("int main(int argc, char **argv)\n{\n    if (argc = 3)\n        return argc;\n}\n")
    done = trapgate("run", "p.c", cwd=tmp_path)
    assert done.returncode == 3
    assert done.stderr.startswith(b"p.c:3:")
    assert b" warning: " in done.stderr


def test_rust_may_be_said_as_the_language(tmp_path):
    (tmp_path / "hello.txt").write_text("fn main() { x }\n")
    for command in ("run", "asm"):
        done = trapgate(command, "--lang", "rust", "hello.txt", cwd=tmp_path)
        assert b"Invalid value" not in done.stderr


def test_the_language_may_be_said(tmp_path):
    (tmp_path / "program").write_text(SYSCALLS)
    assert trapgate("run", "--lang", "c", "program", cwd=tmp_path).stdout == b"hi\n"


def test_asm_shows_the_assembly_with_source_lines(tmp_path):
    (tmp_path / "p.c").write_text("int twice(int n)\n{\n    return 2 * n;\n}\nint main(void) { return twice(3); }\n")
    rows = trapgate("asm", "p.c", cwd=tmp_path).stdout.decode().splitlines()
    assert "      twice:" in rows
    assert any(row.startswith("    3 ") and "%" in row for row in rows)
    optimized = trapgate("asm", "-O2", "p.c", cwd=tmp_path).stdout.decode()
    assert "$6, %eax" in optimized
    assert "callq" not in optimized


def test_without_the_library_run_builds_it_first(tmp_path, monkeypatch):
    """With a compiler that is not there, so that the build ends at once."""
    code = (
        "from app.toolchain.c import kit\n"
        "import app.cli.libraries as libraries, app.cli.compile as compile\n"
        "broken = kit.Kit('/bin/false', kit.find_kit().lib, 'none')\n"
        "libraries.find_kit = compile.find_kit = lambda: broken\n"
        "from app.cli import main\n"
        "main(['run', 'p.c'])\n"
    )
    (tmp_path / "p.c").write_text("#include <stdio.h>\nint main(void) { }\n")
    environment = {**os.environ, "TRAPGATE_CACHE_DIR": str(tmp_path / "cache")}
    environment["PYTHONPATH"] = os.pathsep.join([os.getcwd(), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert b"building the C library for x86-64" in done.stderr
    assert b"exit status 1" in done.stderr
    (failed,) = (tmp_path / "cache").glob("*/x86_64.failed")
    assert "exit status 1" in failed.read_text()
    assert not list((tmp_path / "cache").glob("*/*.building"))


def test_doctor_says_how_it_stands_with_c(tmp_path):
    report = trapgate("doctor", cwd=tmp_path).stdout.decode()
    assert "C compiler" in report
    assert "C library: RISC-V" in report
    assert trapgate("doctor", "--arch", "x86_64", cwd=tmp_path).returncode == 2
