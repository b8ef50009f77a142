"""Arguments that point to one struct or one number of the ABI: copied whole, or EFAULT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.kernel.errno import Errno

from .integers import Address
from .memory import Pointer

if TYPE_CHECKING:
    from app.kernel.abi.layout import Layout
    from app.kernel.call import Call


class StructPointer(Pointer):
    """A pointer to a struct of the ABI, which `detail` names. `fields` are those that were copied, if any."""

    __slots__ = ("fields",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.fields: dict[str, Any] | None = None

    @property
    def layout(self) -> Layout:
        """How this ABI lays the struct out."""
        return self.call.abi.structs[self.detail]

    def text(self) -> str | None:
        """The fields, as strace prints them; the address when nothing was copied."""
        return Address.show(self.address) if self.fields is None else self.layout.text(self.fields)


class StructIn(StructPointer):
    """A struct the kernel reads. `Annotated[StructIn, "timespec"]` names the ABI's layout."""

    __slots__ = ()

    def text(self) -> str | None:
        """The fields, as strace prints them, which looks for itself when the call did not get so far."""
        if self.fields is None and self.address and self.detail != "sigset":
            layout = self.layout
            data = self.call.task.mm.copy_in(self.address, layout.size)
            if len(data) == layout.size:
                return layout.text(layout.unpack(data))
        return super().text()

    def read(self) -> dict[str, Any]:
        """The fields by name. Raises EFAULT unless the whole struct is readable."""
        layout = self.layout
        data = self.call.task.mm.copy_in(self.address, layout.size)
        shown = hex(self.address)
        if len(data) < layout.size:
            raise self._missing(f"readable struct {self.detail} ({layout.size} bytes)")
        self.fields = layout.unpack(data)
        self.call.passed(
            self.name,
            "memory",
            shown,
            f"The struct {self.detail} ({layout.size} bytes) at {shown} is in the program's memory and readable.",
        )
        return self.fields


class StructOut(StructPointer):
    """A struct the kernel fills. `Annotated[StructOut, "stat"]` names the ABI's layout."""

    __slots__ = ()

    def write(self, size: int | None = None, /, **fields: Any) -> None:
        """Fill the struct, or the first `size` bytes of it; fields not named are zero.

        Raises EFAULT unless all of it is writable, EOVERFLOW when a value is too large for its field.
        """
        layout = self.layout
        try:
            data = layout.pack(**fields)
        except OverflowError as error:
            raise self.call.refuse(Errno.EOVERFLOW, self.name, "range", hex(self.address), f"{error}.") from error
        room = layout.size if size is None else size
        shown = hex(self.address)
        if self.call.task.mm.copy_out(self.address, data[:room]) < room:
            raise self._missing(f"writable room for a struct {self.detail} ({room} bytes)")
        self.fields = layout.unpack(data)
        self.call.passed(
            self.name,
            "memory",
            shown,
            f"The struct {self.detail} ({room} bytes) fits at {shown}, which is writable.",
        )


class StructByRequest(Pointer):
    """A pointer of which another argument says what it points to."""

    __slots__ = ("_struct",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self._struct: StructIn | StructOut | None = None

    def read_struct(self, layout: str) -> dict[str, Any]:
        """The struct of the ABI that it points to. Raises EFAULT."""
        self._struct = struct = StructIn(self.call, self.name, self.address, layout)
        return struct.read()

    def write_struct(self, layout: str, **fields: Any) -> None:
        """Fill the struct of the ABI that it points to. Raises EFAULT."""
        self._struct = struct = StructOut(self.call, self.name, self.address, layout)
        struct.write(**fields)


class NumberOut(Pointer):
    """Room for one integer the kernel stores. `Annotated[NumberOut, "long"]` names its C type: `int`, `long`,
    `unsigned long`, or `uid_t`, which is an `int` but for old calls."""

    __slots__ = ("value",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.value: int | None = None

    def write(self, value: int) -> None:
        """Store `value`. Raises EFAULT unless all of it is writable."""
        call = self.call
        size = 4 if self.detail in ("int", "uid_t") else call.abi.info.word_size
        if self.detail == "uid_t" and "uid_t" in call.abi.structs:
            layout = call.abi.structs["uid_t"]
            value, size = layout.unpack(layout.pack(value=value))["value"], layout.size
        shown = hex(self.address)
        data = (value & ((1 << 8 * size) - 1)).to_bytes(size, "little")
        if call.task.mm.copy_out(self.address, data) < size:
            raise self._missing(f"writable {self.detail}")
        self.value = value
        call.passed(self.name, "memory", shown, f"The {self.detail} at {shown} is in writable memory.")

    def text(self) -> str | None:
        """`[5]`, or `[0x5]` of an `unsigned long`; the address when nothing was stored."""
        if self.value is None:
            return Address.show(self.address)
        return f"[{Address.show(self.value) if self.detail == 'unsigned long' else self.value}]"
