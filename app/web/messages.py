"""What a client may say, as types: decoding and checking of every inbound message of `docs/protocol.md`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from app.runner.messages import Limits, RunSpec
from app.settings import Settings

MAX_INPUT_BYTES = 4096
MAX_ARGV_ENTRIES = 64
MAX_ARGV_BYTES = 4096
MAX_TERMINAL_SIZE = 500

ErrorCode = Literal[
    "bad-message", "too-large", "bad-source", "bad-elf", "run-active", "no-such-run", "busy", "unavailable"
]
Positive = Annotated[int, Meta(ge=1)]
Optimize = Annotated[int, Meta(ge=0, le=2)]
Language = Literal["auto", "gas", "nasm", "c", "rust"]
Arch = Literal["x86_64", "i386", "arm", "aarch64", "riscv64"]

_FILENAMES = {"elf": "program", "nasm": "program.asm", "c": "program.c", "rust": "program.rs"}
_ELF_MAGIC = b"\x7fELF"


class MessageError(Exception):
    """A message that cannot be served; `answer` is the acknowledgement that says so."""

    def __init__(self, code: ErrorCode, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = _printable(message)
        self.field = field and _printable(field)

    @property
    def answer(self) -> dict[str, Any]:
        """The failure in the form `docs/protocol.md` gives it."""
        return {"ok": False, "error": {"code": self.code, "message": self.message, "field": self.field}}


class RunRequest(Struct, frozen=True):
    """Payload of `run`. Either `source` or `elf`, bytes or base64, is given."""

    source: str | None = None
    elf: bytes | None = None
    language: Language = "auto"
    arch: Arch = "x86_64"
    optimize: Optimize = 0
    argv: tuple[str, ...] = ("program",)
    columns: Positive = 80
    rows: Positive = 24


class CheckRequest(Struct, frozen=True):
    """Payload of `check`."""

    source: str
    language: Language = "auto"
    arch: Arch = "x86_64"
    optimize: Optimize = 0


class InputRequest(Struct, frozen=True):
    """Payload of `input`."""

    run: str
    data: str
    eof: bool = False


class StopRequest(Struct, frozen=True):
    """Payload of `stop`."""

    run: str


Request = TypeVar("Request", RunRequest, CheckRequest, InputRequest, StopRequest)


def decode(kind: type[Request], payload: object) -> Request:
    """Turn a client's payload into `kind`, or raise `MessageError` naming the field at fault."""
    if not isinstance(payload, dict):
        raise MessageError("bad-message", "The payload must be an object.")
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    values = {}
    for name, value in payload.items():
        if name not in fields:
            shown = name[:64]
            raise MessageError("bad-message", f"There is no field `{shown}`.", shown)
        try:
            values[name] = msgspec.convert(value, fields[name].type)
        except msgspec.ValidationError as error:
            raise MessageError("bad-message", f"`{name}`: {error}.", name) from None
        except UnicodeEncodeError:
            raise MessageError("bad-message", f"`{name}` holds half of a surrogate pair.", name) from None
    for name, field in fields.items():
        if field.required and name not in values:
            raise MessageError("bad-message", f"The field `{name}` is missing.", name)
    return kind(**values)


def run_spec(request: RunRequest, settings: Settings) -> RunSpec:
    """What the runner is asked for. Raises `MessageError` for a size over its limit, a source that is not text, and an
    ELF file that is none."""
    argv = _checked_argv(request.argv)
    for name, size in (("columns", request.columns), ("rows", request.rows)):
        if size > MAX_TERMINAL_SIZE:
            raise MessageError("too-large", f"`{name}` is {size}; at most {MAX_TERMINAL_SIZE} are possible.", name)
    if request.elf is None:
        if request.source is None:
            raise MessageError("bad-message", "The field `source` is missing.", "source")
        source, language = _checked_source(request.source, settings.max_source_bytes), str(request.language)
    else:
        if request.source is not None:
            raise MessageError("bad-message", "There is a `source` as well as an ELF file; send one of them.", "elf")
        source, language = _checked_elf(request.elf, settings.max_elf_bytes), "elf"
    return RunSpec(
        source=source,
        language=language,
        arch=request.arch,
        limits=_limits(settings, len(source)),
        filename=_FILENAMES.get(language, "program.s"),
        argv=argv,
        columns=request.columns,
        rows=request.rows,
        optimize=request.optimize,
    )


