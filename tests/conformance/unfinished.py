"""Conformance programs that cannot pass yet, and why. The list only shrinks: the tests expect these to fail."""

from __future__ import annotations

EXECVE = "execve is not there yet"

UNFINISHED: dict[str, str] = {
    "exec_scripts": EXECVE,
    "exec_self": EXECVE,
    "spawning": EXECVE,
    "procfs": "/proc/self/exe and the program's own mappings have no file before execve is there",
    "symlinks-musl": "no AT_PHDR before execve is there, so musl finds no thread-local data",
    "threads-musl": "no AT_PHDR before execve is there, so musl finds no thread-local data",
    "file_systems": "statfs of a pipe, and what mount, reboot and the like answer an unprivileged user",
    "open_flags": "readlinkat with an empty path",
    "posix_ipc": "POSIX message queues",
    "rlimits": "RLIMIT_FSIZE, and EPERM for the processes of others",
    "system_info": "getrusage",
    "sysv_ipc": "System V semaphores and message queues",
    "tracer": "ptrace",
}
"""Program, or "program-glibc" and "program-musl" where only one C library is concerned: what is missing."""


def reason_for(program: str, library: str) -> str | None:
    """Why the program is expected to fail with this C library; None when it has to pass."""
    return UNFINISHED.get(program) or UNFINISHED.get(f"{program}-{library}")
