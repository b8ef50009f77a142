"""Arguments of futex(2), of which the operation says what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from app.kernel.abi.flags import Flags
from app.kernel.abi.text import flag_text

from .integers import Address, Int, Unsigned
from .structs import StructIn

if TYPE_CHECKING:
    from app.kernel.call import Call

PRIVATE = 128
CLOCK_REALTIME = 256

FUTEX_WAIT, FUTEX_WAKE, FUTEX_FD, FUTEX_REQUEUE, FUTEX_CMP_REQUEUE, FUTEX_WAKE_OP = range(6)
FUTEX_LOCK_PI, FUTEX_UNLOCK_PI, FUTEX_TRYLOCK_PI, FUTEX_WAIT_BITSET, FUTEX_WAKE_BITSET = range(6, 11)
FUTEX_WAIT_REQUEUE_PI, FUTEX_CMP_REQUEUE_PI, FUTEX_LOCK_PI2 = range(11, 14)

_NAMES = (
    *("WAIT", "WAKE", "FD", "REQUEUE", "CMP_REQUEUE", "WAKE_OP", "LOCK_PI", "UNLOCK_PI", "TRYLOCK_PI"),
    *("WAIT_BITSET", "WAKE_BITSET", "WAIT_REQUEUE_PI", "CMP_REQUEUE_PI", "LOCK_PI2"),
)
WITH_TIMEOUT = (FUTEX_WAIT, FUTEX_LOCK_PI, FUTEX_LOCK_PI2, FUTEX_WAIT_BITSET, FUTEX_WAIT_REQUEUE_PI)
_WITH_SECOND_COUNT = (FUTEX_REQUEUE, FUTEX_CMP_REQUEUE, FUTEX_WAKE_OP, FUTEX_CMP_REQUEUE_PI)
_WITH_SECOND_ADDRESS = (*_WITH_SECOND_COUNT, FUTEX_WAIT_REQUEUE_PI)
_WITH_THIRD_VALUE = (FUTEX_WAIT_BITSET, FUTEX_WAKE_BITSET, FUTEX_CMP_REQUEUE, FUTEX_WAKE_OP, FUTEX_CMP_REQUEUE_PI)
_WITHOUT_VALUE = (FUTEX_LOCK_PI, FUTEX_UNLOCK_PI, FUTEX_TRYLOCK_PI, FUTEX_LOCK_PI2)


class _Modifier(Flags):
    FUTEX_CLOCK_REALTIME = CLOCK_REALTIME


class FutexOperation(Int):
    """What to do, with the modifiers; `command` is the operation without them."""

    command: int

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> Self:
        """Take the modifiers off."""
        operation = super().fetch(call, name, raw, detail)
        operation.command = operation & ~(PRIVATE | CLOCK_REALTIME)
        return operation

    @property
    def private(self) -> bool:
        """Whether only threads of one process use the futex."""
        return bool(self & PRIVATE)

    def text(self) -> str | None:
        """`FUTEX_WAIT_PRIVATE`."""
        if not 0 <= self.command < len(_NAMES):
            return hex(self & 0xFFFF_FFFF)
        name = f"FUTEX_{_NAMES[self.command]}" + "_PRIVATE" * self.private
        clock = flag_text(self & CLOCK_REALTIME, _Modifier) if self & CLOCK_REALTIME else ""
        return f"{name}|{clock}" if clock else name


class _ByOperation:
    """Mixed into an argument that counts, and is shown, only with some operations."""

    operations: tuple[int, ...] = ()
    inverted = False
    counts = True

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> Self:
        """Look at the operation, which comes before."""
        argument: Self = super().fetch(call, name, raw, detail)  # type: ignore[misc]
        argument.counts = (call.arguments["op"].command in cls.operations) is not cls.inverted
        return argument

    def text(self) -> str | None:
        """Nothing where it does not count."""
        text: str | None = super().text() if self.counts else None  # type: ignore[misc]
        return text


class FutexValue(_ByOperation, Unsigned):
    """The value expected, or how many to wake."""

    operations = _WITHOUT_VALUE
    inverted = True


class FutexTimeout(StructIn):
    """A timeout, or a second count where the operation wants one."""

    operation: int

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> Self:
        """Look at the operation, which comes before."""
        timeout = super().fetch(call, name, raw, "timespec")
        timeout.operation = call.arguments["op"].command
        return timeout

    @property
    def count(self) -> int:
        """Its low 32 bits as an int."""
        return Int.fetch(self.call, self.name, self.address, "")

    def text(self) -> str | None:
        """A timespec, a number, or nothing."""
        if self.operation in WITH_TIMEOUT:
            return super().text()
        return str(self.count) if self.operation in _WITH_SECOND_COUNT else None


class SecondFutex(_ByOperation, Address):
    """The other futex."""

    operations = _WITH_SECOND_ADDRESS


class ThirdValue(_ByOperation, Unsigned):
    """A bit set, a value expected, or an operation on the second futex."""

    operations = _WITH_THIRD_VALUE

    @classmethod
    def show(cls, value: int) -> str:
        """`FUTEX_BITSET_MATCH_ANY`, or hexadecimal."""
        return "FUTEX_BITSET_MATCH_ANY" if value == 0xFFFF_FFFF else hex(value) if value else "0"
