"""What a signal frame is made of, whatever the architecture: the kernel fills it, rt_sigreturn(2) takes it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

from msgspec import Struct

from app.cpu.exits import FaultExit


class FaultRecord(Struct, frozen=True):
    """What a task remembers of its last fault for its signal frames (x86: trap number, error code, CR2)."""

    number: int = 0
    error: int = 0
    address: int = 0


class UserState(Struct, frozen=True):
    """What a handler must leave as it was: registers, blocked signals, alternate stack (start, flags, size).

    `has_altstack` is false of a frame that does not tell of an alternate stack.
    """

    registers: Mapping[str, int]
    floating_point: bytes
    mask: int
    altstack: tuple[int, int, int]
    has_altstack: bool = True


class HandlerCall(Struct, frozen=True):
    """Which handler is to run: its address, the signal, where it returns to, and its `siginfo_t` if it wants one.

    `restorer` is 0 without SA_RESTORER, unless the vDSO has code for it.
    """

    handler: int
    signo: int
    restorer: int
    siginfo: bytes
    fault: FaultRecord


class SignalFrame(Struct, frozen=True):
    """A frame to be stored: its lowest address, its parts (address, bytes), and the registers for the handler."""

    address: int
    parts: tuple[tuple[int, bytes], ...]
    registers: Mapping[str, int]


class FrameLayout(Protocol):
    """How an ABI lays signal frames out.

    `red_zone` is how many bytes below the stack pointer belong to the program, `minimum` the largest size of a frame
    (AT_MINSIGSTKSZ). `needs_restorer` says that a handler without SA_RESTORER can't run; others return to the
    vDSO. `siginfo_t` is stored for handlers with SA_SIGINFO, or with `always_siginfo` for all. `clears_floating_point`
    says that a handler begins with the floating point state of a new program.
    """

    red_zone: int
    minimum: int
    needs_restorer: bool
    always_siginfo: bool
    clears_floating_point: bool

    def build(self, state: UserState, call: HandlerCall, top: int) -> SignalFrame:
        """The frame below address `top`."""

    def read(self, stack_pointer: int, copy_in: Callable[[int, int], bytes]) -> UserState | None:
        """What the frame says that rt_sigreturn(2) was called on; None when it makes no sense."""

    def fault_record(self, fault: FaultExit, last: FaultRecord, address_limit: int) -> FaultRecord:
        """What is remembered of `fault`, after `last`."""


@runtime_checkable
class TwoFramesLayout(Protocol):
    """What a `FrameLayout` has besides where a handler without SA_SIGINFO gets a frame of another kind."""

    def read_old(self, stack_pointer: int, copy_in: Callable[[int, int], bytes]) -> UserState | None:
        """What the frame says that sigreturn(2) was called on; None when it makes no sense."""
