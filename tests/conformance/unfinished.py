"""Conformance programs that cannot pass yet, and why. The list only shrinks: the tests expect these to fail."""

from __future__ import annotations

UNFINISHED: dict[str, str] = {}
"""Program, or "program-glibc" and "program-musl" where only one C library is concerned: what is missing."""


def reason_for(program: str, library: str) -> str | None:
    """Why the program is expected to fail with this C library; None when it has to pass."""
    return UNFINISHED.get(program) or UNFINISHED.get(f"{program}-{library}")
