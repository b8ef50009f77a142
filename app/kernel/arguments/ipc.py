"""Arguments of System V IPC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.constants import OpenFlag
from app.kernel.abi.flags import Flags
from app.kernel.abi.ipc_constants import IPC_PRIVATE, IpcFlag, SemFlag, ShmGetFlag
from app.kernel.abi.ipc_structs import msqid_set_text, set_text
from app.kernel.abi.text import flag_text, quote

from .integers import Address, Int
from .memory import QUOTED_BYTES, Pointer, UserIn, UserOut
from .structs import StructByRequest, StructIn

if TYPE_CHECKING:
    from app.kernel.call import Call


class IpcKey(Int):
    """`key_t`."""

    @classmethod
    def show(cls, value: int) -> str:
        """`IPC_PRIVATE`, or hexadecimal."""
        return "IPC_PRIVATE" if value == IPC_PRIVATE else f"{value & 0xFFFF_FFFF:#x}"


class IpcGetFlags(Int):
    """`semflg` of semget(2) and `msgflg` of msgget(2): flags, and permissions in the low nine bits."""

    names: type[Flags] = IpcFlag

    @classmethod
    def show(cls, value: int) -> str:
        """`IPC_CREAT|0600`."""
        value &= 0xFFFF_FFFF
        flags = flag_text(value & ~0o777, cls.names) + "|" if value & ~0o777 else ""
        return flags + f"0{value & 0o777:o}".zfill(3)


class ShmGetFlags(IpcGetFlags):
    """`shmflg` of shmget(2)."""

    names = ShmGetFlag


class IpcBuffer(StructByRequest):
    """What the command of shmctl(2), semctl(2) or msgctl(2) reads or fills."""

    __slots__ = ()

    def text(self) -> str | None:
        """The structure that was copied; the address when there was none."""
        struct = self._struct
        if struct is None or struct.fields is None:
            return super().text()
        if not isinstance(struct, StructIn):
            return struct.text()
        if struct.detail == "msqid_ds":
            return msqid_set_text(struct.fields)
        return set_text(struct.fields, "sem_perm" if struct.detail == "semid_ds" else "shm_perm")


def _semaphore_flags(flags: int) -> str:
    return flag_text(flags & 0xFFFF, SemFlag)


class SemOperations(Pointer):
    """An array of `struct sembuf`. `Annotated[SemOperations, "nsops"]` names the argument that holds its length."""

    __slots__ = ("fields",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.fields: list[dict[str, int]] | None = None

    def read(self, count: int) -> list[dict[str, int]]:
        """The operations. Raises EFAULT unless all of them are readable."""
        layout = self.call.abi.structs["sembuf"]
        size = layout.size * count
        data = self.call.task.mm.copy_in(self.address, size)
        shown = hex(self.address)
        if len(data) < size:
            raise self._missing(f"readable array of {count} struct sembuf")
        self.call.passed(self.name, "memory", shown, f"The array of {count} struct sembuf at {shown} is readable.")
        self.fields = [layout.unpack(data[at : at + layout.size]) for at in range(0, size, layout.size)]
        return self.fields

    def text(self) -> str | None:
        """`[{sem_num=0, sem_op=-1, sem_flg=SEM_UNDO}]`; the address when nothing was copied."""
        if self.fields is None:
            return Address.show(self.address)
        shown = (
            f"{{sem_num={one['sem_num']}, sem_op={one['sem_op']}, sem_flg={_semaphore_flags(one['sem_flg'])}}}"
            for one in self.fields[:QUOTED_BYTES]
        )
        return f"[{', '.join(shown)}{', ...' * (len(self.fields) > QUOTED_BYTES)}]"


class MessagePointer(Pointer):
    """`struct msgbuf`: a type and then the text, whose length `detail` names. `message` is what was copied."""

    __slots__ = ("message",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.message: tuple[int, bytes] | None = None

    def text(self) -> str | None:
        """`{mtype=3, mtext="hello"}`; the address when nothing was copied."""
        if self.message is None:
            return Address.show(self.address)
        kind, text = self.message
        return f"{{mtype={kind}, mtext={quote(text, QUOTED_BYTES)}}}"


class MessageIn(MessagePointer):
    """One to send."""

    __slots__ = ()

    def read_type(self) -> int:
        """`mtype`. Raises EFAULT."""
        size = self.call.abi.info.word_size
        data = self.call.task.mm.copy_in(self.address, size)
        if len(data) < size:
            raise self._missing("readable struct msgbuf")
        return int.from_bytes(data, "little", signed=True)

    def read_text(self, kind: int, size: int) -> bytes:
        """`mtext`. Raises EFAULT unless all of it is readable."""
        start = self.address + self.call.abi.info.word_size
        data = self.call.task.mm.copy_in(start, size)
        if len(data) < size:
            raise self._missing(f"readable message of {size} bytes", start)
        self.message = kind, data
        self.call.passed(self.name, "memory", hex(self.address), f"The message ({size} bytes) is readable.")
        return data


class MessageOut(MessagePointer):
    """Room for one."""

    __slots__ = ()

    def write(self, kind: int, data: bytes) -> None:
        """Store a message. Raises EFAULT unless all of it fits."""
        whole = kind.to_bytes(self.call.abi.info.word_size, "little", signed=True) + data
        if self.call.task.mm.copy_out(self.address, whole) < len(whole):
            raise self._missing(f"writable room for a message of {len(data)} bytes")
        self.message = kind, data
        self.call.passed(self.name, "memory", hex(self.address), f"The message ({len(data)} bytes) fits there.")


class MqAttributes(StructIn):
    """`attr` of mq_open(3), which is shown only when the flags named by the annotation create a queue."""

    __slots__ = ("_flags",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, "mq_attr")
        self._flags = int(call.arguments[detail])

    def text(self) -> str | None:
        """The structure, or nothing."""
        return super().text() if self._flags & OpenFlag.O_CREAT else None


class MqTextIn(UserIn):
    """A message to send: all of its text has to be there."""

    __slots__ = ()

    def read_whole(self) -> bytes:
        """The text. Raises EFAULT unless all of it is readable."""
        size = self.size
        data = self.call.task.mm.copy_in(self.address, size)
        if len(data) < size:
            raise self._missing(f"readable message of {size} bytes")
        self.data = data
        return data


class MqTextOut(UserOut):
    """Room for a message."""

    __slots__ = ()

    def write_whole(self, data: bytes) -> None:
        """Store the text. Raises EFAULT unless all of it fits."""
        if self.call.task.mm.copy_out(self.address, data) < len(data):
            raise self._missing(f"writable room for a message of {len(data)} bytes")
        self.data = data
        self.call.passed(self.name, "memory", hex(self.address), f"The message ({len(data)} bytes) fits there.")
