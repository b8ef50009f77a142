"""What stands between a compiler, which reads hostile text, and the host.

Unlike a worker (`app.runner.sandbox`) it starts programs and uses files: one directory of its own, and what it needs
of the compiler's. Landlock and the system call filter both have to hold; without either there is no compiling. Each job
has an identity of its own where the server may give it one, so that no two share anything.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal

from msgspec import Struct

from app.runner import landlock, sandbox, seccomp
from app.runner.landlock import Rule
from app.runner.sandbox import SandboxUnavailableError

# A uid for each job: this and the job's pid. Nobody has accounts up there.
_FIRST_UID = 0x7000_0000
_MAX_PROCESSES = 32
# Limits count all processes of a uid: where the job has the server's, the server's own count too.
_MAX_PROCESSES_OF_SHARED_UID = 4096
_MAX_DESCRIPTORS = 64
_OWN_ROOM_BYTES = 64 << 20

# <linux/prctl.h>, <linux/capability.h>
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x2008_0522
_CAP_DAC_READ_SEARCH = 2

_WORK = (landlock.WORK, landlock.WORK_TREE)
"""What a job may do in its own directory."""

_libc = ctypes.CDLL(None, use_errno=True)


class BoxLimits(Struct, frozen=True, forbid_unknown_fields=True):
    """What one compilation may use. `file_bytes` bounds every file, `cpu_seconds` and `memory_bytes` every process."""

    cpu_seconds: float = 5.0
    wall_seconds: float = 10.0
    memory_bytes: int = 1 << 30
    file_bytes: int = 8 << 20


def missing() -> str:
    """Why there can be no box on this host; empty when there can."""
    if not landlock.abi():
        return "the kernel has no Landlock (it came with Linux 5.13), or it is switched off"
    if not seccomp.supported():
        return f"there is no system call filter for {platform.system()} on {platform.machine()}"
    return ""


def enter(*, parent: int, rules: tuple[Rule, ...], limits: BoxLimits) -> None:
    """Confine this process and all that it will start, for good. It leads a session of its own from now on.

    `parent` is the pid of the process whose death must end this one. Raises SandboxUnavailableError when a layer that
    must hold does not, and OSError for rules about files that are not there.
    """
    if reason := missing():
        raise SandboxUnavailableError(reason)
    os.setsid()
    sandbox.volunteer_for_oom_killer()
    sandbox.set_option(sandbox.PR_SET_NO_NEW_PRIVS, 1)
    own_uid = _take_identity(rules)
    # A change of uid clears the parent-death signal, so it comes after.
    sandbox.set_option(sandbox.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise SandboxUnavailableError("the process that wanted the compiler is gone")
    # This process itself may be larger than a compiler may become.
    memory_bytes = max(limits.memory_bytes, sandbox.address_space_bytes() + _OWN_ROOM_BYTES)
    landlock.allow_only(landlock.abi(), rules)
    _set_limits(limits, memory_bytes, own_uid)
    directories = any(rule.rights == landlock.WORK_TREE for rule in rules)
    try:
        seccomp.install(seccomp.build_for_compiler(platform.machine(), directories=directories))
    except OSError as error:
        raise SandboxUnavailableError(f"the kernel refused the system call filter: {error.strerror}") from error


def _take_identity(rules: tuple[Rule, ...]) -> bool:
    """Become nobody in particular, if this is root; returns whether nobody else has that uid."""
    if os.geteuid() != 0:
        return False
    closed = not all(_open_to_all(rule.path) for rule in rules if rule.rights not in _WORK)
    if closed:
        sandbox.set_option(_PR_SET_KEEPCAPS, 1)
    private = _FIRST_UID + os.getpid()
    # A user namespace may know few uids.
    for uid in (private, sandbox.NOBODY):
        try:
            for rule in rules:
                if rule.rights in _WORK:
                    os.chown(rule.path, uid, uid)
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
        except OSError:
            continue
        if closed:
            _keep_reading()
        return uid == private
    raise SandboxUnavailableError("root cannot become another user: CAP_SETUID, CAP_SETGID or CAP_CHOWN is missing")


def _open_to_all(path: str) -> bool:
    """Whether any user can reach `path`."""
    while path != "/":
        if not os.stat(path).st_mode & 0o001:
            return False
        path = os.path.dirname(path)
    return True


def _keep_reading() -> None:
    """Keep one capability, over execve too: to pass directories closed to others, such as root's home.

    Landlock still decides which files can be opened.
    """
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    only = 1 << _CAP_DAC_READ_SEARCH
    # Effective, permitted and inheritable; first the low half of each.
    sets = (ctypes.c_uint32 * 6)(only, only, only, 0, 0, 0)
    if _libc.capset(ctypes.byref(header), ctypes.byref(sets)) != 0:
        raise SandboxUnavailableError(f"capset: {os.strerror(ctypes.get_errno())}")
    sandbox.set_option(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_READ_SEARCH)


def _set_limits(limits: BoxLimits, memory_bytes: int, own_uid: bool) -> None:
    seconds = max(1, round(limits.cpu_seconds))
    processes = _MAX_PROCESSES if own_uid else _MAX_PROCESSES_OF_SHARED_UID
    for name, soft, hard in (
        (resource.RLIMIT_CPU, seconds, seconds + sandbox.HARD_CPU_MARGIN_SECONDS),
        (resource.RLIMIT_AS, memory_bytes, memory_bytes),
        (resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes),
        (resource.RLIMIT_NOFILE, _MAX_DESCRIPTORS, _MAX_DESCRIPTORS),
        (resource.RLIMIT_NPROC, processes, processes),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        _, most = resource.getrlimit(name)
        if most == resource.RLIM_INFINITY:
            resource.setrlimit(name, (soft, hard))
        else:
            resource.setrlimit(name, (min(soft, most), min(hard, most)))
