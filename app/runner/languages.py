"""Which language a run's source is in, and whether that needs a compiler. No source text is searched for the latter."""

from __future__ import annotations

from typing import Literal

from app.runner.messages import RunSpec
from app.toolchain.detect import detect_language

CompiledLanguage = Literal["c", "rust"]


def language_of(spec: RunSpec) -> str:
    """The language of the source: what was said, or for `auto` what name and content tell."""
    return detect_language(spec.filename, spec.source) if spec.language == "auto" else spec.language


def compiled_language(spec: RunSpec) -> CompiledLanguage | None:
    """The compiled language that the source is in, None for all others. For `auto` the name alone decides."""
    language = detect_language(spec.filename, spec.source[:4]) if spec.language == "auto" else spec.language
    match language:
        case "c" | "rust":
            return language
        case _:
            return None
