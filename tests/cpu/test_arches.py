"""What every architecture must do alike: traps, faults, memory, code changes, slices, contexts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from app.cpu.cpu import Cpu, warm_up
from app.cpu.exits import Access, Exit, FaultExit, SliceExit, StopExit, TrapExit
from app.cpu.mmu import EXECUTE, PAGE_SHIFT, PAGE_SIZE, READ, WRITE, PageTable

from .code import assemble
from .conftest import CODE, DATA, STACK_TOP, Machine

HOLE = 0x700000


class Subject(Struct, frozen=True):
    """How to say the same on each architecture: `value` and `pointer` are registers that keep what they hold.

    `load` and `store` move a word of `size` bytes between them; `count` adds 1 to the register `counter`. `set_float`
    copies `value` to a floating point register and `get_float` copies it back.
    """

    arch: str
    trap: str
    name: str
    value: str
    pointer: str
    counter: str
    load: str
    store: str
    jump: str
    count: str
    set_float: str
    get_float: str
    undefined: str
    size: int = 8
    thumb: int = 0
    faults: tuple[str, str, str] = ("#PF", "#PF", "#PF")
    illegal: str = "undef"


SUBJECTS = [
    Subject(
        *("x86_64", "syscall", "syscall", "rax", "rdi", "rbx"),
        *("mov rax, [rdi]", "mov [rdi], rax", "jmp rdi", "inc rbx", "movq xmm3, rax", "movq rax, xmm3", "ud2"),
        illegal="#UD",
    ),
    Subject(
        *("i386", "int 0x80", "int 0x80", "eax", "edi", "ebx"),
        *("mov eax, [edi]", "mov [edi], eax", "jmp edi", "inc ebx", "movd xmm3, eax", "movd eax, xmm3", "ud2"),
        size=4,
        illegal="#UD",
    ),
    Subject(
        *("arm", "svc #7", "svc #7", "r0", "r3", "r4"),
        *("ldr r0, [r3]", "str r0, [r3]", "bx r3", "add r4, #1", "vmov s3, r0", "vmov r0, s3", "udf #0"),
        size=4,
        faults=("dabt", "dabt", "pabt"),
    ),
    Subject(
        *("arm", ".thumb; svc #7", "svc #7", "r0", "r3", "r4"),
        *(
            ".thumb; ldr r0, [r3]",
            ".thumb; str r0, [r3]",
            ".thumb; bx r3",
            ".thumb; adds r4, #1",
            ".thumb; vmov s3, r0",
            ".thumb; vmov r0, s3",
            ".thumb; udf #0",
        ),
        size=4,
        thumb=1,
        faults=("dabt", "dabt", "pabt"),
    ),
    Subject(
        *("aarch64", "svc #7", "svc #7", "x0", "x3", "x4"),
        *("ldr x0, [x3]", "str x0, [x3]", "br x3", "add x4, x4, #1", "fmov d3, x0", "fmov x0, d3", "udf #0"),
        faults=("dabt", "dabt", "iabt"),
    ),
    Subject(
        *("riscv64", "ecall", "ecall", "a0", "a3", "a4"),
        *("ld a0, (a3)", "sd a0, (a3)", "jr a3", "addi a4, a4, 1", "fmv.d.x fs3, a0", "fmv.x.d a0, fs3", "unimp"),
        faults=("load page fault", "store page fault", "instruction page fault"),
        illegal="illegal instruction",
    ),
]


class Bench:
    """A machine with the words of its architecture."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.machine = Machine(subject.arch)
        self.cpu = self.machine.cpu

    def size(self, *parts: str) -> int:
        return len(self.code(*parts))

    def code(self, *parts: str) -> bytes:
        return assemble(self.subject.arch, ";".join(parts))

    def start(self, *parts: str, at: int = CODE, value: int = 0, pointer: int = DATA) -> None:
        registers = {self.subject.value: value, self.subject.pointer: pointer}
        self.machine.start(self.code(*parts), at | self.subject.thumb, **registers)

    def run(self, *parts: str, at: int = CODE, value: int = 0, pointer: int = DATA) -> Exit:
        self.start(*parts, at=at, value=value, pointer=pointer)
        return self.cpu.run()

    def value(self) -> int:
        return self.cpu.get(self.subject.value)

    def counter(self) -> int:
        return self.cpu.get(self.subject.counter)

    def page_fault(self, pc: int, address: int, access: Access, present: bool = False) -> FaultExit:
        vector = self.subject.faults[("read", "write", "execute").index(access)]
        return FaultExit(vector, pc, address, access, present)

    def is_trap(self, reason: Exit, pc: int) -> bool:
        subject = self.subject
        assert isinstance(reason, TrapExit), reason
        assert (reason.instruction, reason.pc) == (subject.name, pc)
        assert reason.next_pc == pc + self.size(subject.trap) == self.cpu.pc
        return True


