"""The emulated processors by themselves: how fast they compute, and what a trap costs."""

from __future__ import annotations

import shutil
import time

from app.cpu.exits import SliceExit, TrapExit
from tests.cpu.code import assemble
from tests.cpu.conftest import DATA, Machine

ROUNDS = 10_000_000
TRAPS = 20_000
SLICE = 1_000_000
INSTRUCTIONS_PER_ROUND = 6

PROGRAMS = {
    "x86_64": (
        "1: mov rax, [rdi]; add rax, 3; mov [rdi], rax; xor rbx, rax; dec rcx; jnz 1b; syscall",
        "1: inc rbx; syscall; jmp 1b",
        ("rdi", "rcx"),
    ),
    "i386": (
        "1: mov eax, [edi]; add eax, 3; mov [edi], eax; xor ebx, eax; dec ecx; jnz 1b; int 0x80",
        "1: inc ebx; int 0x80; jmp 1b",
        ("edi", "ecx"),
    ),
    "arm": (
        "1: ldr r0, [r3]; add r0, #3; str r0, [r3]; eor r1, r0; subs r2, #1; bne 1b; svc #0",
        "1: add r1, #1; svc #0; b 1b",
        ("r3", "r2"),
    ),
    "aarch64": (
        "1: ldr x0, [x3]; add x0, x0, #3; str x0, [x3]; eor x1, x1, x0; subs x2, x2, #1; b.ne 1b; svc #0",
        "1: add x1, x1, #1; svc #0; b 1b",
        ("x3", "x2"),
    ),
    "riscv64": (
        "1: ld a0, (a3); addi a0, a0, 3; sd a0, (a3); xor a1, a1, a0; addi a2, a2, -1; bnez a2, 1b; ecall",
        "1: addi a1, a1, 1; ecall; j 1b",
        ("a3", "a2"),
    ),
}
"""A loop that computes, one that traps, and the registers for the address and the count of the first."""

TOOLS = {"arm": "arm-linux-gnueabihf-as", "aarch64": "aarch64-linux-gnu-as", "riscv64": "riscv64-linux-gnu-as"}


def compare_architectures() -> None:
    """One row for each; a processor whose assembler is missing is left out."""
    print(f"{'processor':12}{'M instr/s':>12}{'counted':>12}{'us per trap':>14}{'start-up ms':>14}")
    for arch, (compute, trap, (pointer, count)) in PROGRAMS.items():
        if shutil.which(TOOLS.get(arch, "as")) is None:
            print(f"{arch:12}{TOOLS[arch]} is not installed")
            continue
        start = time.perf_counter()
        machine = Machine(arch)
        start_up = time.perf_counter() - start
        machine.start(assemble(arch, compute), **{pointer: DATA, count: ROUNDS})
        start = time.perf_counter()
        if not isinstance(machine.cpu.run(), TrapExit):
            raise AssertionError(arch)
        free = ROUNDS * INSTRUCTIONS_PER_ROUND / (time.perf_counter() - start) / 1e6
        machine.start(assemble(arch, compute), **{pointer: DATA, count: ROUNDS // 10})
        start = time.perf_counter()
        while isinstance(machine.cpu.run(SLICE), SliceExit):
            pass
        counted = ROUNDS // 10 * INSTRUCTIONS_PER_ROUND / (time.perf_counter() - start) / 1e6
        machine.start(assemble(arch, trap))
        start = time.perf_counter()
        for _ in range(TRAPS):
            machine.cpu.run(SLICE)
        cost = (time.perf_counter() - start) / TRAPS * 1e6
        machine.cpu.close()
        print(f"{arch:12}{free:12.0f}{counted:12.0f}{cost:14.1f}{start_up * 1000:14.1f}", flush=True)
    print("counted: in slices of a million instructions, as the kernel runs them. Traps are counted too.\n")
