"""The signature scheme: every call of the kernel is complete, and mistakes in a signature are refused."""

from __future__ import annotations

import pytest

from app.kernel import syscalls
from app.kernel.abi import ABIS
from app.kernel.abi.x86_64 import X86_64
from app.kernel.call import Call
from app.kernel.syscall import Syscall, served, syscall

syscalls.load()

WANTED = [
    "read",
    "write",
    "readv",
    "writev",
    "pread64",
    "pwrite64",
    "open",
    "openat",
    "creat",
    "close",
    "lseek",
    "stat",
    "fstat",
    "newfstatat",
    "access",
    "faccessat",
    "dup",
    "dup2",
    "dup3",
    "fcntl",
    "pipe",
    "pipe2",
    "ioctl",
    "getcwd",
    "chdir",
    "mkdir",
    "rmdir",
    "unlink",
    "rename",
    "getdents64",
    "brk",
    "mmap",
    "munmap",
    "mprotect",
    "getpid",
    "gettid",
    "getppid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "uname",
    "arch_prctl",
    "set_tid_address",
    "nanosleep",
    "clock_nanosleep",
    "clock_gettime",
    "gettimeofday",
    "time",
    "getrandom",
    "rt_sigaction",
    "rt_sigprocmask",
    "kill",
    "exit",
    "exit_group",
]


@pytest.mark.parametrize("name", WANTED)
def test_the_first_calls_are_served(name: str) -> None:
    assert name in served()


@pytest.mark.parametrize("row", served().values(), ids=lambda row: row.name)
def test_every_call_is_in_the_table_and_explains_itself(row: Syscall) -> None:
    served_as = {variant.handler for abi in ABIS.values() for variant in abi.variants.values()}
    assert row.name in served_as.union(*(abi.names.values() for abi in ABIS.values()))
    assert len(row.parameters) <= len(X86_64.argument_registers)
    assert row.signature.startswith(f"{row.name}(")
    assert row.source.startswith("app/kernel/syscalls/")
    assert len(row.doc.split()) >= 5
    assert callable(row.result_text)


def test_an_annotation_that_is_no_argument_type_is_refused() -> None:
    def wrong(call: Call, count: int) -> int:
        """A call whose argument cannot be fetched."""

    with pytest.raises(TypeError, match="not an argument type"):
        _ = Syscall(wrong).parameters


def test_a_call_without_a_docstring_is_refused() -> None:
    def silent(call: Call) -> int: ...

    with pytest.raises(ValueError, match="docstring"):
        syscall(silent)


def test_a_call_cannot_be_written_twice() -> None:
    def write(call: Call) -> int:
        """Another write."""

    with pytest.raises(ValueError, match="two handlers"):
        syscall(write)