@pytest.fixture(params=SUBJECTS, ids=lambda subject: subject.arch + ("-thumb" if subject.thumb else ""))
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    made = Bench(request.param)
    yield made
    made.cpu.close()


def test_trap_and_return(bench: Bench):
    subject, step = bench.subject, bench.size(bench.subject.count)
    assert bench.is_trap(bench.run(subject.count, subject.trap, subject.count, subject.trap), CODE + step)
    bench.cpu.set(subject.value, -38)
    assert bench.is_trap(bench.cpu.run(), CODE + 2 * step + bench.size(subject.trap))
    assert bench.counter() == 2
    assert bench.value() == -38 % (1 << 8 * subject.size)


def test_a_trap_can_be_repeated(bench: Bench):
    """How an interrupted call is restarted."""
    subject = bench.subject
    bench.run(subject.count, subject.trap)
    bench.cpu.pc = CODE + bench.size(subject.count)
    assert bench.is_trap(bench.cpu.run(), CODE + bench.size(subject.count))
    assert bench.counter() == 1


def test_what_the_trap_saves_is_what_the_registers_were(bench: Bench):
    trap = bench.run(bench.subject.trap)
    assert isinstance(trap, TrapExit)
    next_pc = CODE + bench.size(bench.subject.trap)
    expected = {
        "x86_64": {"rcx": next_pc, "r11": 0x202},
        "i386": {"eip": next_pc, "cs": 0x23, "eflags": 0x202, "esp": STACK_TOP, "ss": 0x2B},
        "arm": {"lr_svc": next_pc, "spsr_svc": 0x30 if bench.subject.thumb else 0x10},
        "aarch64": {"elr_el1": next_pc, "spsr_el1": 0, "esr_el1": 0x5600_0007},
        "riscv64": {"sepc": CODE, "scause": 8, "sstatus": 0x8000_0002_0000_6020},
    }
    assert trap.saved == expected[bench.subject.arch]


def test_reset_clears_registers(bench: Bench):
    subject, cpu = bench.subject, bench.cpu
    bench.run(subject.count, subject.set_float, subject.trap, value=0x3F80_0000)
    assert cpu.floating_point != cpu.initial_floating_point
    cpu.reset(CODE | subject.thumb, STACK_TOP)
    registers = cpu.registers()
    assert (registers.pop(cpu._arch.pc), registers.pop(cpu._arch.sp)) == (CODE, STACK_TOP)
    flags = {"x86_64": 0x202, "i386": 0x202, "arm": 0x30 if subject.thumb else 0x10, "aarch64": 0}
    if subject.arch in flags:
        assert cpu._arch.flags is not None
        assert registers.pop(cpu._arch.flags) == flags[subject.arch]
    assert set(registers.values()) == {0}
    assert cpu.floating_point == cpu.initial_floating_point


@pytest.mark.parametrize("address", [0, 0x120, HOLE + 0x7F8, 0xC000_0008, 0xFFFF_FFF8])
def test_unmapped(bench: Bench, address: int):
    subject, step = bench.subject, bench.size(bench.subject.count)
    for instruction, access in ((subject.load, "read"), (subject.store, "write")):
        fault = bench.run(subject.count, instruction, subject.count, subject.trap, pointer=address)
        assert fault == bench.page_fault(CODE + step, address, access)
        assert bench.counter() == 1
    assert bench.run(subject.jump, pointer=address) == bench.page_fault(address, address, "execute")
    assert bench.cpu.pc == address


