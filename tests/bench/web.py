"""Run-to-first-event through the whole web stack, and the memory a run takes."""

from __future__ import annotations

import os
import queue
import re
import statistics
import subprocess
import sys
import time
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
    """Memory of a worker that waits for the keyboard in the middle of a run."""
    client.call(
        "run", {"source": HELLO.replace("mov eax, 1\n", "xor eax, eax\n").replace("mov edi, 1", "xor edi, edi")}
    )
    workers = [(_memory(pid), pid) for pid in _descendants(os.getpid())]
    print("processes of the server (private + shared share, MiB):")
    for (pss, private, name), pid in sorted(workers, key=lambda row: row[1]):
        print(f"  {pid:>7}  PSS {pss / 1024:6.1f}  private {private / 1024:6.1f}  {name}")


def _descendants(pid: int) -> list[int]:
    """Every process below `pid`."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *_descendants(int(child))]
    return found


def _memory(pid: int) -> tuple[int, int, str]:
    """(PSS, private, command line) in KiB."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0, 0, "(not readable)"
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in rollup.splitlines()[1:]}
    command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()[:90]
    return sizes["Pss"], sizes["Private_Dirty"] + sizes["Private_Clean"], command
