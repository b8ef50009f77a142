"""Many hostile visitors at once, on the real server: one well-behaved visitor must be served all the while."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import websocket

from tests.runner.support import becomes_true, is_dead
from tests.support.client import Client
from tests.support.live import LiveServer, children

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="programs run in Linux's sandbox only")

MAX_RUNS = 6
MEGABYTE = 1 << 20
HEAD = ".intel_syntax noprefix\n.globl _start\n_start:\n"
EXIT = "mov eax, 60\nxor edi, edi\nsyscall\n"
PRINT = "mov eax, 1\nmov edi, 1\nlea rsi, [rip + text]\nmov edx, 3\nsyscall\n"
TEXT = 'text: .ascii "hi\\n"\n.balign 8\nlong: .quad 1 << 40, 0\nname: .asciz "f"\n'
HELLO = HEAD + PRINT + EXIT + TEXT

HOSTILE = {
    "prints for ever": HEAD + "again:\n" + PRINT + "jmp again\n" + TEXT,
    "loops for ever": HEAD + "again: jmp again\n",
    "forks for ever": HEAD + "again:\nmov eax, 57\nsyscall\nmov eax, 56\nsyscall\nmov eax, 435\nsyscall\njmp again\n",
    "takes all memory": HEAD
    + "again:\nmov eax, 9\nxor edi, edi\nmov esi, 1 << 24\nmov edx, 3\nmov r10d, 0x8022\nmov r8, -1\nxor r9, r9\n"
    + "syscall\njmp again\n",
    "touches all memory": HEAD
    + "mov eax, 9\nxor edi, edi\nmov esi, 1 << 28\nmov edx, 3\nmov r10d, 0x4022\nmov r8, -1\nxor r9, r9\nsyscall\n"
    + "again:\nmov byte ptr [rax], 1\nadd rax, 4096\njmp again\n",
    "fills the file system": HEAD
    + "mov eax, 85\nlea rdi, [rip + name]\nmov esi, 0x1ff\nsyscall\nmov ebx, eax\n"
    + "again:\nmov eax, 1\nmov edi, ebx\nmov rsi, rsp\nmov edx, 4096\nsyscall\njmp again\n"
    + TEXT,
    "opens for ever": HEAD + "again:\nmov eax, 22\nlea rdi, [rsp - 64]\nsyscall\njmp again\n",
    "sleeps for years": HEAD + "again:\nmov eax, 35\nlea rdi, [rip + long]\nxor esi, esi\nsyscall\njmp again\n" + TEXT,
    "waits for the keyboard": HEAD + "xor eax, eax\nxor edi, edi\nmov rsi, rsp\nmov edx, 1\nsyscall\njmp _start\n",
    "kills everybody": HEAD + "again:\nmov eax, 62\nmov rdi, -1\nmov esi, 9\nsyscall\njmp again\n",
    "assembles for ever": ".rept 1000\n" * 12 + "nop\n" + ".endr\n" * 12,
    "is no program": "mov eax,,\n" * 1000,
}

PACKETS = [
    *("4", "4x", "42", '42["run"', "42{}", "43", "431[]", "40", "41", "44", "46", "0", "1", "2", "6", "9", "b", "\x1e"),
    "42" + "[" * 50000,
    '42["run",' + '{"source":' * 5000,
    '42["run",{"source":"' + "x" * 300_000 + '"}]',
    '4599999-["run",{"_placeholder":true,"num":0}]',
    '421["run",{"source":"\\u0000"}]',
    '421["run",{"source":"nop"}]',
    '421["input",{"run":"x","data":"x"}]',
]


class Server(LiveServer):
    """`trapgate serve` with its log in a file, and what it uses."""

    def __init__(self, log: Path, **settings: str) -> None:
        self.log = log
        with open(log, "w") as file:
            super().__init__([sys.executable, "-m", "app", "serve", "--port", "0"], stderr=file, **settings)
        self.web = children(self.process.pid)[0]

    @property
    def runner(self) -> int:
        return self.health()["runner"]["pid"]

    def workers(self) -> list[int]:
        return children(self.runner)

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.web}/fd")) + len(os.listdir(f"/proc/{self.runner}/fd"))

    def resident(self) -> int:
        """Bytes that the web process and the runner have in memory."""
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in (self.web, self.runner))
        return pages * os.sysconf("SC_PAGE_SIZE")

    def is_at_rest(self) -> bool:
        """No run in progress, and nothing but warm workers."""
        status = self.health()["runner"]
        return status["runner"] == "ready" and status["runs"] == 0 and len(self.workers()) == 2


@pytest.fixture(scope="module")
def trapgate(tmp_path_factory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("abuse") / "log"
    live = Server(
        log,
        max_runs=str(MAX_RUNS),
        max_run_cpu_seconds="0.5",
        max_run_events="3000",
        warm_workers="2",
        build_c_library="false",
    )
    yield live
    live.close()


@pytest.fixture
def server(trapgate) -> Iterator[Server]:
    """The server at rest; afterwards it must come to rest again, and have nothing to complain about."""
    assert becomes_true(trapgate.is_at_rest)
    yield trapgate
    assert becomes_true(trapgate.is_at_rest)
    assert "Traceback" not in trapgate.log.read_text()


@pytest.fixture
def client(server) -> Iterator[Client]:
    visitor = Client(server.url)
    yield visitor
    visitor.close()


class Visitor(threading.Thread):
    """Repeats `act` until told to end; keeps what went wrong."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.act = act
        self.failure: BaseException | None = None
        self.rounds = 0
        self.over = threading.Event()
        self.start()

    def run(self) -> None:
        try:
            while not self.over.is_set():
                self.act()
                self.rounds += 1
        except BaseException as failure:
            self.failure = failure

    def end(self) -> None:
        self.over.set()
        self.join(30)
        assert not self.is_alive()
        if self.failure:
            raise self.failure


