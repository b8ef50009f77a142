"""The files of /proc about the machine: processor, memory, time, versions, devices (proc(5))."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_SIZE
from app.kernel import utsname
from app.kernel.clock import BOOT_OFFSET, CLOCK_TICK, REALTIME_EPOCH, SECOND
from app.kernel.task import TaskState

from . import config

if TYPE_CHECKING:
    from app.kernel.kernel import Kernel

_MEMORY_ROWS = (
    "Buffers", "Cached", "SwapCached", "Active", "Inactive", "Active(anon)", "Inactive(anon)", "Active(file)",
    "Inactive(file)", "Unevictable", "Mlocked", "SwapTotal", "SwapFree", "Dirty", "Writeback", "AnonPages", "Mapped",
    "Shmem", "KReclaimable", "Slab", "SReclaimable", "SUnreclaim", "KernelStack", "PageTables", "SecPageTables",
    "NFS_Unstable", "Bounce", "WritebackTmp", "CommitLimit", "Committed_AS", "VmallocTotal", "VmallocUsed",
    "VmallocChunk", "Percpu",
)  # fmt: skip

_CHARACTER_DEVICES = ((1, "mem"), (5, "/dev/tty"), (5, "/dev/console"), (5, "/dev/ptmx"), (128, "ptm"), (136, "pts"))
_FILESYSTEMS = ("sysfs", "tmpfs", "proc", "devtmpfs", "sockfs", "pipefs", "devpts", "mqueue")


def cpuinfo(kernel: Kernel) -> str:
    """The processor."""
    rows = (f"{name}{_tabs(name)}:{f' {value}' if value else ''}\n" for name, value in kernel.abi.cpuinfo)
    return "".join(rows) + "\n"


def _tabs(name: str) -> str:
    """Tabs up to the colon, which stands in column 16."""
    return "\t" * (2 - len(name) // 8)


def meminfo(kernel: Kernel) -> str:
    """Memory, kB: page frames of the machine, and the pages of its files in memory."""
    scale = PAGE_SIZE >> 10
    free = (kernel.memory.frames - kernel.memory.used) * scale
    values = dict.fromkeys(("MemTotal", "MemFree", "MemAvailable", *_MEMORY_ROWS), 0)
    values.update(MemTotal=kernel.memory.frames * scale, MemFree=free, MemAvailable=free)
    values.update(AnonPages=kernel.memory.used * scale, Active=kernel.memory.used * scale)
    values["Active(anon)"] = kernel.memory.used * scale
    values.update(CommitLimit=kernel.memory.frames * scale, Committed_AS=kernel.memory.used * scale)
    return "".join(f"{name + ':':<15} {value:>8} kB\n" for name, value in values.items())


def stat(kernel: Kernel) -> str:
    """Counters since boot. The processor is idle when every task sleeps."""
    busy, idle = kernel.clock.cpu_time // CLOCK_TICK, (BOOT_OFFSET + kernel.clock.idle) // CLOCK_TICK
    times = f"{busy} 0 0 {idle} 0 0 0 0 0 0"
    started = (REALTIME_EPOCH - BOOT_OFFSET) // SECOND
    return (
        f"cpu  {times}\ncpu0 {times}\nintr 0\nctxt 0\nbtime {started}\nprocesses {kernel.last_pid}\n"
        f"procs_running {_running(kernel)}\nprocs_blocked 0\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n"
    )


def uptime(kernel: Kernel) -> str:
    """Seconds since boot, and how many of them the processor was idle."""
    return f"{_seconds(kernel.clock.monotonic)} {_seconds(BOOT_OFFSET + kernel.clock.idle)}\n"


def _seconds(nanoseconds: int) -> str:
    hundredths = nanoseconds // (SECOND // 100)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def loadavg(kernel: Kernel) -> str:
    """Load averages (always 0: a run is short), running and all threads, the latest process id."""
    bystanders = sum(not process.tasks and not process.is_zombie for process in kernel.processes.values())
    return f"0.00 0.00 0.00 {_running(kernel)}/{len(kernel.tasks) + bystanders} {kernel.last_pid}\n"


def _running(kernel: Kernel) -> int:
    return sum(task.state is TaskState.RUNNABLE for task in kernel.tasks.values())


def version(kernel: Kernel) -> str:
    """What uname tells, in a sentence."""
    host = f"{utsname.NODENAME}@{utsname.NODENAME}"
    return f"{utsname.SYSNAME} version {utsname.RELEASE} ({host}) (Python) {utsname.VERSION}\n"


def cmdline(kernel: Kernel) -> str:
    """The arguments of the kernel itself."""
    return "\n"


def filesystems(kernel: Kernel) -> str:
    """Types of file systems; none of them needs a device."""
    return "".join(f"nodev\t{name}\n" for name in _FILESYSTEMS)


def devices(kernel: Kernel) -> str:
    """Drivers by major number."""
    characters = "".join(f"{number:3d} {name}\n" for number, name in _CHARACTER_DEVICES)
    return f"Character devices:\n{characters}\nBlock devices:\n"


def partitions(kernel: Kernel) -> str:
    """There are no disks."""
    return "major minor  #blocks  name\n\n"


def swaps(kernel: Kernel) -> str:
    """There is no swap space."""
    return "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"


def vmstat(kernel: Kernel) -> str:
    """Counters of the memory manager."""
    return (
        f"nr_free_pages {kernel.memory.frames - kernel.memory.used}\nnr_anon_pages {kernel.memory.used}\n"
        f"pgfault {kernel.faults}\npgmajfault 0\n"
    )


def interrupts(kernel: Kernel) -> str:
    """The emulated processor gets none."""
    return "           CPU0       \nERR:          0\n"


def configuration(kernel: Kernel) -> bytes:
    """How the kernel is configured."""
    return config.compressed(kernel.abi)


FILES: dict[str, Callable[[Kernel], str | bytes]] = {
    "cmdline": cmdline,
    "config.gz": configuration,
    "cpuinfo": cpuinfo,
    "devices": devices,
    "filesystems": filesystems,
    "interrupts": interrupts,
    "loadavg": loadavg,
    "meminfo": meminfo,
    "partitions": partitions,
    "stat": stat,
    "swaps": swaps,
    "uptime": uptime,
    "version": version,
    "vmstat": vmstat,
}
