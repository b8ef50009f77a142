"""What stands between a worker and the host: identity, limits, Landlock, and the system call filter.

Layers that the host lacks are left out, except the filter: without it `enter` refuses, because it alone already keeps
files, sockets and processes out of reach. Nothing here can be undone, so a worker serves one run and ends.
"""

from __future__ import annotations

import ctypes
import math
import os
import platform
import resource
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import msgspec

from app.runner import landlock, seccomp

NOBODY = 65534

# <linux/prctl.h>
PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
PR_SET_NO_NEW_PRIVS = 38

HARD_CPU_MARGIN_SECONDS = 1

_prctl = ctypes.CDLL(None, use_errno=True).prctl


class SandboxUnavailableError(Exception):
    """This host lacks a layer that no run may go without; the message says which, and why."""


class Layer(NamedTuple):
    """One layer of the sandbox on this host."""

    name: str
    active: bool
    detail: str


def enter(*, parent: int, start_threads: Callable[[], None] = lambda: None) -> list[Layer]:
    """Confine this process for good and say which layers hold.

    `parent` is the pid of the process whose death must end this one. `start_threads` is called before the system call
    filter is set: no thread can be started after it. Raises SandboxUnavailableError without the filter, or when
    `parent` is dead already.
    """
    volunteer_for_oom_killer()
    set_option(PR_SET_NO_NEW_PRIVS, 1)
    layers = [Layer("no new privileges", True, ""), _drop_identity()]
    # A change of uid clears the parent-death signal, so it comes after.
    set_option(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise SandboxUnavailableError("the runner that started this worker is gone")
    set_option(_PR_SET_DUMPABLE, 0)
    # Landlock takes a descriptor for a moment, so it comes before the limit on them.
    layers.append(_deny_files())
    layers.append(_set_limits())
    start_threads()
    layers.append(_filter_calls())
    return layers


def enter_in_place(*, start_threads: Callable[[], None] = lambda: None) -> list[Layer]:
    """Confine a command that keeps its identity and its open descriptors: no file, socket or process from now on.

    Arguments and errors as for `enter`.
    """
    set_option(PR_SET_NO_NEW_PRIVS, 1)
    layers = [Layer("no new privileges", True, ""), _deny_files()]
    start_threads()
    layers.append(_filter_calls())
    return layers


def limit(*, cpu_seconds: float, address_space_bytes: int) -> None:
    """Bound the run about to begin. The kernel kills at the limit; allowed inside the sandbox, and only downwards.

    `cpu_seconds` counts from the start of the process, and the kernel rounds it up to whole seconds. SIGXCPU comes at
    the limit, SIGKILL a second later.
    """
    seconds = math.ceil(cpu_seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + HARD_CPU_MARGIN_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (address_space_bytes, address_space_bytes))


def address_space_bytes() -> int:
    """Size of this process's address space now (VmSize)."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


def probe() -> list[Layer]:
    """Try every layer in a throwaway child. Call it from a single-threaded process only."""
    reader, writer = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        # Whatever happens, the child must not return into the caller's code.
        try:
            os.close(reader)
            try:
                layers = enter(parent=parent)
            except SandboxUnavailableError as error:
                layers = [Layer("seccomp", False, str(error))]
            os.write(writer, msgspec.msgpack.encode(layers))
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, "rb") as answers:
        answer = answers.read()
    os.waitpid(child, 0)
    if not answer:
        return [Layer("seccomp", False, "the process that tried it died")]
    return msgspec.msgpack.decode(answer, type=list[Layer])


def set_option(option: int, value: int, argument: int = 0) -> None:
    """prctl(2). Raises SandboxUnavailableError."""
    if _prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(argument), ctypes.c_ulong(0), ctypes.c_ulong(0)) != 0:
        code = ctypes.get_errno()
        raise SandboxUnavailableError(f"prctl({option}): {os.strerror(code)}")


def volunteer_for_oom_killer() -> None:
    """When the host runs out of memory, a run shall end and not the server (proc(5), `oom_score_adj`)."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:
        score.write("1000")


def _drop_identity() -> Layer:
    if os.geteuid() != 0:
        return Layer("unprivileged user", True, f"uid {os.geteuid()}")
    try:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    except PermissionError:
        return Layer("unprivileged user", False, "stays root: CAP_SETUID and CAP_SETGID are missing")
    return Layer("unprivileged user", True, f"uid 0 becomes {NOBODY}")


def _set_limits() -> Layer:
    # Standard streams and the one socket: 0 to 3.
    for name, value in ((resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 4)):
        resource.setrlimit(name, (value, value))
    return Layer("resource limits", True, "CPU, AS, FSIZE, NOFILE, CORE")


def _deny_files() -> Layer:
    version = landlock.abi()
    if not version:
        return Layer("landlock", False, "the kernel has none (it came with Linux 5.13), or it is switched off")
    with suppress(OSError):
        landlock.deny_all(version)
        return Layer("landlock", True, f"interface version {version}")
    return Layer("landlock", False, "the kernel refused it")


def _filter_calls() -> Layer:
    if not seccomp.supported():
        raise SandboxUnavailableError(f"no system call filter for {platform.system()} on {platform.machine()}")
    try:
        seccomp.install(seccomp.build(platform.machine()))
    except OSError as error:
        raise SandboxUnavailableError(f"the kernel refused the system call filter: {error.strerror}") from error
    return Layer("seccomp", True, f"{len(seccomp.ALLOWED) + 1} system calls allowed")
