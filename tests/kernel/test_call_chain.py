"""Who called whom when a trap happens, on every architecture."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.kernel.config import KernelConfig
from app.kernel.kernel import Kernel
from app.toolchain.assemble import assemble
from app.toolchain.elf import load_elf
from app.toolchain.program import Program
from app.trace.events import AnyEvent, ModeSwitch, Trap
from app.trace.recorder import Recorder
from tests.toolchain.elf_fuzz import Silent
from tests.toolchain.tools import build_program

SOURCE = r"""
#if defined __x86_64__
#define TRAP(r) __asm__ volatile("syscall" : "=a"(r) : "a"(39L) : "rcx", "r11", "memory")
#define LEAF "mov $39, %eax\nsyscall\nret\n"
#elif defined __i386__
#define TRAP(r) __asm__ volatile("int $0x80" : "=a"(r) : "a"(20L) : "memory")
#define LEAF "push %ebp\nxor %ebp, %ebp\nmov $20, %eax\nint $0x80\npop %ebp\nret\n"
#elif defined __aarch64__
#define TRAP(r) __asm__ volatile("mov x8, #172\nsvc #0\nmov %0, x0" : "=r"(r) : : "x0", "x8", "memory")
#define LEAF "mov x8, #172\nsvc #0\nret\n"
#elif defined __riscv
#define TRAP(r) __asm__ volatile("li a7, 172\necall\nmv %0, a0" : "=r"(r) : : "a0", "a7", "memory")
#define LEAF "li a7, 172\necall\nret\n"
#else
#define TRAP(r) __asm__ volatile("push {r7}\nmov r7, #20\nsvc #0\npop {r7}\nmov %0, r0" : "=r"(r) : : "r0", "memory")
#define LEAF "push {r7}\nmov r7, #20\nsvc #0\npop {r7}\nbx lr\n"
#endif

int leaf(void);
__asm__(".globl leaf\n.type leaf, %function\nleaf:\n" LEAF ".size leaf, . - leaf\n");

__attribute__((noinline)) long inner(long n)
{
    long result;
    TRAP(result);
    return result + n;
}

__attribute__((noinline)) long middle(long n)
{
    volatile long sum = inner(n);
    return sum + 1;
}

__attribute__((noinline)) long stub(void)
{
    volatile long sum = leaf();
    return sum + 1;
}

void _start(void)
{
    volatile long sum = middle(1);
    sum += stub();
    *(volatile int *)8 = 0;
}
"""

TARGETS = {
    "x86_64": "x86_64-linux-musl",
    "i386": "x86-linux-musl",
    "arm": "arm-linux-musleabihf",
    "thumb": "thumb-linux-musleabihf",
    "aarch64": "aarch64-linux-musl",
    "riscv64": "riscv64-linux-musl",
}


def run(program: Program) -> list[AnyEvent]:
    events: list[AnyEvent] = []
    Kernel(program, Recorder(events.extend), Silent(), KernelConfig(argv=("./program",), env=())).run()
    return events


def chains(events: list[AnyEvent]) -> list[list[str]]:
    return [[frame.function for frame in event.frames] for event in events if isinstance(event, Trap)]


def line_of(text: str) -> int:
    return SOURCE[: SOURCE.index(text)].count("\n") + 1


@pytest.mark.parametrize("optimize", ["-O0", "-O2"])
@pytest.mark.parametrize("target", TARGETS)
def test_chain_of_a_c_program(tmp_path: Path, target: str, optimize: str) -> None:
    image = build_program(tmp_path, TARGETS[target], optimize, "-gdwarf-4", source=SOURCE)
    events = run(load_elf(image, language="c", source_name="program.c"))
    assert chains(events) == [["inner", "middle", "_start"], ["leaf", "stub", "_start"]]
    first, second = (event for event in events if isinstance(event, Trap))
    lines = [
        line_of("    TRAP(result)"),
        line_of("    volatile long sum = inner"),
        line_of("    volatile long sum = middle"),
    ]
    assert [(frame.file, frame.line, frame.library) for frame in first.frames] == [
        ("program.c", line, False) for line in lines
    ]
    assert first.line == lines[0]
    # Assembly in the source has no line of its own: the call of it has.
    assert second.frames[0].library
    assert second.line == line_of("    volatile long sum = leaf")


def test_lines_do_not_get_lost_in_the_library(tmp_path: Path) -> None:
    image = build_program(tmp_path, TARGETS["x86_64"], "-O0", "-gdwarf-4", source=SOURCE)
    events = run(load_elf(image, language="c", source_name="program.c"))
    position = next(
        at for at, event in enumerate(events) if isinstance(event, Trap) and event.frames[0].function == "leaf"
    )
    back = next(event for event in events[position:] if isinstance(event, ModeSwitch) and event.to == "user")
    assert back.line == line_of("    volatile long sum = leaf")


def test_without_symbols_there_are_no_frames(tmp_path: Path) -> None:
    image = build_program(tmp_path, TARGETS["x86_64"], "-O0", source=SOURCE)
    program = load_elf(image)
    bare = Program(program.arch, "elf", program.segments, program.entry, image=program.image)
    assert chains(run(bare)) == [[], []]


ASSEMBLY = """
.intel_syntax noprefix
.globl _start
_start:
    call first
    mov eax, 60
    xor edi, edi
    syscall
