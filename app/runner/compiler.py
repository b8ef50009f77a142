"""One compilation: a one-shot process, confined by `app.runner.compiler_box`, that runs the compiler's programs.

It is forked from a single-threaded process. What it answers is as untrusted as what a worker says, because clang has
read hostile text in it.
"""

from __future__ import annotations

import os
import signal
from typing import NoReturn

import msgspec
from msgspec import Struct

from app.runner import c_library, compiler_box, landlock, rust
from app.runner.compiler_box import BoxLimits
from app.runner.frames import pack
from app.runner.landlock import Rule
from app.runner.messages import AssemblyLine, Built, Crashed, Rejected, SourceMistake
from app.runner.rust_compiler import compile_rust
from app.toolchain.c.assembly import Assembly, read_assembly
from app.toolchain.c.commands import ASSEMBLY_NAME, PROGRAM_NAME, SOURCE_NAME, Library, Step, compile_steps, link_steps
from app.toolchain.c.diagnostics import NO_LINES, clean, read_clang, read_linker
from app.toolchain.c.kit import Kit
from app.toolchain.c.source import Reading, read_source
from app.toolchain.machines import MACHINES
from app.toolchain.program import Diagnostic
from app.toolchain.rust.commands import SOURCE_NAME as RUST_SOURCE_NAME
from app.toolchain.rust.commands import RustKit

_MESSAGES_NAME = "messages"
_MAX_MESSAGES_BYTES = 262144
_MAX_ASSEMBLY_BYTES = 16 << 20

_encoder = msgspec.msgpack.Encoder()


class Order(Struct, frozen=True):
    """What to compile. Without `link` only mistakes and the assembly are wanted."""

    source: bytes
    arch: str
    optimize: int
    link: bool


class Compiled(Struct, frozen=True, forbid_unknown_fields=True):
    """What came of an Order: `frame` is a worker's frame with a Built, Rejected or Crashed; `image` is the ELF file."""

    frame: bytes
    image: bytes = b""


class _Failed(Exception):
    """The source cannot be compiled; `diagnostics` says why."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__()
        self.diagnostics = diagnostics


def main(socket_fd: int, order: Order, kit: Kit | RustKit, folder: str, limits: BoxLimits, *, parent: int) -> NoReturn:
    """Compile in `folder`, send one Compiled and end the process; call it right after fork.

    `parent` is the pid of the process that forked.
    """
    status = 1
    try:
        _keep_only(socket_fd)
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            # An output that grows too large fails with EFBIG, which the tools report; the signal would only end them.
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            confined = _confined_rust if isinstance(kit, RustKit) else _confined
            compiled = confined(order, kit, folder, limits, parent)  # type: ignore[arg-type]
        except Exception as error:
            compiled = Compiled(_encoder.encode(Crashed("internal-error", f"{type(error).__name__}: {error}")))
        data = memoryview(pack(_encoder.encode(compiled)))
        while data:
            data = data[os.write(socket_fd, data) :]
        status = 0
    finally:
        os._exit(status)


def rejection(message: str, hint: str = "") -> Compiled:
    """The answer to an order that nothing can be done with."""
    return _rejected([Diagnostic(1, 1, 2, message, hint)])


def _keep_only(socket_fd: int) -> None:
    """Close every descriptor but the socket; standard streams become /dev/null."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in range(3):
        os.dup2(null, fd)
    os.closerange(3, socket_fd)
    os.closerange(socket_fd + 1, os.sysconf("SC_OPEN_MAX"))
    os.set_inheritable(socket_fd, False)


def _confined(order: Order, kit: Kit, folder: str, limits: BoxLimits, parent: int) -> Compiled:
    # The box hides the cache of libraries, so it is looked at before.
    library = c_library.find(kit, order.arch)
    without_library = _without_library(kit, order.arch) if library is None else None
    compiler_box.enter(parent=parent, rules=_rules(kit, folder, library), limits=limits)
    os.chdir(folder)
    try:
        text = _text(order)
        reading = read_source(text)
    except _Failed as failure:
        return _rejected(failure.diagnostics)
    if reading.mistakes:
        return _rejected(reading.mistakes)
    if reading.wants_library and without_library is not None and order.link:
        return without_library
    _write(SOURCE_NAME, order.source)
    try:
        return _compile(order, text, kit, reading, library if reading.wants_library else None, limits)
    except _Failed as failure:
        return _rejected(failure.diagnostics)


def _confined_rust(order: Order, kit: RustKit, folder: str, limits: BoxLimits, parent: int) -> Compiled:
    compiler_box.enter(parent=parent, rules=rust.rules(kit, folder), limits=limits)
    os.chdir(folder)
    try:
        text = _text(order)
        _write(RUST_SOURCE_NAME, order.source)
        result = compile_rust(
            kit, text, optimize=order.optimize, link=order.link, run=lambda step: _run(step, limits, "/usr/bin:/bin")
        )
    except _Failed as failure:
        return _rejected(failure.diagnostics)
    if not result.made:
        return _rejected(result.mistakes)
    assembly = read_assembly(_read(ASSEMBLY_NAME, _MAX_ASSEMBLY_BYTES).decode("utf-8", "replace"), RUST_SOURCE_NAME)
    image = _read(PROGRAM_NAME, limits.file_bytes) if order.link else b""
    return Compiled(_built("rust", result.mistakes, assembly), image)


def _text(order: Order) -> str:
    """The source as text. Raises _Failed."""
    try:
        return order.source.decode()
    except UnicodeDecodeError as error:
        line = order.source.count(b"\n", 0, error.start) + 1
        message = f"byte {order.source[error.start]:#04x} is not UTF-8 text"
        raise _Failed(Diagnostic(line, 1, 2, message)) from error


