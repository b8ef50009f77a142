"""How long the C compiler takes in its box, from the source to the ELF file and the assembly."""

from __future__ import annotations

import statistics
import time

from app.runner import c_library
from app.runner.compilation import Compilers
from app.runner.compiler_box import BoxLimits, missing
from app.runner.messages import Limits, RunSpec
from app.toolchain.c.kit import find_kit
from app.toolchain.c.targets import TARGETS

REPEAT = 21
_LIMITS = Limits(cpu_seconds=1, wall_seconds=1, memory_bytes=1, events=1, output_bytes=1, source_bytes=1)

FREESTANDING = """#include "syscall.h"
#include <stdint.h>

#define LIMIT 1000

static unsigned char composite[LIMIT];

static unsigned length(const char *text)
{
    unsigned n = 0;
    while (text[n])
        n++;
    return n;
}

static void print(const char *text)
{
    write(1, text, length(text));
}

static void number(uint32_t n)
{
    char text[12];
    int at = sizeof text;
    text[--at] = 0;
    do
        text[--at] = (char)('0' + n % 10);
    while (n /= 10);
    print(text + at);
}

static int sieve(void)
{
    int primes = 0;
    for (int n = 2; n < LIMIT; n++) {
        if (composite[n])
            continue;
        primes++;
        for (int m = n * n; m < LIMIT; m += n)
            composite[m] = 1;
    }
    return primes;
}

int main(int argc, char **argv)
{
    print(argv[0]);
    print(": ");
    number((uint32_t)sieve());
    print(argc > 1 ? " primes, and arguments\\n" : " primes\\n");
    return 0;
}
"""
HOSTED = '#include <stdio.h>\n\nint main(void)\n{\n    printf("hello %d\\n", 1);\n    return 0;\n}\n'


def compile_boxed() -> None:
    """Print the median time of a warm compilation, boxed, for each architecture."""
    if reason := missing():
        print(f"C is not measured: {reason}\n")
        return
    print(f"{'C, boxed, median':22}{'50 lines':>10}{'with -O2':>10}{'hello, printf':>15}")
    for arch in TARGETS:
        line = f"{arch:22}{_median(FREESTANDING, arch, 0):7.0f} ms{_median(FREESTANDING, arch, 2):7.0f} ms"
        built = c_library.find(find_kit(), arch) is not None
        print(line + (f"{_median(HOSTED, arch, 0):12.0f} ms" if built else f"{'no C library':>15}"), flush=True)
    print()


def _median(source: str, arch: str, optimize: int) -> float:
    compilers = Compilers(BoxLimits())
    times = []
    for attempt in range(REPEAT):
        # Another source each time, as when somebody edits it.
        text = f"{source}// {attempt}\n".encode()
        start = time.perf_counter()
        job = compilers.start(RunSpec(text, "c", arch, _LIMITS, optimize=optimize))
        answer = job.wait()
        times.append(time.perf_counter() - start)
        job.close()
        if answer is None or not answer.image:
            raise RuntimeError(f"the program does not compile for {arch}: {answer}")
    return statistics.median(times) * 1000