first:
    push rbx
    call second
    pop rbx
    ret
second:
    sub rsp, 24
    mov eax, 39
    syscall
    add rsp, 24
    ret
"""


def test_labels_are_the_functions_of_assembly() -> None:
    events = run(assemble(ASSEMBLY))
    assert chains(events) == [["second", "first", "_start"], ["_start"]]


CHEATS = {
    "its own frame for ever": "mov rbp, rsp\npush rbp\nmov rbp, rsp\nmov [rbp], rbp",
    "no memory": "mov rbp, 0x10",
    "the end of the address space": "mov rbp, 0x7ffffffffff8",
    "above it": "mov rbp, -8",
    "not aligned": "lea rbp, [rsp + 1]",
    "no stack": "xor esp, esp",
    "a stack above it": "mov rsp, -16",
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_frames_that_lead_nowhere(cheat: str) -> None:
    source = (
        f".intel_syntax noprefix\n.globl _start\n_start:\n{CHEATS[cheat]}\nmov eax, 39\nsyscall\nmov eax, 60\nsyscall\n"
    )
    assert chains(run(assemble(source))) == [["_start"], ["_start"]]


def test_deep_recursion_is_cut_off() -> None:
    source = """
.intel_syntax noprefix
.globl _start
_start:
    mov ecx, 1000
    call again
    mov eax, 60
    syscall
again:
    push rbp
    mov rbp, rsp
    dec ecx
    jz done
    call again
done:
    mov eax, 39
    syscall
    pop rbp
    ret
"""
    first = chains(run(assemble(source)))[0]
    assert len(first) == 64
    assert first[0] == "done"
    assert set(first[1:]) == {"again"}


VDSO_SOURCE = r"""
static void *entry;

__attribute__((noinline)) long ask(void)
{
    long result;
    __asm__ volatile("call *%1" : "=a"(result) : "m"(entry), "a"(20L) : "memory");
    return result;
}

__attribute__((noinline, noreturn, used)) void begin(long *stack)
{
    stack += stack[0] + 2;
    while (*stack++)
        ;
    while (stack[0] != 32 /* AT_SYSINFO */)
        stack += 2;
    entry = (void *)stack[1];
    ask();
    __asm__ volatile("int $0x80" : : "a"(1L), "b"(0L));
    __builtin_unreachable();
}

__asm__(".globl _start\n_start: mov %esp, %eax\npush %eax\ncall begin\n");
"""


@pytest.mark.parametrize("optimize", ["-O0", "-O2"])
def test_chain_of_a_call_through_the_vdso(tmp_path: Path, optimize: str) -> None:
    image = build_program(tmp_path, TARGETS["i386"], optimize, "-gdwarf-4", source=VDSO_SOURCE)
    events = run(load_elf(image, source_name="program.c"))
    traps = [event for event in events if isinstance(event, Trap)]
    assert traps[0].instruction == "sysenter"
    assert [frame.function for frame in traps[0].frames][:2] == ["ask", "begin"]
