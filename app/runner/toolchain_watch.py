"""What can be made into a program here, and the build of the C libraries in the background; for the web process."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import app
from app.runner import c_library
from app.runner.compiler_box import missing
from app.runner.messages import LanguageState, LibraryState, Toolchain
from app.runner.rust import RustMissingError, find_rust
from app.toolchain.c.kit import Kit, KitError, find_kit
from app.toolchain.c.targets import TARGETS
from app.toolchain.machines import ARCHES
from app.toolchain.rust.commands import ARCHES as RUST_ARCHES

_LOOK_SECONDS = 1.0

_log = logging.getLogger("trapgate.runner")


class ToolchainWatch:
    """Knows the state of the toolchain, and tells listeners when it changes. `jobs` compilers build what is missing.

    Nothing is built when `jobs` is 0.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._kit: Kit | None = None
        self._reason = missing()
        try:
            self._kit = find_kit()
        except KitError as error:
            self._reason = str(error)
        self._listeners: list[Callable[[Toolchain], None]] = []
        self._builder: subprocess.Popen[bytes] | None = None
        self._closed = threading.Event()

    def current(self) -> Toolchain:
        """What can be made into a program now."""
        arches = () if self._kit is None or self._reason else tuple(TARGETS)
        return Toolchain(
            languages=(
                LanguageState("gas", ARCHES),
                LanguageState("nasm", ("x86_64", "i386")),
                LanguageState("c", arches, "" if arches else f"C cannot be compiled here: {self._reason}"),
                self._rust(),
                LanguageState("elf", ARCHES),
            ),
            libraries=tuple(self._libraries(arches)),
        )

    def _rust(self) -> LanguageState:
        try:
            find_rust()
        except RustMissingError as error:
            return LanguageState("rust", (), f"Rust cannot be compiled here: {error}")
        reason = missing()
        return LanguageState(
            "rust", () if reason else RUST_ARCHES, f"Rust cannot be compiled here: {reason}" if reason else ""
        )

    def on_change(self, listener: Callable[[Toolchain], None]) -> None:
        """Have `listener` called whenever the state changes, from a thread of its own."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Build what is missing in the background, and watch. Without effect when there is nothing to do."""
        if not self._jobs or self._builder is not None or self._closed.is_set():
            return
        before = self.current()
        if all(library.state == "ready" for library in before.libraries):
            return
        try:
            self._builder = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "app.runner.c_library", str(self._jobs)],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                cwd=Path(app.__file__).parent.parent,
            )
        except OSError as error:
            _log.error("the C libraries cannot be built: %s", error)
            return
        threading.Thread(target=self._watch, args=(self._builder, before), name="c-library", daemon=True).start()

    def close(self) -> None:
        """End the build; the next start begins the unfinished library again."""
        self._closed.set()
        if self._builder is not None and self._builder.poll() is None:
            self._builder.terminate()

    def _libraries(self, arches: tuple[str, ...]) -> list[LibraryState]:
        return [c_library.state(self._kit, arch) for arch in arches if self._kit is not None]

    def _watch(self, builder: subprocess.Popen[bytes], shown: Toolchain) -> None:
        over = False
        while not (over or self._closed.is_set()):
            self._closed.wait(_LOOK_SECONDS)
            over = builder.poll() is not None
            if (now := self.current()) != shown:
                shown = now
                for listener in self._listeners:
                    listener(now)
        builder.wait()
        if over and builder.returncode and not self._closed.is_set():
            _log.error("some C libraries could not be built; `trapgate doctor` says which")
