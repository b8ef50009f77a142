"""Structures of System V IPC on x86-64 (asm-generic/ipcbuf.h, shmbuf.h)."""

from __future__ import annotations

from .layout import Layout
from .struct_text import Fields, record_text
from .text import mode_text

_PERM = (("key", "i"), ("uid", "I"), ("gid", "I"), ("cuid", "I"), ("cgid", "I"), ("mode", "I"), ("seq", "H"))


def perm_fields(prefix: str) -> list[tuple[str, str]]:
    """`struct ipc64_perm`, 48 bytes, at the start of another structure."""
    fields = [(f"{prefix}.{name}", kind) for name, kind in _PERM]
    return [*fields, (f"{prefix}.pad", "6s"), (f"{prefix}.reserved1", "Q"), (f"{prefix}.reserved2", "Q")]


def perm_text(fields: Fields, prefix: str) -> str:
    """`{uid=1000, gid=1000, mode=0600, key=0, cuid=1000, cgid=1000}`."""
    shown = mode_text(fields[f"{prefix}.mode"])
    key = fields[f"{prefix}.key"] & 0xFFFF_FFFF
    uid, gid, cuid, cgid = (fields[f"{prefix}.{name}"] for name in ("uid", "gid", "cuid", "cgid"))
    return f"{{uid={uid}, gid={gid}, mode={shown}, key={key}, cuid={cuid}, cgid={cgid}}}"


def set_text(fields: Fields, prefix: str) -> str:
    """What IPC_SET reads: `{shm_perm={uid=1000, gid=1000, mode=0600}}`."""
    uid, gid, mode = (fields[f"{prefix}.{name}"] for name in ("uid", "gid", "mode"))
    return f"{{{prefix}={{uid={uid}, gid={gid}, mode={mode_text(mode)}}}}}"


def shmid_text(fields: Fields) -> str:
    """`{shm_perm={...}, shm_segsz=4096, ...}`."""
    names = ("shm_segsz", "shm_cpid", "shm_lpid", "shm_nattch", "shm_atime", "shm_dtime", "shm_ctime")
    rest = ", ".join(f"{name}={fields[name]}" for name in names)
    return f"{{shm_perm={perm_text(fields, 'shm_perm')}, {rest}}}"


SHMID_DS = Layout(
    "shmid_ds",
    [
        *perm_fields("shm_perm"),
        ("shm_segsz", "Q"),
        ("shm_atime", "q"),
        ("shm_dtime", "q"),
        ("shm_ctime", "q"),
        ("shm_cpid", "i"),
        ("shm_lpid", "i"),
        ("shm_nattch", "Q"),
        ("reserved1", "Q"),
        ("reserved2", "Q"),
    ],
    text=shmid_text,
)
"""`struct shmid64_ds`, 112 bytes."""

SHMINFO = Layout(
    "shminfo",
    [(name, "Q") for name in ("shmmax", "shmmin", "shmmni", "shmseg", "shmall")] + [("reserved", "32s")],
    text=lambda fields: record_text({name: value for name, value in fields.items() if name != "reserved"}),
)
SHM_INFO = Layout(
    "shm_info",
    [
        ("used_ids", "i"),
        ("shm_tot", "Q"),
        ("shm_rss", "Q"),
        ("shm_swp", "Q"),
        ("swap_attempts", "Q"),
        ("swap_successes", "Q"),
    ],
)

IPC_STRUCTS = (SHMID_DS, SHMINFO, SHM_INFO)
