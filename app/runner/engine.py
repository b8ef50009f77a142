"""Trapgate's engine: source text or ELF file, through the toolchain, onto the kernel. Loads Unicorn and Keystone."""

from __future__ import annotations

from app.cpu.arch import architecture
from app.cpu.cpu import warm_up
from app.kernel.abi import ABIS
from app.kernel.config import GuestFile, KernelConfig
from app.kernel.console import Console
from app.kernel.errno import KernelError
from app.kernel.kernel import Kernel
from app.runner.code_lines import code_lines
from app.runner.execution import BadSpecError, Started
from app.runner.languages import CompiledLanguage, compiled_language, language_of
from app.runner.messages import Built, Limits, RunSpec
from app.toolchain import keystone
from app.toolchain.assemble import assemble
from app.toolchain.c.commands import SOURCE_NAME as C_SOURCE_NAME
from app.toolchain.elf import ElfError, load_elf
from app.toolchain.isa import instruction_set
from app.toolchain.program import Diagnostic, Program, SourceError
from app.toolchain.rust.commands import SOURCE_NAME as RUST_SOURCE_NAME
from app.trace.recorder import Recorder

_SOURCE_NAMES: dict[CompiledLanguage, str] = {"c": C_SOURCE_NAME, "rust": RUST_SOURCE_NAME}
"""What `load_elf` finds the visitor's own file by."""

_REHEARSAL = b"""
.globl _start
_start:
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + text]
    mov edx, 3
    syscall
    mov eax, 60
    xor edi, edi
    syscall
.data
text: .ascii "hi\\n"
"""


class TrapgateEngine:
    """The one `app.runner.execution.Engine` that users meet."""

    def load(self, *arches: str) -> None:
        """See `app.runner.execution.Engine.load`."""
        for arch in arches:
            architecture(arch)
            instruction_set(arch)
            _ = ABIS[arch]
        keystone.load()

    def prepare(self) -> None:
        """Load everything and run a small program once."""
        self.load(*ABIS)
        for arch in ABIS:
            warm_up(arch)
        self.rehearse()

    def rehearse(self) -> None:
        """Run a small program without a trace."""
        limits = Limits(
            cpu_seconds=1, wall_seconds=1, memory_bytes=1 << 20, events=1000, output_bytes=1000, source_bytes=1000
        )
        spec = RunSpec(source=_REHEARSAL, language="gas", arch="x86_64", limits=limits)
        self.run(spec, Recorder(lambda events: None), _Silence(), lambda run: None)

    def check(self, spec: RunSpec) -> Built:
        """See `app.runner.execution.Engine.check`."""
        program = build(spec)
        return Built(language=program.language, mistakes=[], lines=code_lines(program), assembly=[])

    def run(self, spec: RunSpec, recorder: Recorder, console: Console, started: Started) -> None:
        """See `app.runner.execution.Engine.run`."""
        program = build(spec)
        config = KernelConfig(
            argv=spec.argv,
            env=spec.env,
            cwd=spec.cwd,
            files=tuple(GuestFile(*file) for file in spec.files),
            root=spec.root,
            seed=spec.seed,
            memory_bytes=spec.limits.memory_bytes,
            max_events=spec.limits.events,
            max_output_bytes=spec.limits.output_bytes,
            columns=spec.columns,
            rows=spec.rows,
            streams=spec.streams,
            echo=spec.echo,
        )
        kernel = Kernel(program, recorder, console, config)
        started(kernel)
        try:
            kernel.run()
        except (ValueError, KernelError) as error:
            if kernel.tasks:
                raise
            # There is no process yet: the file system could not be set up.
            what = "" if isinstance(error, ValueError) else f"the working directory {spec.cwd} cannot be created: "
            raise BadSpecError(f"{what}{error}") from error


def build(spec: RunSpec) -> Program:
    """Make the Program. Raises SourceError."""
    if spec.image:
        try:
            compiled = compiled_language(spec) or "c"
            return load_elf(spec.image, language=compiled, source_name=_SOURCE_NAMES[compiled])
        except ElfError as error:
            raise _mistake(f"the compiled program cannot run: {error}") from error
    if len(spec.source) > spec.limits.source_bytes:
        raise _mistake(f"the source has {len(spec.source)} bytes; at most {spec.limits.source_bytes} are allowed")
    language = language_of(spec)
    if language == "elf":
        try:
            return load_elf(spec.source)
        except ElfError as error:
            raise _mistake(str(error)) from error
    if language not in ("gas", "nasm"):
        raise _mistake(
            f"{spec.filename} is neither assembly (GNU as or NASM) nor an ELF file",
            hint="C and Rust are known by their names, .c and .rs; --lang says it otherwise",
        )
    try:
        text = spec.source.decode()
    except UnicodeDecodeError as error:
        line = spec.source.count(b"\n", 0, error.start) + 1
        raise _mistake(f"byte {spec.source[error.start]:#04x} is not UTF-8 text", line) from error
    calls = {name: number for number, name in ABIS[spec.arch].names.items()}
    return assemble(text, language=language, arch=spec.arch, filename=spec.filename, calls=calls)


def _mistake(message: str, line: int = 1, hint: str = "") -> SourceError:
    return SourceError([Diagnostic(line=line, column=1, end_column=2, message=message, hint=hint)])


class _Silence:
    def write(self, stream: int, data: bytes) -> None:
        pass

    def poll(self, seconds: float) -> bool:
        return True

    def read(self, size: int) -> bytes | None:
        return b""