def test_permissions(bench: Bench):
    subject, machine = bench.subject, bench.machine
    machine.map(HOLE, READ)
    assert isinstance(bench.run(subject.load, subject.trap, pointer=HOLE), TrapExit)
    fault = bench.run(subject.load, subject.store, pointer=HOLE + 16)
    assert fault == bench.page_fault(CODE + bench.size(subject.load), HOLE + 16, "write", True)
    assert fault.is_page_fault
    assert bench.run(subject.jump, pointer=DATA) == bench.page_fault(DATA, DATA, "execute", True)
    machine.table.protect(HOLE >> PAGE_SHIFT, 0)
    assert bench.run(subject.load, pointer=HOLE) == bench.page_fault(CODE, HOLE, "read", True)


def test_losing_permissions_takes_effect(bench: Bench):
    subject, machine = bench.subject, bench.machine
    bench.run(subject.store, subject.trap, subject.store, subject.trap)
    machine.table.protect(DATA >> PAGE_SHIFT, READ)
    second = CODE + bench.size(subject.store, subject.trap)
    assert bench.cpu.run() == bench.page_fault(second, DATA, "write", True)
    machine.table.protect(CODE >> PAGE_SHIFT, READ)
    assert bench.cpu.run() == bench.page_fault(second, second, "execute", True)


def test_page_crossing_store_is_all_or_nothing(bench: Bench):
    subject, machine = bench.subject, bench.machine
    edge, half = DATA + PAGE_SIZE, subject.size // 2
    value = 0x1122_3344_5566_7788 % (1 << 8 * subject.size)
    fault = bench.run(subject.store, subject.trap, pointer=edge - half, value=value)
    assert fault == bench.page_fault(CODE, edge, "write")
    assert machine.peek(edge - half, half) == bytes(half)
    machine.map(edge, READ | WRITE)
    assert isinstance(bench.cpu.run(), TrapExit)
    assert machine.peek(edge - half, half) + machine.peek(edge, half) == value.to_bytes(subject.size, "little")
    bench.run(subject.load, subject.trap, pointer=edge - half)
    assert bench.value() == value


def test_demand_paging_and_copy_on_write(bench: Bench):
    subject, machine = bench.subject, bench.machine
    fault = bench.run(subject.load, subject.store, subject.load, subject.trap, pointer=HOLE + 8)
    assert fault == bench.page_fault(CODE, HOLE + 8, "read")
    frame = machine.map(HOLE, READ)
    machine.memory.write(frame, 8, b"original"[: subject.size])
    assert bench.cpu.run() == bench.page_fault(CODE + bench.size(subject.load), HOLE + 8, "write", True)
    bench.cpu.set(subject.value, 7)
    machine.map(HOLE, READ | WRITE, machine.memory.duplicate(frame))
    assert isinstance(bench.cpu.run(), TrapExit)
    assert bench.value() == 7
    assert machine.memory.read(frame, 8, subject.size) == b"original"[: subject.size]


def test_illegal_instruction(bench: Bench):
    subject = bench.subject
    assert bench.run(subject.count, subject.undefined) == FaultExit(subject.illegal, CODE + bench.size(subject.count))
    assert bench.cpu.run() == FaultExit(subject.illegal, CODE + bench.size(subject.count))
    assert bench.counter() == 1


def test_illegal_instruction_at_the_start_of_a_page(bench: Bench):
    """There is nothing in the page before it, and nothing executable."""
    subject = bench.subject
    bench.machine.map(HOLE, READ | EXECUTE)
    zeros = {"riscv64": b"\0\0", "aarch64": bytes(4)}.get(subject.arch, bench.code(subject.undefined))
    bench.machine.start(zeros, HOLE | subject.thumb)
    assert bench.cpu.run() == FaultExit(subject.illegal, HOLE)


