"""Run-to-first-event through the whole web stack, and the memory a run takes."""

from __future__ import annotations

import os
import queue
import re
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import socketio

from .programs import HELLO

RUNS = 40


def run_to_first_event() -> None:
    """Start a server, press Run many times over one connection, print the median and the 95th percentile."""
    server = subprocess.Popen(
        [sys.executable, "-m", "app", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        url = _url(server)
        client = socketio.Client()
        first: queue.Queue[float] = queue.Queue()
        over: queue.Queue[str] = queue.Queue()
        state = {"waiting": False}

        @client.on("events")
        def events(message: dict[str, object]) -> bool:
            if state["waiting"]:
                state["waiting"] = False
                first.put(time.perf_counter())
            return True

        @client.on("ended")
        def ended(message: dict[str, str]) -> None:
            over.put(message["run"])

        client.connect(url, transports=["websocket"])
        times = []
        for _ in range(RUNS):
            state["waiting"] = True
            start = time.perf_counter()
            answer = client.call("run", {"source": HELLO}, timeout=30)
            if not answer["ok"]:
                sys.exit(f"the server refused the run: {answer}")
            times.append(first.get(timeout=30) - start)
            over.get(timeout=30)
        warm = sorted(times[5:])
        print(
            f"Run-to-first-event through the web stack, warm: median {statistics.median(warm) * 1000:.1f} ms, "
            f"95th percentile {warm[int(len(warm) * 0.95)] * 1000:.1f} ms ({len(warm)} runs)"
        )
        _print_memory(client)
        client.disconnect()
    finally:
        server.terminate()
        server.wait(timeout=20)


def _url(server: subprocess.Popen[str]) -> str:
    """The address the server prints when it listens."""
    assert server.stdout is not None
    for line in server.stdout:
        if found := re.search(r"http://\S+:\d+", line):
            return found.group()
    sys.exit("the server ended before it listened")


def _print_memory(client: socketio.Client) -> None:
    """Memory of the server's processes while one worker waits for the keyboard in the middle of a run."""
    waiting = HELLO.replace("mov eax, 1\n", "xor eax, eax\n").replace("mov edi, 1", "xor edi, edi")
    answer = client.call("run", {"source": waiting}, timeout=30)
    if not answer["ok"]:
        sys.exit(f"the server refused the run: {answer}")
    print("memory of the server's processes, one run in progress (MiB; private is what only this process has):")
    for pid in sorted(_descendants(os.getpid())):
        # Some end meanwhile.
        with suppress(FileNotFoundError, ProcessLookupError):
            print(f"  {pid:>7}  {_memory(pid)}  {_command(pid)}")


def _descendants(pid: int) -> list[int]:
    """Every process below `pid`."""
    found = []
    with suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *_descendants(int(child))]
    return found


def _memory(pid: int) -> str:
    """Private and resident size. A sandboxed worker lets nobody look closer than `statm`."""
    resident, shared = (int(field) * os.sysconf("SC_PAGE_SIZE") / 2**20 for field in _statm(pid)[1:3])
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return f"resident {resident:5.1f}, of which files {shared:5.1f}, private unknown (sandboxed)"
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in rollup.splitlines()[1:]}
    private = sizes["Private_Dirty"] + sizes["Private_Clean"]
    return f"resident {resident:5.1f}, private {private:5.1f}, PSS {sizes['Pss']:5.1f}"


def _statm(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/statm").read_text().split()


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:60]
