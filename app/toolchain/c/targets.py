"""What clang and lld must know of each architecture to make programs that the emulated CPU can execute."""

from __future__ import annotations

from msgspec import Struct


class Target(Struct, frozen=True):
    """One architecture of `app.toolchain.machines`, in the words of the tools.

    `triple` is clang's target, `flags` choose the baseline of the CPU, `emulation` is lld's `-m`, `image_base` the
    address of the first segment, as GNU ld has it. `musl` is the architecture's name in musl's sources, `headers` the
    directories of its headers below zig's `lib/libc/include`. `zig` is zig's target.
    """

    triple: str
    flags: tuple[str, ...]
    emulation: str
    image_base: int
    musl: str
    headers: tuple[str, ...]
    zig: str


_COMMON_HEADERS = ("generic-musl",)

TARGETS: dict[str, Target] = {
    "x86_64": Target(
        "x86_64-linux-musl",
        ("-march=x86-64",),
        "elf_x86_64",
        0x400000,
        "x86_64",
        ("x86_64-linux-musl", *_COMMON_HEADERS, "x86-linux-any", "any-linux-any"),
        "x86_64-linux-none",
    ),
    "i386": Target(
        "i386-linux-musl",
        ("-march=pentium4",),
        "elf_i386",
        0x8048000,
        "i386",
        ("x86-linux-musl", *_COMMON_HEADERS, "x86-linux-any", "any-linux-any"),
        "x86-linux-none",
    ),
    "arm": Target(
        "arm-linux-musleabihf",
        ("-march=armv7-a", "-mfpu=vfpv3-d16", "-mfloat-abi=hard", "-marm"),
        "armelf_linux_eabi",
        0x10000,
        "arm",
        ("arm-linux-musl", *_COMMON_HEADERS, "arm-linux-any", "any-linux-any"),
        "arm-linux-eabihf",
    ),
    "aarch64": Target(
        "aarch64-linux-musl",
        ("-march=armv8-a",),
        "aarch64linux",
        0x400000,
        "aarch64",
        ("aarch64-linux-musl", *_COMMON_HEADERS, "aarch64-linux-any", "any-linux-any"),
        "aarch64-linux-none",
    ),
    "riscv64": Target(
        "riscv64-linux-musl",
        ("-march=rv64gc", "-mabi=lp64d"),
        "elf64lriscv",
        0x10000,
        "riscv64",
        ("riscv64-linux-musl", *_COMMON_HEADERS, "riscv-linux-any", "any-linux-any"),
        "riscv64-linux-none",
    ),
}
"""Every architecture that C can be compiled for."""