def test_code_changed_by_the_kernel(bench: Bench):
    subject, machine = bench.subject, bench.machine
    bench.run(subject.count, subject.trap)
    machine.poke(CODE, bench.code(subject.trap))
    bench.cpu.pc = CODE
    assert bench.is_trap(bench.cpu.run(), CODE)


def test_code_written_before_it_became_executable(bench: Bench):
    subject, machine = bench.subject, bench.machine
    bench.run(subject.count, subject.trap)
    machine.table.protect(CODE >> PAGE_SHIFT, READ | WRITE)
    machine.memory.write(machine.table.entries[CODE >> PAGE_SHIFT].frame, 0, bench.code(subject.trap))
    machine.table.protect(CODE >> PAGE_SHIFT, READ | EXECUTE)
    bench.cpu.pc = CODE
    assert bench.is_trap(bench.cpu.run(), CODE)


def test_program_that_modifies_itself(bench: Bench):
    """It runs an instruction, and then stores a trap over it, in the same page."""
    subject, machine = bench.subject, bench.machine
    machine.map(HOLE, READ | WRITE | EXECUTE)
    word = bench.code(subject.trap).ljust(subject.size, b"\0")
    store_and_jump = bench.code(subject.store, subject.jump)
    machine.start(bench.code(subject.count, subject.jump), (HOLE + 256) | subject.thumb)
    bench.cpu.set(subject.pointer, HOLE | subject.thumb)
    machine.poke(HOLE, bench.code(subject.count, subject.trap))
    assert isinstance(bench.cpu.run(), TrapExit)
    assert bench.counter() == 2
    machine.poke(HOLE + 512, store_and_jump)
    bench.cpu.set(subject.value, int.from_bytes(word, "little"))
    bench.cpu.set(subject.pointer, HOLE)
    bench.cpu.pc = HOLE + 512
    reason = bench.cpu.run()
    if subject.thumb:  # `bx` to an even address leaves Thumb: say where to go on instead.
        bench.cpu.pc = HOLE | 1
        reason = bench.cpu.run()
    assert bench.is_trap(reason, HOLE)
    assert bench.counter() == 2


def endless(bench: Bench) -> bytes:
    """Two counts and a jump to the first."""
    thumb = ".thumb; " if bench.subject.thumb else ""
    jump = {"x86_64": "jmp", "i386": "jmp", "riscv64": "j"}.get(bench.subject.arch, "b")
    return bench.code(f"{thumb}1: {bench.subject.count}", bench.subject.count, f"{jump} 1b")


def test_slices_are_exact(bench: Bench):
    code = endless(bench)
    bench.machine.start(code, CODE | bench.subject.thumb)
    executed = 0
    for slice_size in (1, 1, 2, 3, 7, 100, 998, 1):
        assert isinstance(bench.cpu.run(slice_size), SliceExit)
        executed += slice_size
        assert bench.counter() == executed // 3 * 2 + executed % 3
    bench.cpu.stop()
    assert isinstance(bench.cpu.run(10), StopExit)


def test_uncounted_code_is_counted_later(bench: Bench):
    subject = bench.subject
    bench.machine.start(endless(bench), CODE | subject.thumb)
    bench.cpu.stop()
    assert isinstance(bench.cpu.run(), StopExit)
    bench.cpu.pc = CODE
    before = bench.counter()
    assert isinstance(bench.cpu.run(6), SliceExit)
    assert bench.counter() - before == 4


def test_same_slices_same_state(bench: Bench):
    parts = [bench.subject.store, bench.subject.count, bench.subject.load, bench.subject.count, bench.subject.trap]
    seen = []
    for slice_size in (1, 2, 1000):
        bench.start(*parts, value=5)
        while isinstance(bench.cpu.run(slice_size), SliceExit):
            pass
        seen.append(bench.cpu.registers())
    assert seen[0] == seen[1] == seen[2]


def test_contexts_keep_every_register(bench: Bench):
    subject, cpu = bench.subject, bench.cpu
    bench.run(subject.count, subject.set_float, subject.trap, subject.get_float, subject.trap, value=0x4012_3456)
    context = cpu.save()
    registers, floating_point = cpu.registers(), cpu.floating_point
    bench.cpu.reset(CODE | subject.thumb, 0)
    cpu.run()
    cpu.restore(context)
    assert (cpu.registers(), cpu.floating_point) == (registers, floating_point)
    cpu.set(subject.value, 0)
    assert isinstance(cpu.run(), TrapExit)
    assert bench.value() == 0x4012_3456


