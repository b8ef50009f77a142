"""Registers of other architectures, met where ARM or AArch64 code has a number or label: the wrong one was chosen."""

from __future__ import annotations

import re

from app.toolchain.errors import Mistake
from app.toolchain.expression import Cursor
from app.toolchain.machines import MACHINES
from app.toolchain.sections import Symbols

_FOREIGN: dict[str, re.Pattern[str]] = {
    "x86_64": re.compile(r"[re]?[abcd]x|[abcd][hl]|[re][sd]i|[re][bs]p|r(?:[89]|1[0-5])[dwb]?|[xy]mm[0-9]{1,2}"),
    "aarch64": re.compile(r"[xw](?:[12]?[0-9]|30)|[xw]zr|wsp"),
    "arm": re.compile(r"r(?:[0-9]|1[0-5])|pc"),
}


def reject_foreign_register(cursor: Cursor, arch: str, symbols: Symbols) -> None:
    """Raise Mistake when the token at `cursor` is a register of another architecture and no symbol so far."""
    token = cursor.token
    percent = token is not None and token.text == "%"
    if percent and cursor.index + 1 < len(cursor.tokens):
        token = cursor.tokens[cursor.index + 1]
    if token is None or token.kind != "name" or token.text in symbols.by_name:
        return
    word = token.text.lower()
    others = ("x86_64",) if percent else ("x86_64", "aarch64") if arch == "arm" else ("x86_64", "arm")
    for other in others:
        if _FOREIGN[other].fullmatch(word):
            here, there = MACHINES[arch].title, MACHINES[other].title
            article = "an" if here[0] == "A" else "a"
            message = f"`{token.text}` is a register of {there}, and this is {article} {here} program"
            raise Mistake(token.span, message, "switch the architecture?")