@contextlib.contextmanager
def raw(server: LiveServer) -> Iterator[websocket.WebSocket]:
    """A connection that ends without a word. Once it stands, whatever the server does to it is all right."""
    url = server.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    connection = websocket.create_connection(url, timeout=20)
    try:
        connection.recv()
        connection.send("40")
        for _ in ("connected", "toolchain"):
            connection.recv()
        with contextlib.suppress(OSError, websocket.WebSocketException):
            yield connection
    finally:
        connection.shutdown()


def greet(client: Client, pause: threading.Event) -> bool:
    """Run the well-behaved program; False when the server is busy. Anything else is a failure."""
    answer = client.call("run", {"source": HELLO})
    if not answer["ok"]:
        assert answer["error"]["code"] == "busy"
        pause.wait(0.05)
        return False
    end = client.finish(answer["run"])[-1]
    assert (end["type"], end["reason"], end["status"]) == ("run.end", "exit", 0)
    client.messages.clear()
    return True


def broken_packets(server: LiveServer, rng: random.Random) -> None:
    """A visitor who sends garbage, and is gone at a random moment."""
    with raw(server) as connection:
        for packet in rng.choices(PACKETS, k=5):
            connection.send(packet)
        connection.send_binary(rng.randbytes(100))


def hostile_runs(server: LiveServer, rng: random.Random) -> None:
    """A visitor who starts something nasty, types and stops wildly, reads a little and closes the tab."""
    with raw(server) as connection:
        connection.send("421" + json.dumps(["run", {"source": rng.choice(list(HOSTILE.values()))}]))
        answer = connection.recv()
        if '"ok":true' not in answer:
            return
        run = json.loads(answer[3:])[0]["run"]
        for _ in range(rng.randrange(60)):
            connection.send("422" + json.dumps(["input", {"run": run, "data": "x" * rng.randrange(5000)}]))
        for _ in range(rng.randrange(3)):
            connection.send("423" + json.dumps(["stop", {"run": run}]))
        connection.settimeout(0.1)
        for _ in range(rng.randrange(10)):
            connection.recv()


