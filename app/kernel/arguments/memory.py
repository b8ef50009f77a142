"""Arguments that are pointers into the program's memory. The kernel never trusts one: it copies, which checks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from app.kernel.abi.text import count_bytes, quote
from app.kernel.errno import Errno

from .integers import Address

if TYPE_CHECKING:
    from app.kernel.call import Call

PAGE_SIZE = 4096
QUOTED_BYTES = 32
"""How much of a buffer strace shows."""


class Pointer:
    """A user address and what the kernel learnt by following it."""

    __slots__ = ("address", "call", "detail", "name")

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        self.call = call
        self.name = name
        self.address = address
        self.detail = detail

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> Self:
        """A pointer is the whole register."""
        return cls(call, name, raw, detail)

    @property
    def is_null(self) -> bool:
        """Whether the program passed NULL."""
        return self.address == 0

    def _need_range(self, size: int) -> None:
        """Refuse a range that user memory cannot contain, mapped or not (Linux's `access_ok`). Raises EFAULT."""
        if self.address + size > self.call.task.abi.address_limit:
            raise self.call.refuse(
                Errno.EFAULT,
                self.name,
                "user-memory",
                hex(self.address),
                f"{size} bytes at {self.address:#x} are not all below the kernel's half of memory.",
            )

    def text(self) -> str | None:
        """The bare address; kinds of pointers that know what is there show that instead."""
        return Address.show(self.address)

    def _copied_in(self, size: int) -> bytes:
        """Copy `size` bytes from the program; emits the check. Raises EFAULT unless at least one byte was readable."""
        call = self.call
        data = call.task.mm.copy_in(self.address, size)
        shown = hex(self.address)
        if len(data) == size:
            call.passed(
                self.name,
                "user-memory",
                shown,
                f"{count_bytes(size)} at {shown}: in the program's memory and readable.",
            )
        elif data:
            call.passed(
                self.name,
                "user-memory",
                shown,
                f"{count_bytes(len(data))} of {size} at {shown}: the rest is not readable.",
            )
        else:
            raise call.refuse(
                Errno.EFAULT, self.name, "user-memory", shown, f"The program has no readable memory at {shown}."
            )
        return data

    def _copied_out(self, data: bytes) -> int:
        """Copy `data` into the program; emits the check. Returns the bytes copied; EFAULT when not even one was."""
        call = self.call
        shown = hex(self.address)
        count = call.task.mm.copy_out(self.address, data)
        if count == len(data):
            call.passed(
                self.name,
                "user-memory",
                shown,
                f"{count_bytes(count)} at {shown}: in the program's memory and writable.",
            )
        elif count:
            call.passed(
                self.name,
                "user-memory",
                shown,
                f"{count_bytes(count)} of {len(data)} at {shown}: the rest is not writable.",
            )
        else:
            raise call.refuse(
                Errno.EFAULT, self.name, "user-memory", shown, f"The program has no writable memory at {shown}."
            )
        return count


class UserIn(Pointer):
    """A buffer the kernel reads. `Annotated[UserIn, "count"]` names the argument that holds its length."""

    __slots__ = ("data",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.data: bytes | None = None

    @property
    def size(self) -> int:
        """The length the program claims."""
        return int(self.call.arguments[self.detail])

    def need_range(self) -> None:
        """Check, before anything else about the buffer, that it lies below the kernel's half. Raises EFAULT."""
        self._need_range(self.size)

    def read(self, size: int | None = None) -> bytes:
        """Copy the buffer in: its whole length, or the first `size` bytes. Short when only a part is readable.

        Raises EFAULT when nothing is. A length of zero touches no memory.
        """
        size = self.size if size is None else size
        self.data = self._copied_in(size) if size else b""
        return self.data

    def text(self) -> str | None:
        """The first bytes as strace quotes them; the address when they are not readable."""
        size = min(self.size, QUOTED_BYTES + 1)
        data = self.data if self.data is not None else self.call.task.mm.copy_in(self.address, size)
        return Address.show(self.address) if len(data) < size else quote(data, QUOTED_BYTES)


class UserOut(Pointer):
    """A buffer the kernel fills. `Annotated[UserOut, "count"]` names the argument that holds its size."""

    __slots__ = ("data",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.data: bytes | None = None

    @property
    def size(self) -> int:
        """The room the program offers."""
        return int(self.call.arguments[self.detail])

    def need_range(self) -> None:
        """Check, before anything else about the buffer, that it lies below the kernel's half. Raises EFAULT."""
        self._need_range(self.size)

    def write(self, data: bytes) -> int:
        """Copy `data` out; returns how many bytes arrived. Raises EFAULT when none did; nothing to copy is no error."""
        if not data:
            self.data = b""
            return 0
        count = self._copied_out(data)
        self.data = data[:count]
        return count

    def fill(self, size: int, make: Callable[[int], bytes]) -> int:
        """Copy out what `make` gives piece by piece, `size` bytes in all; returns and raises as `write`."""
        if not size:
            return self.write(b"")
        call = self.call
        shown = hex(self.address)
        done = 0
        self.data = b""
        while done < size:
            piece = make(min(size - done, PAGE_SIZE))
            count = call.task.mm.copy_out(self.address + done, piece)
            done += count
            self.data = self.data or piece[:count]
            if count < len(piece):
                break
        if not done:
            self.data = None
            raise call.refuse(
                Errno.EFAULT, self.name, "user-memory", shown, f"The program has no writable memory at {shown}."
            )
        call.passed(
            self.name, "user-memory", shown, f"{done} of {count_bytes(size)} at {shown}: the rest is not writable."
        )
        return done

    def text(self) -> str | None:
        """What the kernel put there, as strace quotes it; the address when nothing was put."""
        return Address.show(self.address) if self.data is None else quote(self.data, QUOTED_BYTES)


class RandomOut(UserOut):
    """A buffer for bytes that mean nothing to people, all shown in hexadecimal."""

    __slots__ = ()

    def text(self) -> str | None:
        r"""`"\x8f\x01"`; the address when nothing was put there."""
        if self.data is None:
            return Address.show(self.address)
        shown = "".join(f"\\x{byte:02x}" for byte in self.data[:32])
        return f'"{shown}"' + ("..." if len(self.data) > 32 else "")


class CString(Pointer):
    """A NUL-terminated string the kernel reads."""

    __slots__ = ("value",)

    limit = 4096

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.value: bytes | None = None

    def read(self) -> bytes:
        """The bytes before the NUL. Raises EFAULT; ENAMETOOLONG when there is no NUL within `limit` bytes."""
        call = self.call
        found = self._scan()
        shown = hex(self.address)
        if found is None:
            raise call.refuse(
                Errno.EFAULT, self.name, "user-memory", shown, f"The program has no readable string at {shown}."
            )
        if len(found) >= self.limit:
            raise call.refuse(
                Errno.ENAMETOOLONG,
                self.name,
                "length",
                shown,
                f"No NUL byte ends the string within {self.limit} bytes.",
            )
        self.value = found
        call.passed(
            self.name,
            "user-memory",
            quote(found),
            f"A string of {count_bytes(len(found))} at {shown}: readable, and a NUL ends it.",
        )
        return found

    def _scan(self) -> bytes | None:
        """Copy page by page up to the NUL; None when memory ends first. At `limit` bytes it gives up, with them."""
        found = b""
        address = self.address
        while len(found) < self.limit:
            size = min(PAGE_SIZE - address % PAGE_SIZE, self.limit - len(found))
            chunk = self.call.task.mm.copy_in(address, size)
            end = chunk.find(0)
            if end >= 0:
                return found + chunk[:end]
            if len(chunk) < size:
                return None
            found += chunk
            address += size
        return found

    def text(self) -> str | None:
        """The string quoted in full, or the address when it is not readable."""
        value = self._scan() if self.value is None else self.value
        if value is None:
            return Address.show(self.address)
        return quote(value, limit=None)


class StructIn(Pointer):
    """A struct the kernel reads. `Annotated[StructIn, "timespec"]` names the ABI's layout."""

    __slots__ = ("fields",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.fields: dict[str, Any] | None = None

    def read(self) -> dict[str, Any]:
        """The fields by name. Raises EFAULT unless the whole struct is readable."""
        layout = self.call.task.abi.structs[self.detail]
        data = self.call.task.mm.copy_in(self.address, layout.size)
        shown = hex(self.address)
        if len(data) < layout.size:
            raise self.call.refuse(
                Errno.EFAULT,
                self.name,
                "user-memory",
                shown,
                f"The program has no readable struct {self.detail} ({layout.size} bytes) at {shown}.",
            )
        self.fields = layout.unpack(data)
        self.call.passed(
            self.name,
            "user-memory",
            shown,
            f"The struct {self.detail} ({layout.size} bytes) at {shown} is in the program's memory and readable.",
        )
        return self.fields

    def text(self) -> str | None:
        """The fields, as strace prints them; the address when they were never read."""
        if self.fields is None:
            return Address.show(self.address)
        return self.call.task.abi.structs[self.detail].text(self.fields)


class StructOut(Pointer):
    """A struct the kernel fills. `Annotated[StructOut, "stat"]` names the ABI's layout."""

    __slots__ = ("fields",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.fields: dict[str, Any] | None = None

    def write(self, size: int | None = None, **fields: Any) -> None:
        """Fill the struct, or the first `size` bytes of it; fields not named are zero.

        Raises EFAULT unless all of it is writable.
        """
        layout = self.call.task.abi.structs[self.detail]
        data = layout.pack(**fields)
        room = layout.size if size is None else size
        shown = hex(self.address)
        if self.call.task.mm.copy_out(self.address, data[:room]) < room:
            raise self.call.refuse(
                Errno.EFAULT,
                self.name,
                "user-memory",
                shown,
                f"The program has no writable room for a struct {self.detail} ({room} bytes) at {shown}.",
            )
        self.fields = layout.unpack(data)
        self.call.passed(
            self.name,
            "user-memory",
            shown,
            f"The struct {self.detail} ({room} bytes) fits at {shown}, which is writable.",
        )

    def text(self) -> str | None:
        """The fields, as strace prints them; the address when nothing was written."""
        if self.fields is None:
            return Address.show(self.address)
        return self.call.task.abi.structs[self.detail].text(self.fields)


class NumberOut(Pointer):
    """Room for one integer the kernel stores. `Annotated[NumberOut, "long"]` names its C type: `int` or `long`."""

    __slots__ = ("value",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.value: int | None = None

    def write(self, value: int) -> None:
        """Store `value`. Raises EFAULT unless all of it is writable."""
        call = self.call
        size = 4 if self.detail == "int" else call.task.abi.info.word_size
        shown = hex(self.address)
        data = (value & ((1 << 8 * size) - 1)).to_bytes(size, "little")
        if call.task.mm.copy_out(self.address, data) < size:
            raise call.refuse(
                Errno.EFAULT, self.name, "user-memory", shown, f"The program has no writable {self.detail} at {shown}."
            )
        self.value = value
        call.passed(self.name, "user-memory", shown, f"The {self.detail} at {shown} is in writable memory.")

    def text(self) -> str | None:
        """`[5]`; the address when nothing was stored."""
        return Address.show(self.address) if self.value is None else f"[{self.value}]"
