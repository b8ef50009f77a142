"""Registers of other architectures where code has a number or label: the wrong architecture was chosen."""

from __future__ import annotations

import re

from app.toolchain.errors import Mistake
from app.toolchain.expression import Cursor
from app.toolchain.lexer import Line
from app.toolchain.machines import MACHINES

_FOREIGN: dict[str, re.Pattern[str]] = {
    "x86_64": re.compile(r"[re]?[abcd]x|[abcd][hl]|[re][sd]i|[re][bs]p|r(?:[89]|1[0-5])[dwb]?|[xy]mm[0-9]{1,2}"),
    "aarch64": re.compile(r"[xw](?:[12]?[0-9]|30)|[xw]zr|wsp"),
    "arm": re.compile(r"r(?:[0-9]|1[0-5])|pc"),
}


def reject_foreign_register(cursor: Cursor, arch: str, lines: list[Line]) -> None:
    """Raise Mistake when the token at `cursor` is a register of another architecture and no symbol in `lines`."""
    token = cursor.token
    percent = token is not None and token.text == "%"
    if percent and cursor.index + 1 < len(cursor.tokens):
        token = cursor.tokens[cursor.index + 1]
    if token is None or token.kind != "name":
        return
    word = token.text.lower()
    others = ("x86_64",) if percent else tuple(other for other in _FOREIGN if other != arch)
    for other in others:
        if _FOREIGN[other].fullmatch(word) and not defines(lines, token.text):
            here, there = MACHINES[arch].title, MACHINES[other].title
            article = "an" if here[0] == "A" else "a"
            message = f"`{token.text}` is a register of {there}, and this is {article} {here} program"
            raise Mistake(token.span, message, "switch the architecture?")


def defines(lines: list[Line], name: str) -> bool:
    """Whether a line makes `name` a label or constant."""
    for line in lines:
        for index, token in enumerate(line.tokens):
            if token.text == name:
                after = line.tokens[index + 1].text if index + 1 < len(line.tokens) else ""
                before = line.tokens[index - 1].text.lower() if index else ""
                if after in (":", "=") or before in (".equ", ".set", ".equiv", ".comm", ".lcomm", ".macro"):
                    return True
    return False
