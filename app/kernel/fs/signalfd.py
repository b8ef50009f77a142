"""A descriptor that reads signals (signalfd(2))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.constants import OpenFlag
from app.kernel.abi.siginfo import SIGNALFD_NAMES
from app.kernel.abi.text import signal_name
from app.kernel.errno import Errno, KernelError
from app.kernel.poll import READABLE
from app.kernel.signal import SigInfo, SignalSet
from app.kernel.wait import Blocking, Sleep, WaitQueue

from .anonymous import NoticeDescription
from .file import Sink

if TYPE_CHECKING:
    from app.kernel.call import Call
    from app.kernel.kernel import Kernel

    from .superblock import SuperBlock

RECORD_SIZE = 128


class SignalFd(NoticeDescription):
    """Reads the pending signals of whoever reads, those of a set. `accepted` is the set."""

    kind = "signalfd"
    what = "a signal descriptor"
    name = "[signalfd]"
    can_write = False

    def __init__(self, kernel: Kernel, fs: SuperBlock, accepted: SignalSet, flags: int) -> None:
        super().__init__(fs, OpenFlag.O_RDWR | flags)
        self._kernel = kernel
        self.accepted = accepted

    @property
    def _others(self) -> SignalSet:
        return SignalSet(~self.accepted.bits & ((1 << 64) - 1))

    def poll(self) -> int:
        """Readable when the current task has such a signal pending."""
        task = self._kernel.scheduler.current
        if task is None:
            return 0
        pending = task.pending.bits | task.process.pending.bits
        return READABLE if pending & self.accepted.bits else 0

    def poll_queues(self) -> tuple[WaitQueue, ...]:
        """Woken when a signal comes to the current task's process."""
        task = self._kernel.scheduler.current
        return () if task is None else (task.sighand.arrivals,)

    def read(self, call: Call, sink: Sink, position: int | None = None) -> Blocking[int]:
        """Take as many pending signals as there is room for records, sleeping for the first."""
        self._refuse_position(position)
        room = sink.size // RECORD_SIZE
        if not room:
            raise KernelError(Errno.EINVAL, f"There is no room for a record of {RECORD_SIZE} bytes", "signal")
        task = call.task
        while True:
            first = task.pending.take(self._others) or task.process.pending.take(self._others)
            if first is not None:
                break
            sentence = "None of its signals is pending, so the task sleeps until one comes."
            yield from self.sleep(call, Sleep("signal", sentence, (task.sighand.arrivals,)))
        infos = [first]
        while len(infos) < room:
            info = task.pending.take(self._others) or task.process.pending.take(self._others)
            if info is None:
                break
            infos.append(info)
        names = ", ".join(signal_name(info.signo) for info in infos)
        call.service("signal", "take", f"Taken from the pending signals: {names}; no handler runs.")
        return sink.write(b"".join(self._record(call, info) for info in infos))

    @staticmethod
    def _record(call: Call, info: SigInfo) -> bytes:
        """`struct signalfd_siginfo` of one signal."""
        structs = call.abi.structs
        layout = structs["signalfd_siginfo"]
        fields = info.fields(structs)
        record: dict[str, int] = {}
        for name, value in fields.items():
            if name == "si_value":
                record["ssi_ptr"] = value
                low = value & 0xFFFF_FFFF
                record["ssi_int"] = low - (1 << 32) if low >> 31 else low
            elif name in SIGNALFD_NAMES:
                target = SIGNALFD_NAMES[name]
                record[target] = value if target in _SIGNED else value & _MASKS.get(target, 0xFFFF_FFFF)
        return layout.pack(**record)


_SIGNED = {"ssi_errno", "ssi_code", "ssi_fd", "ssi_status"}
_MASKS = dict.fromkeys(("ssi_utime", "ssi_stime", "ssi_addr"), (1 << 64) - 1)