def test_context_restored_in_another_cpu(bench: Bench):
    subject = bench.subject
    bench.run(subject.count, subject.trap, subject.count, subject.trap)
    other = Bench(subject)
    try:
        other.start(subject.undefined, subject.trap, subject.count, subject.trap)
        other.machine.poke(CODE, bench.code(subject.count, subject.trap, subject.count, subject.trap))
        other.cpu.restore(bench.cpu.save())
        assert isinstance(other.cpu.run(), TrapExit)
        assert other.counter() == 2
    finally:
        other.cpu.close()


def test_floating_point_image(bench: Bench):
    subject, cpu = bench.subject, bench.cpu
    bench.run(subject.set_float, subject.trap, subject.get_float, subject.trap, value=0x4012_3456)
    image = cpu.floating_point
    assert len(image) == len(cpu.initial_floating_point)
    offset = {"x86_64": 208, "i386": 208, "arm": 12, "aarch64": 48, "riscv64": 19 * 8}[subject.arch]
    assert image[offset : offset + 4] == (0x4012_3456).to_bytes(4, "little")
    changed = image[:offset] + b"\x01\x02\x03\x04" + image[offset + 4 :]
    cpu.floating_point = changed
    assert cpu.floating_point == changed
    cpu.run()
    assert bench.value() & 0xFFFF_FFFF == 0x0403_0201


def test_two_address_spaces(bench: Bench):
    """A fork: the same code page, a data page and a context each, switched back and forth."""
    subject, cpu, parent, child = bench.subject, bench.cpu, bench.machine.table, PageTable()
    thumb = ".thumb; " if subject.thumb else ""
    jump = {"x86_64": "jmp", "i386": "jmp", "riscv64": "j"}.get(subject.arch, "b")
    add = {"x86_64": "inc rax", "i386": "inc eax", "arm": "add r0, #1"}.get(subject.arch, "")
    add = add or {"aarch64": "add x0, x0, #1", "riscv64": "addi a0, a0, 1"}[subject.arch]
    bench.start(f"{thumb}1: {subject.load}", add, subject.store, subject.count, subject.trap, f"{jump} 1b")
    child.entries.update(parent.entries)
    frames = [parent.entries[DATA >> PAGE_SHIFT].frame, bench.machine.memory.allocate()]
    child.map(DATA >> PAGE_SHIFT, frames[1], READ | WRITE)
    tables, contexts = (parent, child), [cpu.save(), cpu.save()]
    for turn in range(1, 11):
        for task in (0, 1):
            cpu.page_table = tables[task]
            cpu.restore(contexts[task])
            for _ in range(task + 1):
                assert isinstance(cpu.run(), TrapExit)
            assert bench.value() == bench.counter() == turn * (task + 1)
            contexts[task] = cpu.save()
    for task, frame in enumerate(frames):
        assert bench.machine.memory.read(frame, 0, 4) == (10 * (task + 1)).to_bytes(4, "little")