def _rules(kit: Kit, folder: str, library: Library | None) -> tuple[Rule, ...]:
    rules = [
        Rule(kit.zig, landlock.EXECUTE),
        Rule(f"{kit.lib}/include", landlock.READ),
        Rule(f"{kit.lib}/libc/include", landlock.READ),
        Rule(kit.include, landlock.READ),
        Rule(kit.start, landlock.READ),
        Rule(folder, landlock.WORK),
    ]
    if library is not None:
        rules.append(Rule(os.path.dirname(library.start), landlock.READ))
    return tuple(rules)


def _without_library(kit: Kit, arch: str) -> Compiled:
    state = c_library.state(kit, arch)
    name = f"the C library for {MACHINES[arch].title}"
    if state.state == "building":
        return rejection(
            f"{name} is being built: {state.done:,} of {state.total:,} files",
            "try again in a moment; programs that include only `syscall.h` run now",
        )
    if state.state == "failed":
        return rejection(f"{name} could not be built", "`trapgate doctor --build` says why")
    return rejection(f"{name} has not been built yet", f"`trapgate doctor --build --arch {arch}` builds it")


def _compile(
    order: Order, text: str, kit: Kit, reading: Reading, library: Library | None, limits: BoxLimits
) -> Compiled:
    warnings: list[Diagnostic] = []
    assembly = Assembly((), NO_LINES)
    for step in compile_steps(kit, order.arch, optimize=order.optimize, hosted=reading.wants_library):
        messages = _run(step, limits)
        found = read_clang(messages, source=text, lines=assembly.map)
        if not os.path.exists(step.makes):
            raise _Failed(*(found or [_unexplained(step, messages)]))
        warnings += found
        if step.makes == ASSEMBLY_NAME:
            assembly = read_assembly(_read(ASSEMBLY_NAME, _MAX_ASSEMBLY_BYTES).decode("utf-8", "replace"))
    image = b""
    if order.link:
        for step in link_steps(kit, order.arch, library):
            messages = _run(step, limits)
            if not os.path.exists(step.makes):
                raise _Failed(*(read_linker(messages) or [_unexplained(step, messages)]))
        image = _read(PROGRAM_NAME, limits.file_bytes)
    return Compiled(_built("c", warnings, assembly), image)


def _built(language: str, warnings: list[Diagnostic], assembly: Assembly) -> bytes:
    """The frame that says what was made."""
    return _encoder.encode(
        Built(
            language=language,
            mistakes=[_mistake(diagnostic) for diagnostic in warnings],
            lines=[],
            assembly=[AssemblyLine(line.text, line.source) for line in assembly.lines],
        )
    )


def _run(step: Step, limits: BoxLimits, path: str = "") -> str:
    """Run one program and return what it said on standard error. Raises _Failed when a limit ended it.

    `path` is where it finds programs that it starts by name.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    pid = os.posix_spawn(
        step.argv[0],
        step.argv,
        # `__DATE__` and `__TIME__` are the same whenever a program is compiled.
        {"HOME": "/", "SOURCE_DATE_EPOCH": "0", "TMPDIR": ".", **({"PATH": path} if path else {})},
        file_actions=[(os.POSIX_SPAWN_OPEN, 2, _MESSAGES_NAME, flags, 0o600)],
    )
    _, status, usage = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    messages = _read(_MESSAGES_NAME, _MAX_MESSAGES_BYTES).decode("utf-8", "replace")
    if code != 0 and (failure := _limit_reached(code, usage.ru_utime + usage.ru_stime, messages, limits)):
        raise _Failed(failure)
    return messages


def _limit_reached(code: int, seconds: float, messages: str, limits: BoxLimits) -> Diagnostic | None:
    if code == -signal.SIGXCPU or (code == -signal.SIGKILL and seconds >= limits.cpu_seconds):
        return Diagnostic(
            1,
            1,
            2,
            f"compiling was stopped: it took more than {limits.cpu_seconds:g} seconds of processor time",
            "macros, or headers that include one another, can grow without end",
        )
    if "File too large" in messages or "EFBIG" in messages:
        return Diagnostic(
            1,
            1,
            2,
            f"the program is larger than {limits.file_bytes >> 20} MiB, the most a compiled program may have",
            "an array without an initializer takes no room in the program's file",
        )
    if "out of memory" in messages or "bad_alloc" in messages or "Cannot allocate memory" in messages:
        return Diagnostic(
            1,
            1,
            2,
            f"compiling was stopped: it needs more than {limits.memory_bytes >> 20} MiB of memory",
            "macros that double what they are given grow fast",
        )
    if code < 0 or "frontend command failed" in messages:
        how = f" with {signal.Signals(-code).name}" if code < 0 else ""
        return Diagnostic(
            1,
            1,
            2,
            f"the compiler crashed{how} while it read this program",
            "expressions and macros that are nested very deeply do that",
        )
    return None


def _unexplained(step: Step, messages: str) -> Diagnostic:
    first = clean(messages.strip().partition("\n")[0])
    return Diagnostic(1, 1, 2, f"the compiler could not {step.what} this program" + (f": {first}" if first else ""))


def _rejected(diagnostics: tuple[Diagnostic, ...] | list[Diagnostic]) -> Compiled:
    return Compiled(_encoder.encode(Rejected([_mistake(diagnostic) for diagnostic in diagnostics])))


def _mistake(diagnostic: Diagnostic) -> SourceMistake:
    return msgspec.convert(diagnostic, SourceMistake, from_attributes=True)


def _write(name: str, data: bytes) -> None:
    with open(name, "wb") as file:
        file.write(data)


def _read(name: str, most: int) -> bytes:
    with open(name, "rb") as file:
        return file.read(most)
