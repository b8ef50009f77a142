"""Stopping, closing, warming up and memory use."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import pytest

from app.cpu.cpu import Cpu, warm_up
from app.cpu.exits import FaultExit, StopExit, TrapExit
from app.cpu.mmu import EXECUTE, PAGE_SIZE, READ, PageTable, PhysicalMemory

from .conftest import CODE, Machine

ENDLESS = "48ffc0 ebfb"
ENDLESS_TRAPS = "0f05 ebfc"


def test_stop_before_run_is_kept(machine: Machine):
    machine.start(ENDLESS)
    machine.cpu.stop()
    machine.cpu.stop()
    assert machine.cpu.run() == StopExit(CODE)
    assert machine.cpu.get("rax") == 0


def test_stop_between_traps_is_kept(machine: Machine):
    machine.run("0f05 48ffc3 0f05")
    machine.cpu.stop()
    assert machine.cpu.run() == StopExit(CODE + 2)
    assert machine.cpu.run().pc == CODE + 5
    assert machine.cpu.get("rbx") == 1


def test_endless_loop_is_stopped_from_another_thread_and_goes_on(machine: Machine):
    machine.start(ENDLESS)
    before = 0
    for _ in range(20):
        thread = threading.Thread(target=machine.cpu.stop)
        thread.start()
        stopped = machine.cpu.run()
        thread.join()
        assert isinstance(stopped, StopExit)
        assert stopped.pc in (CODE, CODE + 3)
        now = machine.cpu.get("rax")
        assert now >= before
        before = now
    machine.cpu.stop()
    assert isinstance(machine.cpu.run(), StopExit)


def test_every_stop_during_traps_arrives(machine: Machine):
    """The stop may fall anywhere: before the emulator starts, inside it, in a hook, or between two runs."""
    machine.start(ENDLESS_TRAPS)
    wanted = 300
    turn = threading.Semaphore(1)

    def stopper() -> None:
        for _ in range(wanted):
            turn.acquire()
            machine.cpu.stop()

    thread = threading.Thread(target=stopper)
    thread.start()
    stops = 0
    while stops < wanted:
        if isinstance(machine.cpu.run(), StopExit):
            stops += 1
            turn.release()
    thread.join()


def test_stop_just_before_the_emulator_starts_is_not_lost(machine: Machine, monkeypatch: pytest.MonkeyPatch):
    """The emulator forgets such a stop. The loop is long but ends, so that a lost stop shows as a trap."""
    machine.start("48ffc9 75fb 0f05", rcx=1 << 32)
    engine_type = type(machine.cpu._engine)
    asked, start, stop = threading.Event(), engine_type.start, engine_type.stop
    thread = threading.Thread(target=machine.cpu.stop)

    def start_late(engine: object, pc: int, instructions: int) -> int:
        thread.start()
        assert asked.wait(30)
        return start(engine, pc, instructions)

    def stop_and_tell(engine: object) -> None:
        stop(engine)
        asked.set()

    monkeypatch.setattr(engine_type, "start", start_late)
    monkeypatch.setattr(engine_type, "stop", stop_and_tell)
    assert isinstance(machine.cpu.run(), StopExit)
    thread.join()


def test_stop_from_a_hook_does_not_wait_for_itself(machine: Machine):
    def timestamp() -> int:
        machine.cpu.stop()
        return 5

    machine.cpu.timestamp = timestamp
    assert isinstance(machine.run("0f31 ebfe"), StopExit)
    assert machine.cpu.get("rax") == 5


def test_stop_after_close_does_nothing():
    machine = Machine()
    machine.cpu.close()
    machine.cpu.stop()
    machine.cpu.close()


def test_unknown_architecture():
    with pytest.raises(ValueError, match="unknown architecture 'vax'"):
        Cpu("vax", PhysicalMemory(PAGE_SIZE))


def test_closed_cpu_is_freed_without_the_cycle_collector():
    gc.collect()
    gc.disable()
    try:
        machine = Machine()
        machine.run("0f05")
        context = machine.cpu.save()
        machine.cpu.close()
        cpu = weakref.ref(machine.cpu)
        del machine
        assert cpu() is None
        del context
    finally:
        gc.enable()


def resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc to measure memory")
def test_many_cpus_do_not_leak():
    def use() -> None:
        machine = Machine()
        assert isinstance(machine.run("0f05"), TrapExit)
        for _ in range(20):
            machine.cpu.save()
        machine.cpu.close()
        machine.memory.buffer.close()

    for _ in range(100):
        use()
    before = resident_bytes()
    for _ in range(300):
        use()
    assert resident_bytes() - before < 8 << 20


def test_restored_in_another_cpu(machine: Machine):
    machine.run("b907000000 4889cb 0f05 48ffc3 0f05")
    context = machine.cpu.save()
    other = Machine()
    try:
        other.start("90" * 10 + "48ffc3 0f05")
        other.cpu.restore(context)
        assert other.cpu.run().pc == CODE + 13
        assert other.cpu.get("rbx") == 8
        assert other.cpu.get("cs") == 0x33
    finally:
        other.cpu.close()


def test_small_address_space_limit_and_fork_after_warm_up():
    """A worker: warmed up, forked, then unable to open files."""
    if not sys.platform.startswith("linux"):
        pytest.skip("needs fork and RLIMIT_NOFILE")
    script = """
import os, resource
from app.cpu.cpu import Cpu, warm_up
from app.cpu.mmu import PageTable, PhysicalMemory
warm_up("x86_64")
child = os.fork()
if not child:
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))
    memory = PhysicalMemory(1 << 20)
    frame = memory.allocate()
    memory.write(frame, 0, b"\\x0f\\x05")
    table = PageTable()
    table.map(1, frame, 5)
    cpu = Cpu("x86_64", memory)
    cpu.page_table = table
    cpu.reset(4096, 0)
    os._exit(42 if cpu.run().next_pc == 4098 else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("42", "")


def test_warm_up_can_be_repeated():
    warm_up("x86_64")
    warm_up("x86_64")


def test_unused_table_faults_at_once(machine: Machine):
    machine.cpu.page_table = PageTable()
    machine.cpu.reset(CODE, 0)
    assert machine.cpu.run() == FaultExit("#PF", CODE, CODE, "execute", False)
    assert machine.table.on_downgrade is None
    machine.table.map(1, machine.memory.allocate(), READ | EXECUTE)