def hostile_checks(server: LiveServer, rng: random.Random) -> None:
    """A visitor whose editor asks all the time, about the worst, and who leaves without reading the answers."""
    with raw(server) as connection:
        for _ in range(rng.randrange(30)):
            connection.send("421" + json.dumps(["check", {"source": rng.choice(list(HOSTILE.values()))}]))
        connection.settimeout(0.1)
        for _ in range(rng.randrange(10)):
            connection.recv()


@pytest.mark.parametrize("program", HOSTILE)
def test_a_hostile_program_ends_in_order(client, program):
    run = client.run(HOSTILE[program])
    if program == "waits for the keyboard":
        client.until(lambda: any(event["type"] == "input.wait" for event in client.events(run)))
        assert client.call("stop", {"run": run})["ok"]
    events = client.finish(run)
    if events:
        assert events[-1]["type"] == "run.end"
        assert events[-1]["reason"] not in ("exit", "internal-error")
        assert [event["seq"] for event in events] == list(range(len(events)))
    else:
        assert any(name == "rejected" for name, _ in client.messages)
    assert greet(client, threading.Event())


def test_when_every_worker_is_taken_the_next_visitor_is_told_and_later_served(server, client):
    waiting = [Client(server.url) for _ in range(MAX_RUNS)]
    for visitor in waiting:
        run = visitor.run(HOSTILE["waits for the keyboard"])
        visitor.until(lambda: any(event["type"] == "input.wait" for event in visitor.events(run)))  # noqa: B023
    assert client.call("run", {"source": HELLO})["error"]["code"] == "busy"
    for visitor in waiting:
        visitor.close()
    assert becomes_true(lambda: greet(client, threading.Event()))


def test_the_sudden_death_of_a_worker_is_one_runs_misfortune(server, client):
    victim = Client(server.url)
    before = set(server.workers())
    run = victim.run(HOSTILE["waits for the keyboard"])
    victim.until(lambda: any(event["type"] == "input.wait" for event in victim.events(run)))
    for pid in before:
        # One of the warm workers has the run; the others are replaced.
        os.kill(pid, signal.SIGKILL)
    assert victim.finish(run)[-1]["reason"] == "memory-limit"
    victim.close()
    # A signal takes its time to kill, and until then a worker would get a run.
    assert becomes_true(lambda: all(is_dead(pid) for pid in before))
    assert greet(client, threading.Event())


def test_the_sudden_death_of_the_runner_ends_its_runs_and_nothing_else(server, client):
    victim = Client(server.url)
    run = victim.run(HOSTILE["waits for the keyboard"])
    victim.until(lambda: any(event["type"] == "input.wait" for event in victim.events(run)))
    workers = server.workers()
    os.kill(server.runner, signal.SIGKILL)
    assert victim.finish(run)[-1]["reason"] == "internal-error"
    victim.close()
    assert greet(client, threading.Event())
    assert all(is_dead(pid) for pid in workers)


def test_a_storm_of_hostile_visitors(server, client):
    pause = threading.Event()
    assert greet(client, pause)
    assert becomes_true(server.is_at_rest)
    descriptors = server.descriptors()
    memory = server.resident()
    served: list[bool] = []
    friend = Visitor(lambda: served.append(greet(client, pause)))
    crowd = [Visitor(partial(broken_packets, server, random.Random(seed))) for seed in range(4)]
    crowd += [Visitor(partial(hostile_runs, server, random.Random(seed))) for seed in range(6)]
    crowd += [Visitor(partial(hostile_checks, server, random.Random(seed))) for seed in range(2)]
    silent = [Client(server.url, acknowledge=False) for _ in range(2)]
    for visitor in silent:
        visitor.call("run", {"source": HOSTILE["prints for ever"]})
    assert becomes_true(lambda: served.count(True) >= 15 and all(visitor.rounds >= 5 for visitor in crowd))
    assert server.health()["runner"]["runs"] <= MAX_RUNS
    for visitor in (*crowd, friend):
        visitor.end()
    for visitor in silent:
        visitor.close()
    assert becomes_true(server.is_at_rest)
    assert becomes_true(lambda: server.descriptors() <= descriptors)
    assert server.resident() - memory < 30 * MEGABYTE
    assert greet(client, pause)
