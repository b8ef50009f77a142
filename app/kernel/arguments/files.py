"""Arguments of the calls about files: ids, modes with a type, device numbers, times, offsets by pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.constants import FileMode
from app.kernel.abi.file_constants import AT_STATX_SYNC_TYPE, UTIME_NOW, UTIME_OMIT, StatxFlag
from app.kernel.abi.struct_text import device_text
from app.kernel.abi.text import file_mode_text, flag_text, quote
from app.kernel.clock import SECOND
from app.kernel.errno import Errno

from .ids import widened
from .integers import Address, Int, Integer, Offset
from .memory import QUOTED_BYTES, CString, Pointer, UserIn, UserOut

if TYPE_CHECKING:
    from app.kernel.call import Call

MAX_MEMFD_NAME = 249


class FileLength(Offset):
    """`off_t` where no negative number means anything: strace shows it without a sign."""

    @classmethod
    def show(cls, value: int) -> str:
        """As an unsigned number."""
        return str(value & ((1 << cls.bits) - 1))


class StatxFlags(Int):
    """`flags` of statx(2), where how fresh the answer must be is always told, and first."""

    @classmethod
    def show(cls, value: int) -> str:
        """`AT_STATX_SYNC_AS_STAT|AT_SYMLINK_NOFOLLOW`."""
        freshness = value & AT_STATX_SYNC_TYPE
        rest = flag_text(value & ~AT_STATX_SYNC_TYPE, StatxFlag) if value & ~AT_STATX_SYNC_TYPE else ""
        return "|".join(filter(None, (flag_text(freshness, StatxFlag), rest)))


class OwnerId(Integer):
    """`uid_t` or `gid_t`; the largest stands for none."""

    bits = 32

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> OwnerId:
        """As many bits as ids have in this row."""
        return super().fetch(call, name, widened(call.abi, raw), detail)

    @classmethod
    def show(cls, value: int) -> str:
        """`1000`, `-1`."""
        return "-1" if value == 0xFFFF_FFFF else str(int(value))


class NodeMode(Integer):
    """`mode_t` with a file type, as mknod(2) takes it."""

    bits = 16

    @classmethod
    def show(cls, value: int) -> str:
        """`S_IFIFO|0644`."""
        return file_mode_text(value)


class DeviceNumber(Integer):
    """`dev_t` of mknod(2), shown for device files only. `Annotated[DeviceNumber, "mode"]` names the mode."""

    bits = 32
    shown = True

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> DeviceNumber:
        """Look at the mode, which comes before."""
        number = super().fetch(call, name, raw, detail)
        number.shown = int(call.arguments[detail]) & FileMode.S_IFMT in (FileMode.S_IFCHR, FileMode.S_IFBLK)
        return number

    def text(self) -> str | None:
        """`makedev(0x1, 0x3)`, or nothing."""
        return device_text(self) if self.shown else None


class FileTimes(Pointer):
    """Two times, of access and of modification; `Annotated[FileTimes, "timespec"]` names what each is.

    `timespec` and `timeval` stand for arrays of two, `utimbuf` for two plain seconds.
    """

    __slots__ = ("_read",)

    def read(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """(seconds, fraction) of both, the fraction in the unit of the struct. Raises EFAULT."""
        pair = self._copied()
        if pair is None:
            raise self._missing("readable times")
        shown = hex(self.address)
        self.call.passed(self.name, "memory", shown, f"The two times at {shown} are readable.")
        return pair

    def _copied(self) -> tuple[tuple[int, int], tuple[int, int]] | None:
        copy_in, abi = self.call.task.mm.copy_in, self.call.abi
        if self.detail == "utimbuf":
            width = abi.info.word_size
            data = copy_in(self.address, 2 * width)
            access, modification = (
                int.from_bytes(part, "little", signed=True) for part in (data[:width], data[width:])
            )
            return ((access, 0), (modification, 0)) if len(data) == 2 * width else None
        layout = abi.structs[self.detail]
        data = copy_in(self.address, 2 * layout.size)
        if len(data) < 2 * layout.size:
            return None
        unit = "tv_usec" if self.detail == "timeval" else "tv_nsec"
        first, second = layout.unpack(data[: layout.size]), layout.unpack(data[layout.size :])
        return (first["tv_sec"], first[unit]), (second["tv_sec"], second[unit])

    def text(self) -> str | None:
        """`[{tv_sec=1, tv_nsec=0} /* 1970-01-01T00:00:01+0000 */, UTIME_OMIT]`."""
        pair = self._copied() if self.address else None
        if pair is None:
            return Address.show(self.address)
        if self.detail == "utimbuf":
            (access, _), (modification, _) = pair
            return f"{{actime={access}{_date(access)}, modtime={modification}{_date(modification)}}}"
        return f"[{', '.join(self._time_text(*time) for time in pair)}]"

    def _time_text(self, seconds: int, fraction: int) -> str:
        if self.detail == "timeval":
            whole = f"{{tv_sec={seconds}, tv_usec={fraction & 2**64 - 1}}}"
            return whole + (_date(seconds, f".{fraction:06}") if 0 <= fraction < 1_000_000 else "")
        special = {UTIME_NOW: "UTIME_NOW", UTIME_OMIT: "UTIME_OMIT"}.get(fraction)
        if special:
            return special
        whole = f"{{tv_sec={seconds}, tv_nsec={fraction & 2**64 - 1}}}"
        return whole + (_date(seconds, f".{fraction:09}") if 0 <= fraction < SECOND else "")


def _date(seconds: int, fraction: str = "") -> str:
    """` /* 1970-01-01T00:00:01+0000 */`, with the fraction unless it is zero; nothing for time 0."""
    if fraction.strip(".0") == "":
        fraction = ""
    if seconds == 0 and not fraction:
        return ""
    days, rest = divmod(seconds, 86400)
    year, month, day = civil_date(days)
    if not 0 <= year + 2**31 < 2**32:
        return ""
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f" /* {year:02}-{month:02}-{day:02}T{clock}{fraction}+0000 */"


def civil_date(days: int) -> tuple[int, int, int]:
    """(year, month, day) of the day that is `days` after 1970-01-01, in the Gregorian calendar."""
    eras, day_of_era = divmod(days + 719_468, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_from_march = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month_from_march + 2) // 5 + 1
    month = month_from_march + 3 if month_from_march < 10 else month_from_march - 9
    return eras * 400 + year_of_era + (month <= 2), month, day


class OffsetPointer(Pointer):
    """A pointer to an `off_t` that a call reads and then moves on; NULL stands for the file's own offset.

    strace shows where sendfile(2) has moved it, but of other calls (`Annotated[OffsetPointer, "before"]`) only where it
    was.
    """

    __slots__ = ("_before", "_now")

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self._before: int | None = None
        self._now: int | None = None

    @property
    def _size(self) -> int:
        """Bytes of the offset: 8, unless the row has a smaller `off_t`."""
        layout = self.call.abi.structs.get("off_t")
        return 8 if layout is None else layout.size

    def read(self) -> int:
        """The offset. Raises EFAULT."""
        data = self.call.task.mm.copy_in(self.address, self._size)
        if len(data) < self._size:
            raise self._missing("readable off_t")
        self._before = int.from_bytes(data, "little", signed=True)
        return self._before

    def write(self, value: int) -> None:
        """Store where it is now. Raises EFAULT."""
        size = self._size
        if self.call.task.mm.copy_out(self.address, value.to_bytes(8, "little", signed=True)[:size]) < size:
            raise self._missing("writable off_t")
        self._now = value

    def text(self) -> str | None:
        """`[0] => [5]`, `[0]`, or the address."""
        before = self._before
        if before is None and self.address:
            data = self.call.task.mm.copy_in(self.address, self._size)
            before = int.from_bytes(data, "little", signed=True) if len(data) == self._size else None
        if before is None:
            return Address.show(self.address)
        moved = "" if self.detail == "before" or self._now in (None, before) else f" => [{self._now}]"
        return f"[{before}]{moved}"


class LongLongOut(Pointer):
    """Room for a `loff_t` (64 bits)."""

    __slots__ = ("_value",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self._value: int | None = None

    def write(self, value: int) -> None:
        """Store it. Raises EFAULT."""
        if self.call.task.mm.copy_out(self.address, value.to_bytes(8, "little", signed=True)) < 8:
            raise self._missing("writable loff_t")
        self._value = value

    def text(self) -> str | None:
        """`[5]`; the address when nothing was stored."""
        return super().text() if self._value is None else f"[{self._value}]"


class AttributeName(CString):
    """The name of an extended attribute (xattr(7)): 1 to 255 bytes."""

    __slots__ = ()

    limit = 256

    def read_name(self) -> bytes:
        """The name. Raises EFAULT; ERANGE for an empty or too long one."""
        found = self._scan()
        if found is None:
            raise self._missing("readable string")
        if not 0 < len(found) < self.limit:
            raise self.call.refuse(
                Errno.ERANGE, self.name, "length", str(len(found)), "The name of an attribute has 1 to 255 bytes."
            )
        self.value = found
        return found


class ValueIn(UserIn):
    """The value of an extended attribute, which strace shows without a NUL at its end."""

    __slots__ = ()

    def text(self) -> str | None:
        """Quoted; the address when it is not readable."""
        data = self.data if self.data is not None else self.call.task.mm.copy_in(self.address, self.size)
        return value_text(self.address, data if len(data) == self.size else None)


class ValueOut(UserOut):
    """Room for the value of an extended attribute."""

    __slots__ = ()

    def text(self) -> str | None:
        """Quoted; the address when nothing was stored."""
        return value_text(self.address, self.data)


def value_text(address: int, data: bytes | None) -> str:
    """`"value"`, or the address."""
    if data is None or not address:
        return Address.show(address)
    return quote(data.removesuffix(b"\0"), QUOTED_BYTES)


class MemfdName(CString):
    """The name of a memfd_create(2) file: at most 249 bytes."""

    __slots__ = ()

    limit = MAX_MEMFD_NAME + 1

    def read_name(self) -> bytes:
        """The name. Raises EFAULT; EINVAL for one that is too long."""
        found = self._scan()
        if found is None:
            raise self._missing("readable string")
        if len(found) >= self.limit:
            raise self.call.refuse(
                Errno.EINVAL, self.name, "length", str(len(found)), f"At most {MAX_MEMFD_NAME} bytes name such a file."
            )
        self.value = found
        return found
