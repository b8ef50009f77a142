"""Every setting and limit, once: the environment variables, their defaults, and the table in `docs/settings.md`."""

from __future__ import annotations

import sys

from pydantic import Field
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.trace import generated


class Settings(BaseSettings):
    """Read from `TRAPGATE_*` environment variables; a bad value raises `pydantic.ValidationError` naming it."""

    model_config = SettingsConfigDict(env_prefix="TRAPGATE_", frozen=True)

    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port the web server listens on; 0 picks a free one.")
    max_connections: int = Field(1000, ge=1, le=1_000_000, description="Connections served at once.")
    max_source_bytes: int = Field(65536, ge=1, le=4 << 20, description="Largest source text, in bytes of UTF-8.")
    max_elf_bytes: int = Field(4 << 20, ge=1024, le=16 << 20, description="Largest ELF file to run, in bytes.")
    max_run_cpu_seconds: float = Field(5.0, gt=0, le=86400, description="CPU time one run may use, in seconds.")
    max_run_wall_seconds: float = Field(
        300.0,
        gt=0,
        le=604800,
        description="Wall-clock time one run may last, waiting for the keyboard included, in seconds.",
    )
    max_run_memory_bytes: int = Field(
        64 << 20,
        ge=1 << 20,
        le=1 << 40,
        multiple_of=4096,
        description="Physical memory of the emulated machine, in bytes.",
    )
    max_run_events: int = Field(20000, ge=100, le=10_000_000, description="Events one run may produce.")
    max_run_output_bytes: int = Field(262144, ge=1, le=1 << 30, description="Bytes one run may print.")
    max_runs: int = Field(64, ge=1, le=100_000, description="Runs in progress at once on this server.")
    max_checks: int = Field(
        8, ge=1, le=100_000, description="Sources checked at once on this server, while visitors type."
    )
    max_check_seconds: float = Field(
        5.0, gt=0, le=3600, description="Processor time, and time on the clock, that one check may take, in seconds."
    )
    check_interval_seconds: float = Field(
        0.25, ge=0, le=60, description="Least time between the beginnings of two checks of one connection, in seconds."
    )
    max_compile_cpu_seconds: float = Field(
        5.0, ge=1, le=3600, description="CPU time that each program of one compilation may use, in seconds."
    )
    max_compile_wall_seconds: float = Field(
        10.0, gt=0, le=3600, description="Wall-clock time that one compilation may take, in seconds."
    )
    max_compile_memory_bytes: int = Field(
        1 << 30, ge=256 << 20, le=1 << 40, description="Address space of each program of one compilation, in bytes."
    )
    max_compile_output_bytes: int = Field(
        8 << 20, ge=1 << 20, le=16 << 20, description="Largest file that a compilation may make, in bytes."
    )
    max_compilations: int = Field(4, ge=1, le=1000, description="Compilations at once; others wait for their turn.")
    build_c_library: bool = Field(
        True, description="Build the C libraries that are missing in the background when the server starts."
    )
    c_library_jobs: int = Field(1, ge=1, le=256, description="Compilers at once in that background build.")
    cache_dir: str = Field(
        "", description="Where built C libraries are kept; empty means `trapgate` in `$XDG_CACHE_HOME` or `~/.cache`."
    )
    warm_workers: int = Field(
        2, ge=0, le=1000, description="Sandboxed workers kept ready, so that a run starts at once."
    )
    max_unacknowledged_batches: int = Field(8, ge=1, le=1000, description="Event messages in flight to one browser.")
    acknowledge_timeout_seconds: float = Field(
        30.0, gt=0, le=86400, description="A browser silent for this long, in seconds, has its run ended."
    )


def reference() -> str:
    """The settings page of the documentation, Markdown."""
    lines = [
        f"<!-- {generated.notice('app.settings')} -->",
        "# Settings and limits",
        "",
        "Read from the environment when the server starts. A value that is out of range stops it with a message.",
        "",
        "| variable | default | least | most | meaning |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        least, most = _bound(field, ("ge", ""), ("gt", "above ")), _bound(field, ("le", ""))
        lines.append(f"| `TRAPGATE_{name.upper()}` | `{field.default}` | {least} | {most} | {field.description} |")
    return "\n".join(lines) + "\n"


def _bound(field: FieldInfo, *kinds: tuple[str, str]) -> str:
    """The bound that the first of `kinds` (attribute of a rule, word before the number) sets; empty without one."""
    for attribute, word in kinds:
        for rule in field.metadata:
            if (bound := getattr(rule, attribute, None)) is not None:
                return f"{word}{bound}"
    return ""


if __name__ == "__main__":
    sys.exit(generated.main("app.settings", {"docs/settings.md": reference()}))
