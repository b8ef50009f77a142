"""Structures of System V IPC on x86-64 (asm-generic/ipcbuf.h, shmbuf.h)."""

from __future__ import annotations

from .ipc_constants import SHM_DEST, SHM_LOCKED
from .layout import Layout
from .struct_text import Fields

_PERM = (("key", "i"), ("uid", "I"), ("gid", "I"), ("cuid", "I"), ("cgid", "I"), ("mode", "I"), ("seq", "H"))


def perm_fields(prefix: str) -> list[tuple[str, str]]:
    """`struct ipc64_perm`, 48 bytes, at the start of another structure."""
    fields = [(f"{prefix}.{name}", kind) for name, kind in _PERM]
    return [*fields, (f"{prefix}.pad", "6s"), (f"{prefix}.reserved1", "Q"), (f"{prefix}.reserved2", "Q")]


def perm_text(fields: Fields, prefix: str, flags: dict[int, str]) -> str:
    """`{uid=1000, gid=1000, mode=0600, key=0, cuid=1000, cgid=1000}`; `flags` names bits of the mode."""
    mode = fields[f"{prefix}.mode"]
    names = [name for bit, name in flags.items() if mode & bit]
    rest = mode & ~sum(bit for bit in flags if mode & bit)
    shown = "|".join([*names, f"0{rest:o}".zfill(3)])
    key = fields[f"{prefix}.key"] & 0xFFFF_FFFF
    uid, gid, cuid, cgid = (fields[f"{prefix}.{name}"] for name in ("uid", "gid", "cuid", "cgid"))
    return f"{{uid={uid}, gid={gid}, mode={shown}, key={f'{key:#x}' if key else '0'}, cuid={cuid}, cgid={cgid}}}"


def shmid_text(fields: Fields) -> str:
    """`{shm_perm={...}, shm_segsz=4096, ...}`."""
    names = ("shm_segsz", "shm_cpid", "shm_lpid", "shm_nattch", "shm_atime", "shm_dtime", "shm_ctime")
    rest = ", ".join(f"{name}={fields[name]}" for name in names)
    return f"{{shm_perm={perm_text(fields, 'shm_perm', {SHM_LOCKED: 'SHM_LOCKED', SHM_DEST: 'SHM_DEST'})}, {rest}}}"


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
    "shminfo", [(name, "Q") for name in ("shmmax", "shmmin", "shmmni", "shmseg", "shmall", "r1", "r2", "r3", "r4")]
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