@pytest.mark.parametrize("counted", [0, 1000])
class TestPageEnd:
    """Code in the last bytes of a page, with nothing behind it."""

    def place(self, bench: Bench, *parts: str, cut: int = 0) -> int:
        """Start code that goes beyond the end of its page by `cut` bytes, which are missing; returns its address."""
        code = bench.code(*parts)
        start = CODE + PAGE_SIZE - len(code) + cut
        bench.machine.start(code[: len(code) - cut], start | bench.subject.thumb)
        bench.cpu.set(bench.subject.pointer, DATA)
        bench.cpu.set(bench.subject.value, 5)
        return start

    def test_running_off(self, bench: Bench, counted: int):
        subject, end = bench.subject, CODE + PAGE_SIZE
        self.place(bench, subject.store, subject.count, subject.count)
        assert bench.cpu.run(counted) == bench.page_fault(end, end, "execute")
        assert bench.counter() == 2
        assert bench.machine.peek(DATA, 1) == b"\x05"
        bench.machine.map(end, READ | EXECUTE)
        bench.machine.poke(end, bench.code(subject.count, subject.trap))
        assert bench.is_trap(bench.cpu.run(counted), end + bench.size(subject.count))
        assert bench.counter() == 3

    def test_instruction_across_the_end(self, bench: Bench, counted: int):
        subject, end = bench.subject, CODE + PAGE_SIZE
        if bench.size(subject.load) != 4 and not subject.thumb:
            last = {"x86_64": "mov rax, 0x11223344", "i386": "mov eax, 0x11223344", "riscv64": "li a0, 0x700"}
        else:
            last = {"arm": ".thumb; movw r0, #0x1234", "riscv64": ".option norvc; li a0, 0x700"}
        wide = last.get(subject.arch, "")
        if not wide or (subject.arch == "arm" and not subject.thumb):
            pytest.skip("instructions are aligned: none lies across the end of a page")
        if subject.arch == "riscv64":
            wide = ".option norvc; li a0, 0x700; .option rvc"
        self.place(bench, subject.count, subject.store, wide, cut=2)
        instruction = end - bench.size(wide) + 2
        assert bench.cpu.run(counted) == bench.page_fault(instruction, end, "execute")
        assert bench.counter() == 1
        assert bench.machine.peek(DATA, 1) == b"\x05"
        bench.machine.map(end, READ | EXECUTE)
        bench.machine.poke(end, bench.code(wide)[-2:] + bench.code(subject.trap))
        assert isinstance(bench.cpu.run(counted), TrapExit)
        assert bench.value() in (0x1122_3344, 0x1234, 0x700)

    def test_fault_before_the_end_comes_first(self, bench: Bench, counted: int):
        subject, end = bench.subject, CODE + PAGE_SIZE
        start = self.place(bench, subject.count, subject.store, subject.count)
        bench.cpu.set(subject.pointer, HOLE)
        fault = bench.page_fault(start + bench.size(subject.count), HOLE, "write")
        assert bench.cpu.run(counted) == fault
        assert bench.counter() == 1
        bench.machine.map(HOLE, READ | WRITE)
        assert bench.cpu.run(counted) == bench.page_fault(end, end, "execute")
        assert bench.counter() == 2

    def test_exception_before_the_end(self, bench: Bench, counted: int):
        subject = bench.subject
        start = self.place(bench, subject.count, subject.undefined, subject.count)
        fault = FaultExit(subject.illegal, start + bench.size(subject.count))
        assert bench.cpu.run(counted) == fault
        assert bench.counter() == 1


@pytest.mark.parametrize("arch", sorted({subject.arch for subject in SUBJECTS}))
def test_warmed_up_it_works_in_a_small_address_space_without_files(arch: str):
    if not sys.platform.startswith("linux"):
        pytest.skip("needs fork and RLIMIT_NOFILE")
    warm_up(arch)
    script = f"""
import os, resource
from app.cpu.cpu import Cpu, warm_up
from app.cpu.exits import TrapExit
from app.cpu.arch import architecture
from app.cpu.mmu import PageTable, PhysicalMemory
warm_up("{arch}")
resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))
memory = PhysicalMemory(1 << 20)
frame = memory.allocate()
memory.write(frame, 0, architecture("{arch}").warm_up_code)
table = PageTable()
table.map(1, frame, 5)
cpu = Cpu("{arch}", memory)
cpu.page_table = table
cpu.reset(4096, 0)
os._exit(42 if isinstance(cpu.run(), TrapExit) else 1)
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (42, b"")


def test_many_cpus_do_not_leak(bench: Bench):
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def use() -> None:
        cpu = Cpu(bench.subject.arch, bench.machine.memory)
        cpu.save()
        cpu.close()

    if not Path("/proc/self/statm").exists():
        pytest.skip("needs /proc to measure memory")
    for _ in range(30):
        use()
    before = resident()
    for _ in range(100):
        use()
    assert resident() - before < 8 << 20
