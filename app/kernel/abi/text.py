"""Values of system call arguments as strace(1) prints them."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import cache, lru_cache

from .constants import FIELD_MASKS, MAX_SIGNAL, AccessMode, FileMode, IoctlRequest, Signo
from .file_constants import FAMILIES
from .flags import Flags

_ESCAPES = {0x09: r"\t", 0x0A: r"\n", 0x0B: r"\v", 0x0C: r"\f", 0x0D: r"\r", 0x22: r"\"", 0x5C: r"\\"}
_OCTAL_DIGITS = b"01234567"
_PLAIN = re.compile(rb"[ !#-\[\]-~]*")
_DIRECTIONS = ("_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE")
_MOST_SIGNALS = MAX_SIGNAL * 2 // 3


def count_of(count: int, noun: str) -> str:
    """`1 event`, `3 events`: for sentences."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def count_bytes(count: int) -> str:
    """`1 byte`, `3 bytes`."""
    return count_of(count, "byte")


def quote(data: bytes, limit: int | None = 32) -> str:
    r"""Quote bytes: `"hi\n"`, and `"..."...` when there are more than `limit`; None is no limit, as for paths.

    Bytes without a name are octal, with as few digits as can be read back: `\0`, but `\0001` for NUL and `1`.
    """
    dots = ""
    if limit is not None and len(data) > limit:
        data = data[:limit]
        dots = "..."
    return f'"{_escaped(data)}"{dots}'


@lru_cache(maxsize=256)
def _escaped(data: bytes) -> str:
    """What stands between the quotes."""
    if _PLAIN.fullmatch(data):
        return data.decode("ascii")
    parts = []
    for i, byte in enumerate(data):
        if byte in _ESCAPES:
            parts.append(_ESCAPES[byte])
        elif 0x20 <= byte <= 0x7E:
            parts.append(chr(byte))
        elif data[i + 1 : i + 2] and data[i + 1] in _OCTAL_DIGITS:
            parts.append(f"\\{byte:03o}")
        else:
            parts.append(f"\\{byte:o}")
    return "".join(parts)


def flag_text(value: int, enum_class: type[IntEnum]) -> str:
    """Name a flag word (`O_RDWR|O_CREAT`) or a number (`SEEK_SET`).

    What has no name is hexadecimal: `O_RDONLY|0x80000000`, or `0x63 /* SEEK_??? */` when nothing has one. A negative
    value is a 32-bit one. Two names that strace has are missing: the halves `__O_SYNC` and `__O_TMPFILE`.
    """
    return _flag_text(value & 0xFFFF_FFFF if value < 0 else value, enum_class)


@lru_cache(maxsize=4096)
def _flag_text(value: int, enum_class: type[IntEnum]) -> str:
    if not issubclass(enum_class, Flags):
        return _names(enum_class).get(value) or _unknown(value, enum_class)
    names = _names(enum_class)
    mask = FIELD_MASKS.get(enum_class, 0)
    parts = []
    rest = value & ~mask
    if mask:
        parts.append(names.get(value & mask) or _unknown(value & mask, enum_class))
    for bits, name in names.items():
        if bits > mask and rest & bits == bits:
            parts.append(name)
            rest &= ~bits
    if not parts:
        return names.get(0, "0") if value == 0 else _unknown(value, enum_class)
    if rest:
        parts.append(f"{rest:#x}")
    return "|".join(parts)


@cache
def _names(enum_class: type[IntEnum]) -> dict[int, str]:
    return {int(member) & (0xFFFF_FFFF if member < 0 else -1): name for name, member in enum_class.__members__.items()}


def _unknown(value: int, enum_class: type[IntEnum]) -> str:
    first = next(iter(enum_class.__members__))
    prefix = FAMILIES.get(enum_class) or first.split("_")[0]
    family = "?_OK" if enum_class is AccessMode else prefix if prefix.endswith("?") else f"{prefix}_???"
    return f"{value:#x} /* {family} */"


def mode_text(mode: int) -> str:
    """Permissions as open(2) and mkdir(2) take them, in octal: `0644`, `000`."""
    return f"0{mode:o}".zfill(3)


def file_mode_text(mode: int) -> str:
    """A file type with permissions, as in `st_mode`: `S_IFREG|0644`, `S_IFDIR|S_ISVTX|0777`."""
    mode = int(mode)
    kind = mode & FileMode.S_IFMT
    name = _names(FileMode).get(kind)
    if kind and (name is None or kind == FileMode.S_IFMT):
        return mode_text(mode)
    parts = [name] if name else []
    parts += [bit for bit in ("S_ISUID", "S_ISGID", "S_ISVTX") if mode & FileMode[bit]]
    return "|".join([*parts, mode_text(mode & 0o777)])


def signal_name(number: int) -> str:
    """`SIGSEGV`, `SIGRT_2`; the number itself when no signal has it."""
    if Signo.SIGRTMIN < number <= MAX_SIGNAL:
        return f"SIGRT_{number - Signo.SIGRTMIN}"
    return _names(Signo).get(number) or str(number)


def signal_set_text(mask: int) -> str:
    """A 64-bit signal set: `[INT TERM]`; a set of most signals is told by what it lacks: `~[KILL]`."""
    inverted = mask.bit_count() >= _MOST_SIGNALS
    members = [n for n in range(1, MAX_SIGNAL + 1) if bool(mask >> (n - 1) & 1) != inverted]
    return ("~[" if inverted else "[") + " ".join(signal_name(n).removeprefix("SIG") for n in members) + "]"


def ioctl_text(request: int) -> str:
    """The request of ioctl(2): its name, or its parts: `_IOC(_IOC_NONE, 0x99, 0x99, 0)`."""
    name = _names(IoctlRequest).get(request)
    if name:
        return name
    kind, number, size = (hex_text(part) for part in (request >> 8 & 0xFF, request & 0xFF, request >> 16 & 0x3FFF))
    return f"_IOC({_DIRECTIONS[request >> 30 & 3]}, {kind}, {number}, {size})"


def hex_text(value: int) -> str:
    """In hexadecimal, as C prints `%#x`: zero has no prefix."""
    return f"{value:#x}" if value else "0"
