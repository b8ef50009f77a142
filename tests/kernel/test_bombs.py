"""Programs that want to use everything up or never to end. Each run ends in a clear way, the host's memory stays
bounded, a limit answers with Linux's errno, and a request to stop is obeyed at once."""

from __future__ import annotations

import resource
import shutil
import subprocess
import threading
import time
from pathlib import Path

import pytest

from app.kernel.config import KernelConfig
from app.kernel.kernel import Kernel
from app.toolchain.elf import load_elf
from app.toolchain.program import Program
from app.trace.events import AnyEvent, RunEnd
from app.trace.recorder import Recorder

SOURCE = Path(__file__).parent / "bombs" / "bombs.c"
MEMORY = 32 << 20
EVENTS = 5000
HOST_BYTES = 192 << 20
"""What the host may need besides the memory of the machine."""

ENDS = {
    "fork_until": b"forked 1\r\nEAGAIN 0\r\n",
    "zombies": b"EAGAIN 1\r\n",
    "thread_bomb": b"EAGAIN 1\r\n",
    "vfork_chain": b"EAGAIN 1\r\n",
    "rt_queue": b"EAGAIN 1024\r\n",
    "timer_overrun": b"overrun 1\r\n",
    "epoll_nest": b"ELOOP 5\r\nwait 1\r\n",
    "epoll_wide": b"EINVAL 0\r\nwait 1\r\n",
    "scm_recursion": b"ETOOMANYREFS 513\r\nclosed 0\r\n",
    "memfd_fill": b"ENOSPC 0\r\n",
    "file_fill": b"ENOSPC 0\r\n",
    "symlink_loops": b"ELOOP 0\r\n" * 3,
    "inotify_many": None,
    "script_loop": b"ELOOP 0\r\nE2BIG 0\r\nE2BIG 0\r\n",
    "segv_alt": None,
    "orphans": b"",
    "orphans_sleep": b"",
    "xattrs": b"ENOSPC 0\r\n",
    "ptys": b"ENOSPC 255\r\n",
    "unix_dgram_flood": b"EAGAIN 1\r\n",
    "zero_sendfile": None,
    "dup_all": b"EMFILE 1\r\n",
    "rlimit_fds": b"set -1\r\ndup2 0\r\nclose_range 0\r\nEINVAL 0\r\n",
    "robust": b"robust 0\r\n",
    "prio_inherit": b"",
}
"""What those print that exit by themselves; None is not compared."""

SIGNALLED = ["stack_overflow", "segv_noalt", "segv_recursion"]
DEADLOCKED = ["itimer_ignored", "timerfd_storm", "stop_all", "background_read"]
EXHAUSTING = ["shm_fill", "populate", "touch_all", "cow_bomb", "mprotect_huge", "big_reads", "vm_remote", "iov_huge"]
"""They use all of the machine's memory."""

SILENT = ["orphans_spin", "blocked_spin", "busy_threads", "busy_many"]
"""They compute for ever, most without any event."""

ENDLESS = [
    "fork_bomb", "sigchld_flood", "signal_self", "itimer_storm", "timerfd_poll", "posix_timers", "clone_combinations",
    "tcp_full", "many_pipes", "sockets_full", "pipes_full", "shm_ids", "mremap_loop", "one_byte", "inotify_flood",
    "exec_loop", "futex_storm", "segv_loop", "segv_alt_recursion", "yields", "blocks_all", "stop_each_other",
    "dying_proc", "links", "locks", "pty_newlines", "udp_flood", "tcp_syns", "splice_loop", "tee_loop",
    "posix_timer_spin", "poll_many", "brk_grow", "args_proc", "mem_read", "sigwait_threads", "kill_all", "empty_files",
    "mmap_huge", "dents", "deep_directories", "scm_self", "ptrace_loop", "signal_recursion", "maps_read",
]  # fmt: skip
"""They make events for ever, or very many."""


@pytest.fixture(scope="module")
def bombs(tmp_path_factory: pytest.TempPathFactory) -> Program:
    if shutil.which("gcc") is None:
        pytest.skip("needs gcc")
    path = tmp_path_factory.mktemp("bombs") / "bombs"
    command = ["gcc", "-O1", "-static", "-w", "-pthread", "-o", str(path), str(SOURCE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"cannot be built here: {done.stderr[:200]}")
    return load_elf(path.read_bytes())


class Screen:
    """Keeps the first output; nobody types."""

    def __init__(self) -> None:
        self.shown = b""

    def write(self, stream: int, data: bytes) -> None:
        """Keep a little."""
        self.shown = (self.shown + data)[:1000]

    def poll(self, seconds: float) -> bool:
        """The input has ended."""
        return True

    def read(self, size: int) -> bytes | None:
        """Nothing."""
        return b""


def explode(bombs: Program, name: str, max_events: int | None = None, seconds: float = 0) -> tuple[RunEnd, bytes]:
    """Run one; with `seconds` ask it to stop after so long, which it must do at once."""
    last: list[AnyEvent] = []

    def keep_last(events: list[AnyEvent]) -> None:
        last[:] = events[-1:]

    screen = Screen()
    config = KernelConfig(argv=("bombs", name), memory_bytes=MEMORY, max_events=max_events)
    kernel = Kernel(bombs, Recorder(keep_last), screen, config)
    asked: list[float] = []

    def stop() -> None:
        asked.append(time.monotonic())
        kernel.stop("time-limit", "It ran for too long.")

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    clock = threading.Timer(seconds or 60, stop)
    clock.start()
    kernel.run()
    clock.cancel()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before << 10
    end = last[0]
    assert isinstance(end, RunEnd)
    assert grown < MEMORY + HOST_BYTES, f"the host needed {grown >> 20} MiB more"
    assert not seconds or asked, end
    return end, screen.shown


@pytest.mark.parametrize("name", ENDS)
def test_it_ends_with_the_errno_of_linux(bombs: Program, name: str) -> None:
    end, shown = explode(bombs, name)
    assert end.reason == "exit", end.sentence
    expected = ENDS[name]
    assert expected is None or shown == expected


@pytest.mark.parametrize("name", SIGNALLED)
def test_it_is_killed(bombs: Program, name: str) -> None:
    end, _ = explode(bombs, name)
    assert (end.reason, end.signal) == ("signal", "SIGSEGV"), end.sentence


@pytest.mark.parametrize("name", DEADLOCKED)
def test_nothing_could_wake_it(bombs: Program, name: str) -> None:
    end, _ = explode(bombs, name)
    assert end.reason == "deadlock", end.sentence


@pytest.mark.parametrize("name", EXHAUSTING)
def test_it_uses_all_memory_of_the_machine_and_no_more(bombs: Program, name: str) -> None:
    end, _ = explode(bombs, name)
    assert end.reason == "memory-limit", end.sentence


@pytest.mark.parametrize("name", ENDLESS)
def test_it_goes_on_until_the_event_limit(bombs: Program, name: str) -> None:
    end, _ = explode(bombs, name, max_events=EVENTS)
    assert end.reason == "event-limit", end.sentence


@pytest.mark.parametrize("name", SILENT)
def test_it_is_stopped_from_another_thread(bombs: Program, name: str) -> None:
    end, _ = explode(bombs, name, seconds=0.3)
    assert end.reason == "time-limit", end.sentence
