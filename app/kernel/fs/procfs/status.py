"""What /proc/PID tells of a process in words and numbers: status, stat, limits and the small files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from app.cpu.mmu import EXECUTE, PAGE_SIZE
from app.kernel.abi.constants import MAX_SIGNAL
from app.kernel.clock import CLOCK_TICK
from app.kernel.credentials import Capability
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.pty import PTS_MAJOR
from app.kernel.resource import INFINITY
from app.kernel.signal import SIG_DFL, SIG_IGN

from .memory import sizes, total_usage

if TYPE_CHECKING:
    from app.kernel.call import Call
    from app.kernel.mm.address_space import AddressSpace
    from app.kernel.task import Task

    from .subject import Subject

COMMAND_LENGTH = 15
"""Bytes of a command name (TASK_COMM_LEN less the NUL)."""

MAX_SIGNALS_QUEUED = 1024
NICE_PRIORITY = 20

_LOW_SIGNALS = (1 << 31) - 1
"""stat tells only the first 31 signals."""

_PF_RANDOMIZE = 0x40_0000
_MAX_DIGITS = 20

_LIMITS = (
    ("Max cpu time", "seconds"), ("Max file size", "bytes"), ("Max data size", "bytes"), ("Max stack size", "bytes"),
    ("Max core file size", "bytes"), ("Max resident set", "bytes"), ("Max processes", "processes"),
    ("Max open files", "files"), ("Max locked memory", "bytes"), ("Max address space", "bytes"),
    ("Max file locks", "locks"), ("Max pending signals", "signals"), ("Max msgqueue size", "bytes"),
    ("Max nice priority", ""), ("Max realtime priority", ""), ("Max realtime timeout", "us"),
)  # fmt: skip
"""Name and unit by the number of the resource (getrlimit(2))."""


def escape_name(name: str) -> str:
    """A command name in a line of its own: newlines and backslashes are written as escapes."""
    return name.replace("\\", "\\\\").replace("\n", "\\n")


def status(subject: Subject) -> str:
    """Names and values, a line each (proc_pid_status(5))."""
    rows: list[tuple[str, str]] = [("Name", escape_name(subject.task.name))]
    if subject.fs is not None:
        rows.append(("Umask", f"{subject.fs.umask:04o}"))
    process, task, who = subject.process, subject.task, subject.credentials
    tracer = 0 if task.trace is None else task.trace.tracer.pid
    rows += [("State", subject.state), ("Tgid", str(process.pid)), ("Ngid", "0"), ("Pid", str(task.tid))]
    rows += [("PPid", str(process.ppid)), ("TracerPid", str(tracer))]
    rows += [("Uid", f"{who.uid}\t{who.euid}\t{who.suid}\t{who.fsuid}")]
    rows += [("Gid", f"{who.gid}\t{who.egid}\t{who.sgid}\t{who.fsgid}")]
    rows += [("FDSize", str(_table_size(subject))), ("Groups", " ".join((*map(str, who.groups), "")) or " ")]
    rows += [("NStgid", str(process.pid)), ("NSpid", str(task.tid))]
    rows += [("NSpgid", str(process.pgid)), ("NSsid", str(process.sid)), ("Kthread", "0")]
    if subject.mm is not None:
        rows += _memory_rows(subject.mm)
    rows += [("Threads", str(subject.thread_count))]
    rows += _signal_rows(subject)
    sets = {
        "Inh": who.cap_inheritable,
        "Prm": who.cap_permitted,
        "Eff": who.cap_effective,
        "Bnd": who.cap_bounding,
        "Amb": who.cap_ambient,
    }
    rows += [(f"Cap{name}", f"{bits:016x}") for name, bits in sets.items()]
    rows += [("NoNewPrivs", str(int(task.no_new_privs))), ("Seccomp", "0"), ("Seccomp_filters", "0")]
    rows += [("Speculation_Store_Bypass", "not vulnerable"), ("SpeculationIndirectBranch", "not affected")]
    rows += [("Cpus_allowed", "1"), ("Cpus_allowed_list", "0")]
    rows += [("Mems_allowed", "00000000,00000001"), ("Mems_allowed_list", "0")]
    rows += [("voluntary_ctxt_switches", "0"), ("nonvoluntary_ctxt_switches", "0")]
    return "".join(f"{name}:\t{value}\n" for name, value in rows)


def _table_size(subject: Subject) -> int:
    """Room in the descriptor table, which grows by doubling and begins at 64."""
    numbers = subject.files.numbers() if subject.files is not None else []
    size = 64
    while numbers and numbers[-1] >= size:
        size *= 2
    return size if subject.files is not None else 0


def _memory_rows(mm: AddressSpace) -> list[tuple[str, str]]:
    """The Vm rows, kB."""
    size, resident = sizes(mm), total_usage(mm)
    scale = PAGE_SIZE >> 10
    tables = len({page >> 9 for page in mm.page_table.entries}) + 3
    values = {
        "VmPeak": size.total, "VmSize": size.total, "VmLck": 0, "VmPin": 0, "VmHWM": resident.resident,
        "VmRSS": resident.resident, "RssAnon": resident.anonymous, "RssFile": resident.file,
        "RssShmem": resident.shared, "VmData": size.data, "VmStk": size.stack, "VmExe": size.text, "VmLib": 0,
        "VmPTE": tables, "VmSwap": 0, "HugetlbPages": 0,
    }  # fmt: skip
    rows = [(name, f"{pages * scale:8d} kB") for name, pages in values.items()]
    return [*rows, ("CoreDumping", "0"), ("THP_enabled", "0"), ("untag_mask", f"{(1 << 64) - 1:#x}")]


def _signal_rows(subject: Subject) -> list[tuple[str, str]]:
    """Signal sets, as 16 hexadecimal digits."""
    sets = _signal_sets(subject)
    names = ("SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt")
    queued = sets[0].bit_count() + sets[1].bit_count()
    rows = ((name, f"{bits:016x}") for name, bits in zip(names, sets, strict=True))
    return [("SigQ", f"{queued}/{MAX_SIGNALS_QUEUED}"), *rows]


def _signal_sets(subject: Subject) -> tuple[int, int, int, int, int]:
    """(pending for the thread, for the process, blocked, ignored, caught)."""
    task = subject.task
    ignored = caught = 0
    for signo in range(1, MAX_SIGNAL + 1):
        handler = task.sighand.get(signo).handler
        ignored |= (handler == SIG_IGN) << (signo - 1)
        caught |= (handler not in (SIG_DFL, SIG_IGN)) << (signo - 1)
    return task.pending.bits, subject.process.pending.bits, task.blocked.bits, ignored, caught


def stat(subject: Subject) -> str:
    """52 numbers on one line, for programs (proc_pid_stat(5))."""
    private, _, blocked, ignored, caught = (bits & _LOW_SIGNALS for bits in _signal_sets(subject))
    process, task = subject.process, subject.task
    device, foreground = _terminal(subject)
    head = [task.tid, f"({task.name})", subject.state[0], process.ppid, process.pgid, process.sid, device, foreground]
    times = [time // CLOCK_TICK for time in (subject.cpu_time, 0, process.children_cpu_time, 0)]
    threads = subject.thread_count
    signals = [private, blocked, ignored, caught]
    size, areas = _memory_numbers(subject.mm)
    values = [
        *head, _PF_RANDOMIZE, 0, 0, 0, 0, *times, *_priority(task), threads, 0, subject.start_time // CLOCK_TICK,
        *size, 0, 0, *signals, 0, 0, 0, process.exit_signal, 0, task.rt_priority, task.policy, 0, 0, 0, *areas,
        process.status.word if process.status is not None else 0,
    ]  # fmt: skip
    return " ".join(str(value) for value in values) + "\n"


def _terminal(subject: Subject) -> tuple[int, int]:
    """(device number of the controlling terminal, its foreground process group); (0, -1) without one."""
    for index, terminal in subject.kernel.terminals.items():
        if terminal.session == subject.process.sid:
            return PTS_MAJOR << 8 | index, terminal.foreground
    return 0, -1


def _priority(task: Task) -> tuple[int, int]:
    """(priority as the scheduler counts, nice value)."""
    return (-1 - task.rt_priority if task.rt_priority else NICE_PRIORITY + task.nice), task.nice


def _memory_numbers(mm: AddressSpace | None) -> tuple[list[int], list[int]]:
    """Fields 23 to 28 of stat (vsize to startstack) and 45 to 51 (start_data to env_end)."""
    if mm is None:
        return [0, 0, INFINITY, 0, 0, 0], [0] * 7
    code = next((vma for vma in mm.vmas if vma.prot & EXECUTE), None)
    start, end = (code.start, code.end) if code is not None else (0, 0)
    sizes_now = [sizes(mm).total * PAGE_SIZE, total_usage(mm).resident, INFINITY, start, end, mm.start_stack]
    return sizes_now, [0, 0, mm.start_brk, mm.arg_start, mm.arg_end, mm.env_start, mm.env_end]


def limits(subject: Subject) -> str:
    """Resource limits (getrlimit(2))."""
    limits_of = subject.process.rlimits
    lines = [f"{'Limit':<25} {'Soft Limit':<20} {'Hard Limit':<20} {'Units':<10}\n"]
    for (name, unit), (soft, hard) in zip(_LIMITS, limits_of.values(), strict=True):
        lines.append(f"{name:<25} {_limit(soft):<20} {_limit(hard):<20} {unit and f'{unit:<10}'}\n")
    return "".join(lines)


def _limit(value: int) -> str:
    return "unlimited" if value == INFINITY else str(value)


def comm(subject: Subject) -> str:
    """The command name."""
    return f"{subject.task.name}\n"


def set_comm(subject: Subject, call: Call, data: bytes) -> None:
    """Rename the thread; only threads of the same process may. Raises EINVAL."""
    if call.task.process is not subject.process:
        raise KernelError(Errno.EINVAL, "Only a process itself gives its threads another name")
    subject.task.name = os.fsdecode(data[:COMMAND_LENGTH].partition(b"\0")[0])


def personality(subject: Subject) -> str:
    """Execution domain (personality(2)), hexadecimal."""
    return f"{subject.process.personality:08x}\n"


def wchan(subject: Subject) -> str:
    """Where in the kernel the thread sleeps: 0 when it does not."""
    task = subject.task
    return "0" if task.sleeping is None else f"wait_{task.sleeping.sleep.on.replace('-', '_')}"


def cgroup(subject: Subject) -> str:
    """The control group: there is only the root."""
    return "0::/\n"


def no_login(subject: Subject) -> str:
    """The user who logged in, and the audit session of that: -1, since nobody did."""
    return "4294967295"


def oom_score(subject: Subject) -> str:
    """How bad a choice it would be to end the process when memory runs out."""
    return f"{max(666 + subject.process.oom_score_adj * 2 // 3, 0)}\n"


def oom_score_adj(subject: Subject) -> str:
    """What was added to that."""
    return f"{subject.process.oom_score_adj}\n"


def set_oom_score_adj(subject: Subject, call: Call, data: bytes) -> None:
    """Change it. Raises EINVAL for what is no number in range, EACCES for a lower one by an ordinary user."""
    value = parse_integer(data)
    if not -1000 <= value <= 1000:
        raise KernelError(Errno.EINVAL, "The adjustment goes from -1000 to 1000")
    if value < min(subject.process.oom_score_adj, 0) and not call.task.credentials.capable(Capability.CAP_SYS_RESOURCE):
        raise KernelError(Errno.EACCES, "Only the superuser protects a process more")
    subject.process.oom_score_adj = value


def parse_integer(data: bytes) -> int:
    """A number that was written to a file: decimal, 0x or 0, blanks around it. Raises EINVAL."""
    text = data.partition(b"\0")[0].strip().decode("ascii", "replace")
    negative = text.startswith("-")
    digits = text[1:] if text[:1] in ("-", "+") else text
    lower = digits.lower()
    base = 16 if lower.startswith("0x") else 8 if lower.startswith("0") and lower != "0" else 10
    body = lower.removeprefix("0x") if base == 16 else lower
    allowed = "0123456789abcdef"[:base]
    if not body or len(body) > _MAX_DIGITS or any(digit not in allowed for digit in body):
        raise KernelError(Errno.EINVAL, f"{text!r} is no number")
    return -int(body, base) if negative else int(body, base)


def sched(subject: Subject) -> str:
    """What the scheduler knows, the lines that do not depend on its algorithm."""
    title = f"{subject.task.name} ({subject.task.tid}, #threads: {subject.thread_count})\n"
    rows = (
        ("se.sum_exec_runtime", f"{subject.cpu_time / 1e6:.6f}"),
        ("nr_switches", "0"),
        ("policy", str(subject.task.policy)),
        ("prio", str(100 + _priority(subject.task)[0])),
    )
    lines = "".join(f"{name:<45}:{value:>21}\n" for name, value in rows)
    return f"{title}{'-' * 67}\n{lines}"


def schedstat(subject: Subject) -> str:
    """Time on the CPU and waiting for it, ns, and how often it ran."""
    return f"{subject.cpu_time} 0 1\n"
