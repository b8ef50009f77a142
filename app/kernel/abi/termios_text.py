"""`struct termios` as strace(1) prints it. Names and values: asm-generic/termbits.h."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

INPUT_FLAGS = {
    "IGNBRK": 0o1,
    "BRKINT": 0o2,
    "IGNPAR": 0o4,
    "PARMRK": 0o10,
    "INPCK": 0o20,
    "ISTRIP": 0o40,
    "INLCR": 0o100,
    "IGNCR": 0o200,
    "ICRNL": 0o400,
    "IUCLC": 0o1000,
    "IXON": 0o2000,
    "IXANY": 0o4000,
    "IXOFF": 0o10000,
    "IMAXBEL": 0o20000,
    "IUTF8": 0o40000,
}

OUTPUT_FIELDS = (
    {"NL0": 0, "NL1": 0o400},
    {"CR0": 0, "CR1": 0o1000, "CR2": 0o2000, "CR3": 0o3000},
    {"TAB0": 0, "TAB1": 0o4000, "TAB2": 0o10000, "XTABS": 0o14000},
    {"BS0": 0, "BS1": 0o20000},
    {"VT0": 0, "VT1": 0o40000},
    {"FF0": 0, "FF1": 0o100000},
)
OUTPUT_FLAGS = {
    "OPOST": 0o1,
    "OLCUC": 0o2,
    "ONLCR": 0o4,
    "OCRNL": 0o10,
    "ONOCR": 0o20,
    "ONLRET": 0o40,
    "OFILL": 0o100,
    "OFDEL": 0o200,
}

_SLOW = (0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400)
_FAST = (
    *(57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000),
    *(1152000, 1500000, 2000000, 2500000, 3000000, 3500000, 4000000),
)
SPEEDS = (
    {f"B{speed}": code for code, speed in enumerate(_SLOW)}
    | {"BOTHER": 0o10000}
    | {f"B{speed}": 0o10001 + code for code, speed in enumerate(_FAST)}
)
CONTROL_FIELDS = (SPEEDS, {"CS5": 0, "CS6": 0o20, "CS7": 0o40, "CS8": 0o60})
CONTROL_FLAGS = {
    "CSTOPB": 0o100,
    "CREAD": 0o200,
    "PARENB": 0o400,
    "PARODD": 0o1000,
    "HUPCL": 0o2000,
    "CLOCAL": 0o4000,
    "CMSPAR": 0o10000000000,
    "CRTSCTS": 0o20000000000,
}

LOCAL_FLAGS = {
    "ISIG": 0o1,
    "ICANON": 0o2,
    "XCASE": 0o4,
    "ECHO": 0o10,
    "ECHOE": 0o20,
    "ECHOK": 0o40,
    "ECHONL": 0o100,
    "NOFLSH": 0o200,
    "IEXTEN": 0o100000,
    "ECHOCTL": 0o1000,
    "ECHOPRT": 0o2000,
    "ECHOKE": 0o4000,
    "FLUSHO": 0o10000,
    "PENDIN": 0o40000,
    "TOSTOP": 0o400,
    "EXTPROC": 0o200000,
}


def termios_text(fields: Mapping[str, Any]) -> str:
    """`{c_iflag=ICRNL|IXON, c_oflag=..., c_cflag=B38400|CS8|CREAD, c_lflag=ISIG|ICANON|ECHO, ...}`."""
    parts = (
        f"c_iflag={_flags(fields['c_iflag'], INPUT_FLAGS)}",
        f"c_oflag={_flags(fields['c_oflag'], OUTPUT_FLAGS, OUTPUT_FIELDS)}",
        f"c_cflag={_flags(fields['c_cflag'], CONTROL_FLAGS, CONTROL_FIELDS)}",
        f"c_lflag={_flags(fields['c_lflag'], LOCAL_FLAGS)}",
    )
    return "{" + ", ".join(parts) + ", ...}"


def _flags(value: int, flags: Mapping[str, int], choices: tuple[Mapping[str, int], ...] = ()) -> str:
    """Names of the choices, each a field of some bits, then of the flags. strace ends in `|` without any flag."""
    parts = []
    for choice in choices:
        mask = 0
        for code in choice.values():
            mask |= code
        parts += [name for name, code in choice.items() if code == value & mask]
        value &= ~mask
    names = []
    for name, bit in flags.items():
        if value & bit:
            names.append(name)
            value &= ~bit
    if value:
        names.append(f"{value:#x}")
    return "|".join([*parts, "|".join(names)])