def check_spec(request: CheckRequest, settings: Settings) -> RunSpec:
    """What the runner is asked for. Raises `MessageError` for a source that is too long or not text."""
    source = _checked_source(request.source, settings.max_source_bytes)
    limits = msgspec.structs.replace(
        _limits(settings, len(source)),
        cpu_seconds=min(settings.max_check_seconds, settings.max_run_cpu_seconds),
        wall_seconds=settings.max_check_seconds,
    )
    return RunSpec(
        source=source,
        language=request.language,
        arch=request.arch,
        limits=limits,
        filename=_FILENAMES.get(request.language, "program.s"),
        action="check",
        optimize=request.optimize,
    )


def _limits(settings: Settings, source_bytes: int) -> Limits:
    return Limits(
        cpu_seconds=settings.max_run_cpu_seconds,
        wall_seconds=settings.max_run_wall_seconds,
        memory_bytes=settings.max_run_memory_bytes,
        events=settings.max_run_events,
        output_bytes=settings.max_run_output_bytes,
        source_bytes=max(settings.max_source_bytes, source_bytes),
    )


def input_bytes(request: InputRequest) -> bytes:
    """What was typed, in UTF-8. Raises `MessageError` when it is too long or not text."""
    data = _encoded(request.data, "data")
    if len(data) > MAX_INPUT_BYTES:
        raise MessageError("too-large", f"The input has {len(data)} bytes; at most {MAX_INPUT_BYTES} fit.", "data")
    return data


def _printable(text: str) -> str:
    """Quotes of a client's own words may hold half a surrogate pair, which no JSON encoder takes."""
    return text.encode(errors="replace").decode()


def _checked_source(text: str, limit: int) -> bytes:
    try:
        source = text.encode()
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise MessageError("bad-source", f"Line {line} holds half of a surrogate pair.", "source") from None
    if len(source) > limit:
        raise MessageError("too-large", f"The source has {len(source)} bytes; at most {limit} are allowed.", "source")
    nul = source.find(0)
    if nul >= 0:
        line = source.count(b"\n", 0, nul) + 1
        raise MessageError("bad-source", f"Line {line} holds a NUL byte; a source must be text.", "source")
    return source


def _checked_elf(data: bytes, limit: int) -> bytes:
    if len(data) > limit:
        raise MessageError("too-large", f"The file has {len(data)} bytes; at most {limit} are allowed.", "elf")
    if not data.startswith(_ELF_MAGIC):
        raise MessageError("bad-elf", "This is not an ELF file: it does not begin with 7f 45 4c 46 (.ELF).", "elf")
    return data


def _checked_argv(argv: tuple[str, ...]) -> tuple[str, ...]:
    if len(argv) > MAX_ARGV_ENTRIES:
        raise MessageError("too-large", f"{len(argv)} arguments; at most {MAX_ARGV_ENTRIES} are possible.", "argv")
    if any("\0" in argument for argument in argv):
        raise MessageError("bad-message", "An argument holds a NUL byte.", "argv")
    size = sum(len(_encoded(argument, "argv")) for argument in argv)
    if size > MAX_ARGV_BYTES:
        raise MessageError("too-large", f"The arguments have {size} bytes; at most {MAX_ARGV_BYTES} fit.", "argv")
    return argv


def _encoded(text: str, field: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise MessageError("bad-message", f"`{field}` holds half of a surrogate pair.", field) from None
