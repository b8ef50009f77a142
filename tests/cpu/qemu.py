"""Run a piece of code under qemu-user until it raises a signal: what Linux would tell the program of it."""

from __future__ import annotations

import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

import pytest
from msgspec import Struct

from .conftest import CODE, DATA

_STARTUP = 0x600000
_STACK, _STACK_SIZE = 0x580000, 16384

_ARM = """
.syntax unified
.section .startup, "ax"
.globl _start
_start:
    ldr r4, =signals
1:  ldrb r0, [r4], #1
    cmp r0, #0
    beq 2f
    ldr r1, =action
    mov r2, #0
    mov r3, #8
    mov r7, #174
    svc #0
    b 1b
2:  ldr sp, ={stack}
{registers}
    ldr pc, ={entry}
handler:
    mov r5, r2
    mov r0, #1
    mov r2, #128
    mov r7, #4
    svc #0
    mov r0, #1
    mov r1, r5
    mov r2, #744
    mov r7, #4
    svc #0
    mov r0, #0
    mov r7, #1
    svc #0
.ltorg
.balign 8
action: .word handler, 4, 0, 0, 0
signals: .byte 4, 5, 7, 8, 11, 0
"""

_AARCH64 = """
.section .startup, "ax"
.globl _start
_start:
    ldr x4, =signals
1:  ldrb w0, [x4], #1
    cbz w0, 2f
    ldr x1, =action
    mov x2, #0
    mov x3, #8
    mov x8, #134
    svc #0
    b 1b
2:  ldr x0, ={stack}
    mov sp, x0
{registers}
    ldr x30, ={entry}
    br x30
handler:
    mov x19, x2
    mov x0, #1
    mov x2, #128
    mov x8, #64
    svc #0
    mov x0, #1
    mov x1, x19
    mov x2, #464
    mov x8, #64
    svc #0
    mov x0, #0
    mov x8, #93
    svc #0
.ltorg
.balign 8
action: .quad handler, 4, 0, 0
signals: .byte 4, 5, 7, 8, 11, 0
"""

_RISCV64 = """
.section .startup, "ax"
.globl _start
_start:
    la s4, signals
1:  lbu a0, (s4)
    addi s4, s4, 1
    beqz a0, 2f
    la a1, action
    li a2, 0
    li a3, 8
    li a7, 134
    ecall
    j 1b
2:  li sp, {stack}
{registers}
    li t0, {entry}
    jr t0
handler:
    mv s1, a2
    li a0, 1
    li a2, 128
    li a7, 64
    ecall
    li a0, 1
    mv a1, s1
    li a2, 432
    li a7, 64
    ecall
    li a0, 0
    li a7, 93
    ecall
.balign 8
action: .quad handler, 4, 0
signals: .byte 4, 5, 7, 8, 11, 0
"""


class _Target(Struct, frozen=True):
    """Where a frame has things: the address in siginfo, the program counter and the first registers in ucontext."""

    prefix: str
    options: tuple[str, ...]
    source: str
    load: str
    word: str
    address: int
    context: int
    pc: int
    registers: dict[str, int]


_TARGETS = {
    "arm": _Target(
        prefix="arm-linux-gnueabihf-",
        options=("-march=armv7ve", "-mfpu=neon-vfpv4"),
        source=_ARM,
        load="    ldr {}, ={}",
        word="<I",
        address=12,
        context=744,
        pc=92,
        registers={f"r{i}": 32 + 4 * i for i in range(11)} | {"cpsr": 96},
    ),
    "aarch64": _Target(
        prefix="aarch64-linux-gnu-",
        options=(),
        source=_AARCH64,
        load="    ldr {}, ={}",
        word="<Q",
        address=16,
        context=464,
        pc=440,
        registers={f"x{i}": 184 + 8 * i for i in range(8)},
    ),
    "riscv64": _Target(
        prefix="riscv64-linux-gnu-",
        options=("-march=rv64gc",),
        source=_RISCV64,
        load="    li {}, {}",
        word="<Q",
        address=16,
        context=432,
        pc=176,
        registers={f"a{i}": 176 + 80 + 8 * i for i in range(6)},
    ),
}


class Outcome(Struct, frozen=True):
    """What a signal handler saw: siginfo, and the program counter and some registers of its ucontext."""

    signal: int
    code: int
    address: int
    pc: int
    registers: dict[str, int]


def run(arch: str, source: str, thumb: int, registers: dict[str, int]) -> Outcome:
    """Execute `source` (lines separated by `;`) at CODE, with a page of zeros at DATA, to its first signal.

    Skips the test when a tool is missing.
    """
    target = _TARGETS[arch]
    for tool in (f"{target.prefix}as", f"{target.prefix}ld", f"qemu-{arch}"):
        if shutil.which(tool) is None:
            pytest.skip(f"needs {tool}")
    loads = "\n".join(target.load.format(name, value) for name, value in registers.items())
    text = target.source.format(registers=loads, entry=CODE | thumb, stack=_STACK + _STACK_SIZE)
    text += '\n.section .snippet, "ax"\n' + (".thumb\n" if thumb else "") + source.replace(";", "\n")
    text += '\n.section .zeros, "aw"\n.balign 4096\n.zero 4096\n'
    text += f'.section .stack, "aw"\n.zero {_STACK_SIZE}\n'
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(
            [f"{target.prefix}as", *target.options, "-o", folder / "o", "-"], input=text, text=True, check=True
        )
        places = (f"--section-start=.startup={_STARTUP:#x}", f"--section-start=.snippet={CODE:#x}")
        subprocess.run(
            [
                *(f"{target.prefix}ld", "-z", "noexecstack", "--no-warn-rwx-segments", "--no-relax", *places),
                *(
                    f"--section-start=.zeros={DATA:#x}",
                    f"--section-start=.stack={_STACK:#x}",
                    "-o",
                    folder / "program",
                    folder / "o",
                ),
            ],
            check=True,
        )
        done = subprocess.run([f"qemu-{arch}", folder / "program"], capture_output=True, timeout=60, check=False)
    output = done.stdout
    if len(output) != 128 + target.context:
        raise AssertionError(f"the program ended without a signal: {done.returncode} {done.stderr.decode()}")
    frame = output[128:]

    def word(data: bytes, offset: int) -> int:
        value: int = struct.unpack_from(target.word, data, offset)[0]
        return value

    signal, _, code = struct.unpack_from("<iii", output)
    values = {name: word(frame, offset) for name, offset in target.registers.items()}
    return Outcome(signal, code, word(output, target.address), word(frame, target.pc), values)
