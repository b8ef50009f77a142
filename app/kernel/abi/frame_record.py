"""Where functions that keep a frame pointer leave what leads to their caller. The toolchains' conventions, as data."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class FrameRecord(Struct, frozen=True):
    """`pointer` is the frame pointer. Relative to it lie the caller's, at `previous`, and next the return address.

    `link` holds the return address as long as a function has called nothing; None where calls push it. `other` is where
    another compiler puts the two. `leaf` is where a function that calls nothing keeps the caller's frame pointer, if
    that is elsewhere. `thumb` is the register and the bit in it that say that the code is Thumb code. Where calls push
    the return address, `prologues` are the instructions by which functions set the frame pointer.
    """

    pointer: str
    previous: int
    returns: int
    link: str | None = None
    other: int | None = None
    leaf: int | None = None
    thumb: tuple[str, int] | None = None
    prologues: tuple[bytes, ...] = ()


FRAME_RECORDS: Mapping[str, FrameRecord] = {
    "x86_64": FrameRecord("rbp", 0, 8, prologues=(b"\x55\x48\x89\xe5", b"\x55\x48\x8b\xec")),
    "i386": FrameRecord("ebp", 0, 4, prologues=(b"\x55\x89\xe5", b"\x55\x8b\xec")),
    # GCC lets the frame pointer point to the saved lr, clang to what it saves next to it.
    "arm": FrameRecord("r11", 0, 4, "lr", other=-4, thumb=("cpsr", 0x20)),
    # AAPCS64, 6.4.6.
    "aarch64": FrameRecord("x29", 0, 8, "x30"),
    # RISC-V psABI, "Frame Pointer Convention"; GCC's leaf functions save only s0.
    "riscv64": FrameRecord("s0", -16, -8, "ra", leaf=-8),
}
