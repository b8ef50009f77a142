"""The second mangling of Rust, `_RNvC4main4main` (RFC 2603, "Symbol name grammar")."""

from __future__ import annotations

import string
from collections.abc import Callable

MAX_STEPS = 2000
MAX_DEPTH = 60
MAX_LENGTH = 1000
_BASE_62 = string.digits + string.ascii_letters
_BASIC_TYPES = {
    "a": "i8", "b": "bool", "c": "char", "d": "f64", "e": "str", "f": "f32", "h": "u8", "i": "isize", "j": "usize",
    "l": "i32", "m": "u32", "n": "i128", "o": "u128", "p": "_", "s": "i16", "t": "u16", "u": "()", "v": "...",
    "x": "i64", "y": "u64", "z": "!",
}  # fmt: skip
_POINTERS = {"P": "*const ", "O": "*mut ", "R": "&", "Q": "&mut "}


class _BadNameError(Exception):
    """The name does not follow the grammar."""


def demangle_v0(name: str) -> str:
    """The path that `name` stands for; `name` itself when it does not follow the grammar."""
    parser = _Parser(name)
    try:
        return parser.path(in_value=True) or name
    except (_BadNameError, ValueError):
        return name


class _Parser:
    def __init__(self, name: str) -> None:
        self.text = name[2:]
        self.position = 0
        self.steps = MAX_STEPS
        self.depth = 0

    def peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def next(self) -> str:
        letter = self.peek()
        self.position += 1
        self.steps -= 1
        if not letter or self.steps < 0:
            raise _BadNameError
        return letter

    def take(self, letter: str) -> bool:
        found = self.peek() == letter
        self.position += found
        return found

    def number(self) -> int:
        """A base 62 number: `_` is 0, `0_` is 1."""
        if self.take("_"):
            return 0
        value = 0
        while not self.take("_"):
            value = value * 62 + _BASE_62.index(self.next())
            if value > 1 << 70:
                raise _BadNameError
        return value + 1

    def disambiguator(self) -> int:
        """Which of several things of the same name."""
        return self.number() + 1 if self.take("s") else 0

    def identifier(self) -> str:
        """A name; empty for what has none."""
        is_unicode = self.take("u")
        digits = ""
        while self.peek().isdecimal() and (digits != "0"):
            digits += self.next()
        if not digits or len(digits) > 4:
            raise _BadNameError
        self.take("_")
        start = self.position
        self.position += int(digits)
        if self.position > len(self.text):
            raise _BadNameError
        text = self.text[start : self.position]
        return text.replace("_", "-").encode().decode("punycode", "replace") if is_unicode else text

    def path(self, in_value: bool = False) -> str:
        """What a path reads like: as part of an expression, or as a type."""
        self._descend()
        kind = self.next()
        if kind == "C":
            self.disambiguator()
            result = self.identifier()
        elif kind == "N":
            space = self.next()
            outer = self.path(in_value)
            number = self.disambiguator()
            inner = self.identifier()
            if space.isupper():
                kind_name = {"C": "closure", "S": "shim"}.get(space, space)
                inner = f"{{{kind_name}{':' if inner else ''}{inner}#{number}}}"
            result = f"{outer}::{inner}" if inner else outer
        elif kind in "MXY":
            if kind != "Y":
                self.disambiguator()
                self.path()
            own = self.type()
            result = f"<{own}>" if kind == "M" else f"<{own} as {self.path()}>"
        elif kind == "I":
            outer = self.path(in_value)
            separator = "::" if in_value else ""
            result = f"{outer}{separator}<{', '.join(self._arguments())}>"
        elif kind == "B":
            result = self._back(lambda: self.path(in_value))
        else:
            raise _BadNameError
        self.depth -= 1
        if len(result) > MAX_LENGTH:
            raise _BadNameError
        return result

    def type(self) -> str:
        """What a type reads like."""
        kind = self.peek()
        if kind in "CNMXYI":
            return self.path()
        self._descend()
        self.next()
        if kind in _BASIC_TYPES:
            result = _BASIC_TYPES[kind]
        elif kind in _POINTERS:
            if kind in "RQ" and self.take("L"):
                self.number()
            result = _POINTERS[kind] + self.type()
        elif kind == "A":
            result = f"[{self.type()}; {self._constant()}]"
        elif kind == "S":
            result = f"[{self.type()}]"
        elif kind == "T":
            result = f"({', '.join(self._until_end(self.type))})"
        elif kind == "F":
            result = self._function()
        elif kind == "D":
            result = self._dynamic()
        elif kind == "B":
            result = self._back(self.type)
        else:
            raise _BadNameError
        self.depth -= 1
        if len(result) > MAX_LENGTH:
            raise _BadNameError
        return result

    def _descend(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _BadNameError

    def _back(self, read: Callable[[], str]) -> str:
        """What stands at an earlier place."""
        start = self.position - 1
        target = self.number()
        if target >= start:
            raise _BadNameError
        here, self.position = self.position, target
        result = read()
        self.position = here
        return result

    def _until_end(self, read: Callable[[], str]) -> list[str]:
        found = []
        while not self.take("E"):
            found.append(read())
        return found

    def _arguments(self) -> list[str]:
        found = []
        while not self.take("E"):
            if self.take("L"):
                self.number()
            elif self.take("K"):
                found.append(self._constant())
            else:
                found.append(self.type())
        return found

    def _constant(self) -> str:
        if self.take("B"):
            return self._back(self._constant)
        kind = self.next()
        if kind == "p":
            return "_"
        sign = "-" if self.take("n") else ""
        digits = ""
        while not self.take("_"):
            digits += self.next()
        value = int(digits or "0", 16)
        return {0: "false", 1: "true"}.get(value, "?") if kind == "b" else f"{sign}{value}"

    def _function(self) -> str:
        if self.take("G"):
            self.number()
        self.take("U")
        if self.take("K") and not self.take("C"):
            self.identifier()
        arguments = self._until_end(self.type)
        result = self.type()
        return f"fn({', '.join(arguments)})" + (f" -> {result}" if result != "()" else "")

    def _dynamic(self) -> str:
        if self.take("G"):
            self.number()
        traits = []
        while not self.take("E"):
            traits.append(self.path())
            while self.take("p"):
                self.identifier()
                self.type()
        if self.take("L"):
            self.number()
        return "dyn " + " + ".join(traits)
