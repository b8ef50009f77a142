"""Run a piece of machine code on the real processor, under ptrace, until it raises a signal. Linux x86-64 only."""

from __future__ import annotations

import ctypes
import os
import signal
import struct
from dataclasses import dataclass

REGISTERS = (
    *("r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx", "rsi", "rdi"),
    *("orig_rax", "rip", "cs", "rflags", "rsp", "ss", "fs_base", "gs_base", "ds", "es", "fs", "gs"),
)
"""struct user_regs_struct, <sys/user.h>."""

I386_SEGMENTS = {"cs": 0x23, "ss": 0x2B, "ds": 0x2B, "es": 0x2B}
"""With these selectors in its registers, a process executes 32-bit code, whatever it executed before."""

_FORMAT = struct.Struct("=27Q")
_TRACEME, _CONT, _GETREGS, _SETREGS, _GETSIGINFO = 0, 7, 12, 13, 0x4202
_MAP_FIXED_PRIVATE_ANONYMOUS = 0x100022  # MAP_FIXED_NOREPLACE | MAP_PRIVATE | MAP_ANONYMOUS

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


class NotPossibleError(Exception):
    """This machine does not let us trace a child."""


@dataclass
class Outcome:
    """The signal that stopped the code, where, and the state it left."""

    signal: signal.Signals
    address: int
    registers: dict[str, int]
    pages: dict[int, bytes]


def _ptrace(request: int, pid: int, data: object = None) -> None:
    if _libc.ptrace(request, pid, None, ctypes.cast(data, ctypes.c_void_p) if data is not None else None) == -1:
        raise NotPossibleError(f"ptrace: {os.strerror(ctypes.get_errno())}")


def _child(pages: dict[int, tuple[int, bytes]]) -> None:
    for address, (protection, data) in pages.items():
        if _libc.mmap(address, 4096, 7, _MAP_FIXED_PRIVATE_ANONYMOUS, -1, 0) != address:
            os._exit(1)
        ctypes.memmove(address, data, len(data))
        _libc.mprotect(ctypes.c_void_p(address), 4096, protection)
    _libc.ptrace(_TRACEME, 0, None, None)
    os.kill(os.getpid(), signal.SIGSTOP)
    os._exit(1)


def run(pages: dict[int, tuple[int, bytes]], registers: dict[str, int]) -> Outcome:
    """Map `pages` (address: permissions and contents), set `registers` (others are 0), and run to the next signal.

    Raises `NotPossibleError` where tracing is not allowed.
    """
    pid = os.fork()
    if pid == 0:
        try:
            _child(pages)
        finally:
            os._exit(1)
    try:
        _, status = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(status):
            raise NotPossibleError("the traced child did not start")
        block = ctypes.create_string_buffer(_FORMAT.size)
        _ptrace(_GETREGS, pid, block)
        values = dict(zip(REGISTERS, _FORMAT.unpack(block.raw[: _FORMAT.size]), strict=True))
        kept = {name: values[name] for name in ("cs", "ss", "ds", "es", "fs", "gs", "fs_base", "gs_base")}
        values = dict.fromkeys(REGISTERS, 0) | kept | {"orig_rax": 2**64 - 1, "rflags": 0x202} | registers
        block.raw = _FORMAT.pack(*values.values())
        _ptrace(_SETREGS, pid, block)
        _ptrace(_CONT, pid)
        os.waitpid(pid, 0)
        info = ctypes.create_string_buffer(128)
        _ptrace(_GETSIGINFO, pid, info)
        number, address = struct.unpack_from("=i12xQ", info.raw)
        _ptrace(_GETREGS, pid, block)
        values = dict(zip(REGISTERS, _FORMAT.unpack(block.raw[: _FORMAT.size]), strict=True))
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            found = {}
            for page in pages:
                memory.seek(page)
                found[page] = memory.read(4096)
        return Outcome(signal.Signals(number), address, values, found)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
