"""Arguments of System V IPC."""

from __future__ import annotations

from app.kernel.abi.ipc_constants import IPC_PRIVATE, ShmGetFlag
from app.kernel.abi.ipc_structs import set_text
from app.kernel.abi.text import flag_text

from .integers import Int
from .structs import StructByRequest, StructIn


class IpcKey(Int):
    """`key_t`."""

    @classmethod
    def show(cls, value: int) -> str:
        """`IPC_PRIVATE`, or hexadecimal."""
        return "IPC_PRIVATE" if value == IPC_PRIVATE else f"{value & 0xFFFF_FFFF:#x}"


class ShmGetFlags(Int):
    """`shmflg` of shmget(2): flags, and permissions in the low nine bits."""

    @classmethod
    def show(cls, value: int) -> str:
        """`IPC_CREAT|0600`."""
        value &= 0xFFFF_FFFF
        flags = flag_text(value & ~0o777, ShmGetFlag) + "|" if value & ~0o777 else ""
        return flags + f"0{value & 0o777:o}".zfill(3)


class ShmBuffer(StructByRequest):
    """`buf` of shmctl(2)."""

    __slots__ = ()

    def text(self) -> str | None:
        """The structure that was copied; the address when there was none."""
        struct = self._struct
        if struct is None or struct.fields is None:
            return super().text()
        return set_text(struct.fields, "shm_perm") if isinstance(struct, StructIn) else struct.text()
