"""The commands that turn a C source into an ELF file, and the assembly on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from app.toolchain.c.targets import TARGETS

if TYPE_CHECKING:
    from app.toolchain.c.kit import Kit

SOURCE_NAME = "program.c"
"""What the visitor's file is called in messages, in DWARF and in `__FILE__`."""

ASSEMBLY_NAME = "program.s"
PROGRAM_NAME = "program"

FRAME_FLAGS = ("-fno-omit-frame-pointer", "-mno-omit-leaf-frame-pointer")
"""The call chain of a trap is read by following frame pointers."""

DEBUG_FLAGS = ("-gdwarf-4", "-g1", "-ffile-compilation-dir=.")
"""Line numbers, and nothing of where on this machine the compiler works."""

CODE_FLAGS = (
    *("-fno-pie", "-fno-stack-protector", "-fno-unwind-tables", "-fno-asynchronous-unwind-tables"),
    *("-ffunction-sections", "-fdata-sections", "-fno-addrsig"),
)

_WARNINGS = ("-Wall", "-Wno-unused-variable", "-Wno-unused-but-set-variable", "-Wno-unused-function", "-Wno-main")

_MESSAGES = (
    "-fno-color-diagnostics",
    "-fno-caret-diagnostics",
    "-fdiagnostics-print-source-range-info",
    "-ferror-limit=20",
    "-fmacro-backtrace-limit=1",
)

# What these answer depends on the host's files, whatever the sandbox says. The compiler's own headers ask one of them
# for a header of their name further on; there is none, because those of the C library come first.
_NO_QUESTIONS = (
    *("-Wno-builtin-macro-redefined", "-U__has_include", "-U__has_embed"),
    *("-U__has_include_next", "-D__has_include_next(name)=0"),
)


# Without it, a program that never calls free() gets an allocator that only moves the break.
_REAL_MALLOC = ("-u", "__malloc_alloc_meta")


class Step(Struct, frozen=True):
    """One program to run in the job's directory. `what` it does is for messages; `makes` is the file it must leave."""

    what: str
    argv: tuple[str, ...]
    makes: str


class Library(Struct, frozen=True):
    """The built C library of one architecture: files to link with, in order."""

    start: str
    archives: tuple[str, ...]


def compile_steps(kit: Kit, arch: str, *, optimize: int, hosted: bool) -> list[Step]:
    """From SOURCE_NAME to an object file, over ASSEMBLY_NAME. `hosted` programs see the C library as it is."""
    target = TARGETS[arch]
    own = ("-iquote", kit.include, "-DTRAPGATE_C_LIBRARY") if hosted else ("-I", kit.include, "-fno-builtin")
    return [
        Step(
            "compile",
            (
                *(kit.zig, "clang", f"--target={target.triple}", *target.flags, f"-O{optimize}"),
                *(*FRAME_FLAGS, *DEBUG_FLAGS, *CODE_FLAGS, *_WARNINGS, *_MESSAGES, *_NO_QUESTIONS),
                *(f"-ffile-prefix-map={kit.lib}/=", f"-ffile-prefix-map={kit.include}/=trapgate/"),
                *own,
                *include_flags(kit, arch),
                *("-S", SOURCE_NAME, "-o", ASSEMBLY_NAME),
            ),
            ASSEMBLY_NAME,
        ),
        Step(
            "assemble",
            (
                *(kit.zig, "clang", f"--target={target.triple}", *target.flags, "-fno-color-diagnostics"),
                *("-gdwarf-4", "-ffile-compilation-dir=.", "-c", ASSEMBLY_NAME, "-o", "program.o"),
            ),
            "program.o",
        ),
    ]


def link_steps(kit: Kit, arch: str, library: Library | None) -> list[Step]:
    """From the object file to PROGRAM_NAME: with `library`, or with our own few functions when it is None."""
    if library is not None:
        archives = ("--start-group", *library.archives, "--end-group")
        return [_link(kit, arch, (library.start, "program.o", *_REAL_MALLOC, *archives))]
    target = TARGETS[arch]
    return [
        Step(
            "compile the start code",
            (
                *(kit.zig, "clang", f"--target={target.triple}", *target.flags, "-ffreestanding", "-fno-builtin"),
                *(*FRAME_FLAGS, *DEBUG_FLAGS, *CODE_FLAGS, f"-ffile-prefix-map={kit.start}/=trapgate/"),
                *("-nostdinc", "-isystem", f"{kit.lib}/include", "-c", f"{kit.start}/start.c", "-o", "start.o"),
            ),
            "start.o",
        ),
        _link(kit, arch, ("program.o", "start.o")),
    ]


def include_flags(kit: Kit, arch: str) -> tuple[str, ...]:
    """Where headers are: the C library's before the compiler's own, which only fill in for what it does not have."""
    places = [f"{kit.lib}/libc/include/{name}" for name in TARGETS[arch].headers] + [f"{kit.lib}/include"]
    return ("-nostdinc", *(word for place in places for word in ("-isystem", place)))


def _link(kit: Kit, arch: str, inputs: tuple[str, ...]) -> Step:
    target = TARGETS[arch]
    return Step(
        "link",
        (
            *(kit.zig, "ld.lld", "-m", target.emulation, "-static", "--threads=1", f"--image-base={target.image_base}"),
            *("--gc-sections", "--discard-locals", "--build-id=none", "--no-dependent-libraries"),
            *("-z", "noexecstack", "-z", "norelro", "--error-limit=20", "--color-diagnostics=never"),
            *(*inputs, "-o", PROGRAM_NAME),
        ),
        PROGRAM_NAME,
    )
