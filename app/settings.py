"""Every setting and limit, once: the environment variables, their defaults, and the table in `docs/settings.md`."""

from __future__ import annotations

import sys

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.trace import generated


class Settings(BaseSettings):
    """Read from `TRAPGATE_*` environment variables; a bad value raises `pydantic.ValidationError` naming it."""

    model_config = SettingsConfigDict(env_prefix="TRAPGATE_", frozen=True)

    host: str = Field("127.0.0.1", description="Address the web server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port the web server listens on; 0 picks a free one.")
    max_connections: int = Field(1000, ge=1, description="Connections served at once.")
    max_source_bytes: int = Field(65536, ge=1, description="Largest source text, in bytes of UTF-8.")
    max_run_cpu_seconds: float = Field(5.0, gt=0, description="CPU time one run may use, in seconds.")
    max_run_wall_seconds: float = Field(
        300.0, gt=0, description="Wall-clock time one run may last, waiting for the keyboard included, in seconds."
    )
    max_run_memory_bytes: int = Field(
        64 << 20, ge=1 << 20, multiple_of=4096, description="Physical memory of the emulated machine, in bytes."
    )
    max_run_events: int = Field(20000, ge=100, description="Events one run may produce.")
    max_run_output_bytes: int = Field(262144, ge=1, description="Bytes one run may print.")
    max_runs: int = Field(64, ge=1, description="Runs in progress at once on this server.")
    warm_workers: int = Field(2, ge=0, description="Sandboxed workers kept ready, so that a run starts at once.")
    max_unacknowledged_batches: int = Field(8, ge=1, description="Event messages in flight to one browser.")
    acknowledge_timeout_seconds: float = Field(
        30.0, gt=0, description="A browser silent for this long, in seconds, has its run ended."
    )


def reference() -> str:
    """The settings page of the documentation, Markdown."""
    lines = [
        f"<!-- {generated.notice('app.settings')} -->",
        "# Settings and limits",
        "",
        "Read from the environment when the server starts. A value that is out of range stops it with a message.",
        "",
        "| variable | default | least | meaning |",
        "| --- | --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        least = next((str(bound) for rule in field.metadata if (bound := _lower_bound(rule)) is not None), "")
        lines.append(f"| `TRAPGATE_{name.upper()}` | `{field.default}` | {least} | {field.description} |")
    return "\n".join(lines) + "\n"


def _lower_bound(rule: object) -> str | None:
    """The lower bound that a field's rule sets."""
    if (bound := getattr(rule, "ge", None)) is not None:
        return str(bound)
    if (bound := getattr(rule, "gt", None)) is not None:
        return f"above {bound}"
    return None


if __name__ == "__main__":
    sys.exit(generated.main("app.settings", {"docs/settings.md": reference()}))
