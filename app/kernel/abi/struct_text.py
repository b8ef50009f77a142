"""Structures as strace(1) prints them when it abbreviates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .constants import AltstackFlag, FileMode, LockType, SaFlag, SeekWhence
from .file_constants import OwnerKind
from .text import file_mode_text, flag_text, hex_text, quote, signal_set_text

Fields = Mapping[str, Any]

_DEVICES = (FileMode.S_IFCHR, FileMode.S_IFBLK)
_MAX_LONG = 0xFFFF_FFFF_FFFF_FFFF
_HANDLERS = {0: "SIG_DFL", 1: "SIG_IGN"}


def record_text(fields: Fields) -> str:
    """All fields by name: `{tv_sec=0, tv_nsec=5}`."""
    return "{" + ", ".join(f"{name}={value}" for name, value in fields.items()) + "}"


def time_text(fields: Fields) -> str:
    """A timespec or timeval. Seconds may be negative; strace shows the fraction without a sign."""
    return record_text({name: value if name == "tv_sec" else value & _MAX_LONG for name, value in fields.items()})


def stat_text(fields: Fields) -> str:
    """`{st_mode=S_IFREG|0644, st_size=5, ...}`; a device shows its number instead of its size."""
    mode = fields["st_mode"]
    if mode & FileMode.S_IFMT in _DEVICES:
        shown = f"st_rdev={device_text(fields['st_rdev'])}"
    else:
        shown = f"st_size={fields['st_size']}"
    return f"{{st_mode={file_mode_text(mode)}, {shown}, ...}}"


def device_text(device: int) -> str:
    """A device number of 64 bits, makedev(3): `makedev(0x1, 0x3)`."""
    major = device >> 8 & 0xFFF | device >> 32 & ~0xFFF
    minor = device & 0xFF | device >> 12 & ~0xFF & 0xFFFF_FFFF
    return f"makedev({hex_text(major)}, {hex_text(minor)})"


def utsname_text(fields: Fields) -> str:
    """`{sysname="Linux", nodename="host", ...}`."""
    sysname, nodename = (quote(fields[name].split(b"\0")[0], None) for name in ("sysname", "nodename"))
    return f"{{sysname={sysname}, nodename={nodename}, ...}}"


def sigaction_text(fields: Fields) -> str:
    """`{sa_handler=SIG_IGN, sa_mask=[HUP], sa_flags=0}`, with the restorer when the flags say that there is one."""
    handler, flags = fields["sa_handler"], fields["sa_flags"]
    parts = [
        f"sa_handler={_HANDLERS.get(handler) or hex(handler)}",
        f"sa_mask={signal_set_text(fields['sa_mask'])}",
        f"sa_flags={flag_text(flags, SaFlag)}",
    ]
    if flags & SaFlag.SA_RESTORER and "sa_restorer" in fields:
        restorer = fields["sa_restorer"]
        parts.append(f"sa_restorer={hex(restorer) if restorer else 'NULL'}")
    return "{" + ", ".join(parts) + "}"


def sigset_text(fields: Fields) -> str:
    """`[INT TERM]`."""
    return signal_set_text(fields["sig"])


def sigaltstack_text(fields: Fields) -> str:
    """`{ss_sp=0x401000, ss_flags=SS_AUTODISARM, ss_size=8192}`."""
    start, flags = fields["ss_sp"], flag_text(fields["ss_flags"], AltstackFlag)
    return f"{{ss_sp={hex(start) if start else 'NULL'}, ss_flags={flags}, ss_size={fields['ss_size']}}}"


def flock_text(fields: Fields) -> str:
    """`{l_type=F_RDLCK, l_whence=SEEK_SET, l_start=0, l_len=0}`."""
    kind, whence = flag_text(fields["l_type"], LockType), flag_text(fields["l_whence"], SeekWhence)
    return f"{{l_type={kind}, l_whence={whence}, l_start={fields['l_start']}, l_len={fields['l_len']}}}"


def owner_text(fields: Fields) -> str:
    """`{type=F_OWNER_PID, pid=5}` of struct f_owner_ex, fcntl(2)."""
    return f"{{type={flag_text(fields['type'], OwnerKind)}, pid={fields['pid']}}}"


def rlimit_text(fields: Fields) -> str:
    """`{rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}`."""
    return "{" + ", ".join(f"{name}={_limit(value)}" for name, value in fields.items()) + "}"


def _limit(value: int) -> str:
    if value == _MAX_LONG:
        return "RLIM64_INFINITY"
    return f"{value // 1024}*1024" if value > 1024 and value % 1024 == 0 else str(value)


def rusage_text(fields: Fields) -> str:
    """`{ru_utime={tv_sec=0, tv_usec=5}, ru_stime={tv_sec=0, tv_usec=0}, ...}`."""
    times = (
        f"{name}={{tv_sec={fields[f'{name}_sec']}, tv_usec={fields[f'{name}_usec']}}}"
        for name in ("ru_utime", "ru_stime")
    )
    return f"{{{', '.join(times)}, ...}}"


def sysinfo_text(fields: Fields) -> str:
    """All fields, the three loads in one: `{uptime=5, loads=[0, 0, 0], totalram=4096, ...}`."""
    loads = ", ".join(str(fields[f"load{minutes}"]) for minutes in (1, 5, 15))
    shown = {name: value for name, value in fields.items() if name not in ("load5", "load15")}
    return record_text(shown).replace(f"load1={fields['load1']}", f"loads=[{loads}]")
