"""The C compiler and strace of the test machine, as what the tables are compared with."""

import platform
import re
import shutil
import subprocess

import pytest

PROBE = r"""
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    static char text[8][4096];
    long number, args[6];
    char kind;
    while (scanf("%ld", &number) == 1) {
        for (int i = 0; i < 6; i++) {
            scanf(" %c", &kind);
            if (kind == 's') {
                int length, byte;
                scanf("%d", &length);
                for (int j = 0; j < length; j++) {
                    scanf("%d", &byte);
                    text[i][j] = byte;
                }
                text[i][length] = 0;
                args[i] = (long)text[i];
            } else {
                scanf("%ld", &args[i]);
            }
        }
        syscall(SYS_getppid);
        syscall(number, args[0], args[1], args[2], args[3], args[4], args[5]);
    }
    return 0;
}
"""


def compile_c(folder, source):
    """Compile a C program with gcc and return the path of the executable."""
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    if platform.machine() != "x86_64" or platform.system() != "Linux":
        pytest.skip("the constants are those of Linux on x86-64")
    program = folder / "program"
    (folder / "program.c").write_text(source)
    subprocess.run(["gcc", "-o", program, folder / "program.c"], check=True, timeout=60)
    return program


@pytest.fixture
def c_values(tmp_path):
    """`c_values(headers, expressions)`: what C expressions are worth, as unsigned 64-bit numbers."""

    def values(headers, expressions):
        lines = [f"#include <{header}>" for header in ["stdio.h", "stddef.h", *headers]]
        lines += ["int main(void)", "{"]
        lines += [f'    printf("%llu\\n", (unsigned long long)({expression}));' for expression in expressions]
        lines += ["    return 0;", "}"]
        program = compile_c(tmp_path, "\n".join(lines) + "\n")
        output = subprocess.run([program], check=True, capture_output=True, timeout=60).stdout
        return [int(line) for line in output.split()]

    return values


@pytest.fixture(scope="session")
def probe(tmp_path_factory):
    return compile_c(tmp_path_factory.mktemp("probe"), PROBE)


@pytest.fixture
def strace(probe, tmp_path):
    """`strace(calls)`: what strace prints before ` = ` for each call `(number, *args)`; args are ints or bytes."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")

    def lines(calls):
        words = []
        for number, *args in calls:
            words.append(str(number))
            for arg in [*args, *[0] * (6 - len(args))]:
                words.append(f"s {len(arg)} " + " ".join(map(str, arg)) if isinstance(arg, bytes) else f"i {arg}")
        log = tmp_path / "strace"
        command = ["strace", "-o", log, probe]
        stdin = "\n".join(words).encode() + b"\n"
        done = subprocess.run(command, input=stdin, capture_output=True, timeout=60, check=False)
        if done.returncode:
            pytest.skip(f"strace does not work here: {done.stderr.decode(errors='replace').strip()}")
        every = log.read_text().splitlines()
        texts = [every[i + 1] for i, line in enumerate(every) if line.startswith("getppid()")]
        assert len(texts) == len(calls)
        return [re.sub(r"\s+= .*", "", text) for text in texts]

    return lines
