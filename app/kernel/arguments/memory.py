"""Arguments that are pointers into the program's memory. The kernel never trusts one: it copies, which checks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from app.cpu.mmu import PAGE_SIZE
from app.kernel.abi.text import count_bytes, quote
from app.kernel.errno import Errno, KernelError

from .integers import Address

if TYPE_CHECKING:
    from app.kernel.call import Call

QUOTED_BYTES = 32
"""How much of a buffer strace shows."""

UNALIGNED = f"It must be a multiple of {PAGE_SIZE}, the page size."
"""Why an address that does not begin a page is refused."""


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
        if self.address + size > self.call.task.abi.access_limit:
            raise self.call.refuse(
                Errno.EFAULT,
                self.name,
                "memory",
                hex(self.address),
                f"{size} bytes at {self.address:#x} are not all below the kernel's half of memory.",
            )

    def text(self) -> str | None:
        """The bare address; kinds of pointers that know what is there show that instead."""
        return Address.show(self.address)

    def _missing(self, what: str, address: int | None = None) -> KernelError:
        """Refuse with EFAULT because `what` is not at `address` (the pointer's own unless given); for `raise`."""
        shown = hex(self.address if address is None else address)
        return self.call.refuse(Errno.EFAULT, self.name, "memory", shown, f"The program has no {what} at {shown}.")

    def _copied_in(self, size: int) -> bytes:
        """Copy `size` bytes from the program; emits the check. Raises EFAULT unless at least one byte was readable."""
        data = self.call.task.mm.copy_in(self.address, size)
        self._report_copy(len(data), size, "readable")
        return data

    def _copied_out(self, data: bytes) -> int:
        """Copy `data` into the program; emits the check. Returns the bytes copied; EFAULT when not even one was."""
        count = self.call.task.mm.copy_out(self.address, data)
        self._report_copy(count, len(data), "writable")
        return count

    def _report_copy(self, count: int, size: int, access: str) -> None:
        """Emit the check of a copy of which `count` bytes out of `size` went well; EFAULT when none did."""
        shown = hex(self.address)
        if not count:
            raise self._missing(f"{access} memory")
        if count == size:
            sentence = f"{count_bytes(size)} at {shown}: in the program's memory and {access}."
        else:
            sentence = f"{count} of {count_bytes(size)} at {shown}: the rest is not {access}."
        self.call.passed(self.name, "memory", shown, sentence)


class UserBuffer(Pointer):
    """A pointer with a length, which the argument that `detail` names holds. `data` is what was copied, if anything."""

    __slots__ = ("data",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.data: bytes | None = None

    @property
    def size(self) -> int:
        """The bytes the program offers."""
        return int(self.call.arguments[self.detail])

    def need_range(self, most: int = 1 << 64) -> None:
        """Check, before anything else about the buffer, that it lies below the kernel's half. Raises EFAULT.

        Of a longer buffer the first `most` bytes count.
        """
        self._need_range(min(self.size, most))


class UserIn(UserBuffer):
    """A buffer the kernel reads. `Annotated[UserIn, "count"]` names the argument that holds its length."""

    __slots__ = ()

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


class UserOut(UserBuffer):
    """A buffer the kernel fills. `Annotated[UserOut, "count"]` names the argument that holds its size."""

    __slots__ = ()

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
        done = 0
        self.data = b""
        while done < size:
            piece = make(min(size - done, PAGE_SIZE))
            count = self.call.task.mm.copy_out(self.address + done, piece)
            done += count
            self.data = self.data or piece[:count]
            if count < len(piece):
                break
        self.data = self.data or None
        self._report_copy(done, size, "writable")
        return done

    def text(self) -> str | None:
        """What the kernel put there, as strace quotes it; the address when nothing was put."""
        return Address.show(self.address) if self.data is None or self.is_null else quote(self.data, QUOTED_BYTES)


class PathOut(UserOut):
    """A buffer for a path with its NUL, which is told without it and in full."""

    __slots__ = ()

    def text(self) -> str | None:
        """The path; the address when not all of it was put there."""
        if self.data is None or not self.data.endswith(b"\0"):
            return Address.show(self.address)
        return quote(self.data[:-1], limit=None)


class EntriesOut(UserOut):
    """A buffer for directory entries (`struct linux_dirent64`), of which strace tells only how many there are."""

    __slots__ = ()

    def write(self, data: bytes) -> int:
        """Copy `data` out; what does not arrive whole is not told."""
        count = super().write(data)
        if count < len(data):
            self.data = None
        return count

    def text(self) -> str | None:
        """`0x404000 /* 3 entries */`; the address alone when there was an error."""
        shown = Address.show(self.address)
        if self.data is None:
            return shown
        layout = self.call.abi.structs["dirent" if self.call.syscall_name == "getdents" else "dirent64"]
        at = count = 0
        while at < len(self.data):
            at += layout.unpack(self.data[at : at + layout.size])["d_reclen"]
            count += 1
        return f"{shown} /* {count} entries */"


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
            raise self._missing("readable string")
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
            "memory",
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
