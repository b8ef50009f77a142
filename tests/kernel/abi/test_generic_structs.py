"""Structs and signal frames of AArch64 and RISC-V, as a compiler with the kernel's headers lays them out."""

import subprocess
import sys

import pytest

from app.kernel.abi import ABIS, aarch64_sigframe, riscv64_sigframe
from app.kernel.abi.aarch64 import AARCH64

_INCLUDES = (
    *("stddef", "asm/stat", "asm/sigcontext", "asm/siginfo", "asm/signal", "asm/ucontext", "asm/ptrace"),
    *("linux/eventpoll", "linux/sem", "linux/msg", "linux/shm", "linux/time", "linux/uio", "linux/fcntl"),
)
_C_NAMES = {
    "semid_ds": "struct semid64_ds",
    "msqid_ds": "struct msqid64_ds",
    "shmid_ds": "struct shmid64_ds",
    "epoll_event": "struct epoll_event",
    "stat": "struct stat",
    "iovec": "struct iovec",
    "sigaction": "struct sigaction",
    "flock": "struct flock",
}
_COMPARED = ("st_", "sem_", "msg_", "shm_", "events", "data", "iov_", "l_", "sa_flags", "sa_mask", "sa_restorer")
_UCONTEXT = {"uc_flags": "uc_flags", "uc_link": "uc_link", "ss_sp": "uc_stack.ss_sp", "uc_sigmask": "uc_sigmask"}
_REGISTERS = {
    "aarch64": {
        "fault_address": "fault_address", "x0": "regs", "x30": "regs[30]", "sp": "sp", "pc": "pc", "cpsr": "pstate",
        "records": "__reserved",
    },
    "riscv64": {"pc": "sc_regs.pc", "ra": "sc_regs.ra", "t6": "sc_regs.t6", "floating_point": "sc_fpregs"},
}  # fmt: skip


def _claims(name):
    for struct, c_name in _C_NAMES.items():
        layout = ABIS[name].structs[struct]
        yield f"sizeof({c_name}) == {layout.size}"
        for field, offset in layout.offsets.items():
            if field.startswith(_COMPARED) and "." not in field:
                yield f"offsetof({c_name}, {field}) == {offset}"
    frame = {"aarch64": aarch64_sigframe.FRAME, "riscv64": riscv64_sigframe.FRAME}[name]
    yield f"sizeof(struct frame) == {frame.size}"
    for field, member in _UCONTEXT.items():
        yield f"offsetof(struct frame, uc.{member}) == {frame.offsets[field]}"
    for field, member in _REGISTERS[name].items():
        yield f"offsetof(struct frame, uc.uc_mcontext.{member}) == {frame.offsets[field]}"


@pytest.mark.parametrize("name", ["aarch64", "riscv64"])
def test_layouts_are_those_of_the_compiler(name, tmp_path):
    pytest.importorskip("ziglang")
    lines = [f"#include <{header}.h>" for header in _INCLUDES]
    lines += ["struct frame { struct siginfo info; struct ucontext uc; };"]
    lines += [f'_Static_assert({claim}, "{claim}");' for claim in _claims(name)]
    source = tmp_path / "probe.c"
    source.write_text("\n".join(lines) + "\n")
    command = [sys.executable, "-m", "ziglang", "cc", "-target", f"{name}-linux-musl", "-ffreestanding"]
    done = subprocess.run(
        [*command, "-c", "-o", str(tmp_path / "probe.o"), str(source)], capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr


def test_open_flags_of_arm_are_translated_both_ways():
    flags = 0o40000 | 0o100000 | 0o200000 | 0o400000 | 0o2000001
    assert AARCH64.open_flags_in(flags) == flags
    assert AARCH64.open_flags_in(0o40000) == 0o200000
    assert AARCH64.open_flags_out(0o200000 | 0o4000) == 0o40000 | 0o4000
    for bit in range(32):
        assert AARCH64.open_flags_out(AARCH64.open_flags_in(1 << bit)) == 1 << bit
