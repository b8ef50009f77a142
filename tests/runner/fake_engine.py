"""An engine without CPU or kernel: the source is the name of a behaviour."""

from __future__ import annotations

import ctypes
import os
import signal
import threading

from app.kernel.console import Console
from app.runner.execution import Started
from app.runner.messages import Built, RunSpec
from app.runner.worker import SOCKET_FD
from app.toolchain.program import Diagnostic, SourceError
from app.trace.events import Counters, EndReason, InputWait, Output, RunEnd
from app.trace.recorder import Recorder


class FakeRun:
    """One run; `stop` is what the attendant calls."""

    def __init__(self, spec: RunSpec, recorder: Recorder, console: Console) -> None:
        self.spec = spec
        self.recorder = recorder
        self.console = console
        self.stopped: tuple[EndReason, str] | None = None
        self.stop_asked = threading.Event()

    def notice_input(self) -> None:
        """It looks at the keyboard often enough."""

    def stop(self, reason: EndReason, sentence: str) -> None:
        self.stopped = (reason, sentence)
        self.stop_asked.set()

    def say(self, data: bytes) -> None:
        self.recorder.emit(Output(stream=0, data=data))

    def end(self, reason: EndReason = "exit", sentence: str = "The program exited.") -> None:
        counters = Counters(traps=0, faults=0, events=self.recorder.seq, output_bytes=0, memory_bytes=0, time=0)
        self.recorder.emit(
            RunEnd(reason=reason, status=0, signal=None, exit_code=0, sentence=sentence, counters=counters)
        )
        self.recorder.flush()


class FakeEngine:
    """Behaviours are the methods `do_*`."""

    rehearsals = 0

    def load(self, *arches: str) -> None:
        pass

    def prepare(self) -> None:
        pass

    def rehearse(self) -> None:
        self.rehearsals += 1

    def check(self, spec: RunSpec) -> Built:
        while spec.source == b"hang":
            pass
        return Built(language="fake", mistakes=[], lines=[], assembly=[])

    def run(self, spec: RunSpec, recorder: Recorder, console: Console, started: Started) -> None:
        name = spec.source.decode()
        if name == "mistake":
            raise SourceError([Diagnostic(line=3, column=5, end_column=9, message="unknown instruction")])
        if name == "hang-assembling":
            while True:
                pass
        run = FakeRun(spec, recorder, console)
        started(run)
        getattr(self, "do_" + name.replace("-", "_"))(run)

    def do_pid(self, run: FakeRun) -> None:
        run.say(str(os.getpid()).encode())
        run.end()

    def do_rehearsals(self, run: FakeRun) -> None:
        run.say(str(self.rehearsals).encode())
        run.end()

    def do_echo(self, run: FakeRun) -> None:
        while True:
            run.recorder.emit(InputWait(call=0, sentence=""))
            run.recorder.flush()
            data = run.console.read(4096)
            if not data:
                break
            run.say(data)
        run.end(*(run.stopped or ()))

    def do_loop(self, run: FakeRun) -> None:
        run.say(b"before the loop")
        while not run.stopped:
            pass
        run.end(*run.stopped)

    def do_echo_then_loop(self, run: FakeRun) -> None:
        run.recorder.emit(InputWait(call=0, sentence=""))
        run.recorder.flush()
        run.say(run.console.read(4096))
        self.do_loop(run)

    def do_quiet(self, run: FakeRun) -> None:
        run.say(str(os.getpid()).encode())
        run.stop_asked.wait()
        run.end(*run.stopped)

    def do_asleep(self, run: FakeRun) -> None:
        run.say(b"sleeps through everything")
        threading.Event().wait()

    def do_deaf(self, run: FakeRun) -> None:
        run.say(b"never stops")
        while True:
            pass

    def do_forever(self, run: FakeRun) -> None:
        while not run.stopped:
            run.say(b"x" * 1000)
        run.end(*run.stopped)

    def do_large(self, run: FakeRun) -> None:
        for _ in range(12):
            run.say(b"x" * (1 << 20))
        run.end()

    def do_bug(self, run: FakeRun) -> None:
        run.say(b"before the bug")
        raise KeyError("a bug\nof ours")

    def do_memory(self, run: FakeRun) -> None:
        run.say(str(len(bytearray(3 << 30))).encode())

    def do_segfault(self, run: FakeRun) -> None:
        run.say(b"before the crash")
        run.recorder.flush()
        ctypes.string_at(0)

    def do_leave(self, run: FakeRun) -> None:
        os._exit(0)

    def do_garbage(self, run: FakeRun) -> None:
        os.write(SOCKET_FD, b"\0\0\0\x04\xc1\xc1\xc1\xc1")
        run.stop_asked.wait()

    def do_oversized(self, run: FakeRun) -> None:
        os.write(SOCKET_FD, b"\xff\xff\xff\xff")
        run.stop_asked.wait()

    def do_gap(self, run: FakeRun) -> None:
        run.say(b"0")
        run.recorder.seq = 7
        run.say(b"7")
        run.end()

    def do_no_end(self, run: FakeRun) -> None:
        run.say(b"no run.end follows")

    def do_attack(self, run: FakeRun) -> None:
        attempts = {
            "open": lambda: os.open("/etc/passwd", os.O_RDONLY),
            "stat": lambda: os.stat("/"),
            "listdir": lambda: os.listdir("/"),
            "kill": lambda: os.kill(os.getppid(), signal.SIGKILL),
            "fork": os.fork,
            "thread": lambda: threading.Thread(target=int).start(),
            "dup": lambda: os.dup(SOCKET_FD),
        }
        for name, attempt in attempts.items():
            try:
                attempt()
            except (OSError, RuntimeError) as error:
                run.say(f"{name}: {type(error).__name__}".encode())
            else:
                run.say(f"{name}: done".encode())
        run.end()

    def do_socket(self, run: FakeRun) -> None:
        ctypes.CDLL(None).socket(1, 1, 0)
        run.end()
