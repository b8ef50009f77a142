"""Arguments that say when a timer fires: `struct itimerspec` and `struct itimerval`."""

from __future__ import annotations

from app.kernel.clock import SECOND
from app.kernel.errno import Errno

from .integers import Int
from .structs import StructByRequest, StructIn, StructOut

_UNITS = {"itimerspec": ("nsec", 1), "itimerval": ("usec", 1000)}


class IntervalIn(StructIn):
    """What is to be set. `Annotated[IntervalIn, "itimerspec"]` names the struct."""

    __slots__ = ()

    def read_times(self) -> tuple[int, int]:
        """(value, interval), ns. Raises EFAULT, and EINVAL for a malformed time."""
        value, interval = self.read_unchecked()
        self.check()
        return value, interval

    def read_unchecked(self) -> tuple[int, int]:
        """The same without looking whether the times are well formed. Raises EFAULT."""
        fields = self.read()
        unit, scale = _UNITS[self.detail]
        value, interval = (
            fields[f"{name}_sec"] * SECOND + fields[f"{name}_{unit}"] * scale for name in ("it_value", "it_interval")
        )
        return value, interval

    def check(self) -> None:
        """Raise EINVAL unless seconds are not negative and fractions below a second."""
        fields = self.fields or {}
        unit, scale = _UNITS[self.detail]
        for name in ("it_value", "it_interval"):
            if fields[f"{name}_sec"] < 0 or not 0 <= fields[f"{name}_{unit}"] < SECOND // scale:
                raise self.call.refuse(
                    Errno.EINVAL,
                    self.name,
                    "range",
                    str(self.text()),
                    f"Seconds must not be negative, and {unit} are less than a second.",
                )


class IntervalOut(StructOut):
    """Room for what is set, or was."""

    __slots__ = ()

    def write_times(self, value: int, interval: int) -> None:
        """Store both, ns. Raises EFAULT."""
        unit, scale = _UNITS[self.detail]
        self.write(
            **{
                "it_value_sec": value // SECOND,
                f"it_value_{unit}": value % SECOND // scale,
                "it_interval_sec": interval // SECOND,
                f"it_interval_{unit}": interval % SECOND // scale,
            }
        )


class TimexArgument(StructByRequest):
    """The `struct timex` of adjtimex(2), shown when the kernel has filled it."""

    __slots__ = ()

    def text(self) -> str | None:
        """Its fields, or the address."""
        return self._struct.text() if isinstance(self._struct, StructOut) else super().text()


class ClockState(Int):
    """What adjtimex(2) returns: how well the clock is in step."""

    @classmethod
    def show(cls, value: int) -> str:
        """`5 (TIME_ERROR)`."""
        return f"{int(value)} ({_STATES[int(value)]})"


_STATES = ("TIME_OK", "TIME_INS", "TIME_DEL", "TIME_OOP", "TIME_WAIT", "TIME_ERROR")
