"""Structures of System V IPC on x86-64 (asm-generic/ipcbuf.h, shmbuf.h)."""

from __future__ import annotations

from .constants import PipeFlag
from .layout import Layout
from .struct_text import Fields, record_text
from .text import flag_text, mode_text

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


def semid_text(fields: Fields) -> str:
    """`{sem_perm={...}, sem_otime=0, ...}`."""
    rest = ", ".join(f"{name}={fields[name]}" for name in ("sem_otime", "sem_ctime", "sem_nsems"))
    return f"{{sem_perm={perm_text(fields, 'sem_perm')}, {rest}}}"


def msqid_text(fields: Fields) -> str:
    """`{msg_perm={...}, msg_stime=0, ...}`."""
    names = ("msg_stime", "msg_rtime", "msg_ctime", "msg_qnum", "msg_qbytes", "msg_lspid", "msg_lrpid")
    rest = ", ".join(f"{name}={fields[name]}" for name in names)
    return f"{{msg_perm={perm_text(fields, 'msg_perm')}, {rest}}}"


def msqid_set_text(fields: Fields) -> str:
    """What IPC_SET reads: `{msg_perm={uid=1000, gid=1000, mode=0600}, msg_qbytes=16384}`."""
    return f"{set_text(fields, 'msg_perm')[:-1]}, msg_qbytes={fields['msg_qbytes']}}}"


def mq_attr_text(fields: Fields) -> str:
    """`{mq_flags=O_NONBLOCK, mq_maxmsg=10, mq_msgsize=8192, mq_curmsgs=0}`."""
    flags = flag_text(fields["mq_flags"], PipeFlag)
    names = ("mq_maxmsg", "mq_msgsize", "mq_curmsgs")
    return f"{{mq_flags={flags}, {', '.join(f'{name}={fields[name]}' for name in names)}}}"


SEMBUF = Layout("sembuf", [("sem_num", "H"), ("sem_op", "h"), ("sem_flg", "h")])
SEMID_DS = Layout(
    "semid_ds",
    [
        *perm_fields("sem_perm"),
        ("sem_otime", "q"),
        ("reserved1", "Q"),
        ("sem_ctime", "q"),
        ("reserved2", "Q"),
        ("sem_nsems", "Q"),
        ("reserved3", "Q"),
        ("reserved4", "Q"),
    ],
    text=semid_text,
)
"""`struct semid64_ds`, 104 bytes."""

SEMINFO = Layout(
    "seminfo",
    [
        *((f"sem{name}", "i") for name in ("map", "mni", "mns", "mnu", "msl")),
        *((f"sem{name}", "i") for name in ("opm", "ume", "usz", "vmx", "aem")),
    ],
)

MSQID_DS = Layout(
    "msqid_ds",
    [
        *perm_fields("msg_perm"),
        ("msg_stime", "q"),
        ("msg_rtime", "q"),
        ("msg_ctime", "q"),
        ("msg_cbytes", "Q"),
        ("msg_qnum", "Q"),
        ("msg_qbytes", "Q"),
        ("msg_lspid", "i"),
        ("msg_lrpid", "i"),
        ("reserved1", "Q"),
        ("reserved2", "Q"),
    ],
    text=msqid_text,
)
"""`struct msqid64_ds`, 120 bytes."""

MSGINFO = Layout(
    "msginfo",
    [*((f"msg{name}", "i") for name in ("pool", "map", "max", "mnb", "mni", "ssz", "tql")), ("msgseg", "H")],
)

MQ_ATTR = Layout(
    "mq_attr",
    [*((f"mq_{name}", "q") for name in ("flags", "maxmsg", "msgsize", "curmsgs")), ("reserved", "32s")],
    text=mq_attr_text,
)
"""`struct mq_attr` of mq_getattr(3), 64 bytes."""

IPC_STRUCTS = (SHMID_DS, SHMINFO, SHM_INFO, SEMBUF, SEMID_DS, SEMINFO, MSQID_DS, MSGINFO, MQ_ATTR)
