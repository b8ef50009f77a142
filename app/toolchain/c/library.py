"""How the C library is built from musl's sources, which zig brings along: files, flags and commands, as data."""

from __future__ import annotations

import os
from hashlib import sha256

from msgspec import Struct

from app.toolchain.c.commands import CODE_FLAGS, DEBUG_FLAGS, FRAME_FLAGS, Library
from app.toolchain.c.kit import Kit
from app.toolchain.c.targets import TARGETS

FILES_PER_COMMAND = 12
START, ARCHIVE, RUNTIME = "crt1.o", "libc.a", "libcompiler_rt.a"

# Raised when something below changes that the flags do not show.
_REVISION = 1

_FLAGS = (
    *("-std=c99", "-ffreestanding", "-nostdinc", "-fexcess-precision=standard", "-frounding-math", "-ffp-contract=off"),
    *("-fno-strict-aliasing", "-D_XOPEN_SOURCE=700", "-Os", "-w", "-Qunused-arguments"),
    *FRAME_FLAGS,
    # A call in the last line of a function is a call: the caller stays in the call chain.
    "-fno-optimize-sibling-calls",
    *DEBUG_FLAGS,
    *CODE_FLAGS,
)


class Command(Struct, frozen=True):
    """One program to run in `folder`, below the directory of the build. It leaves the files `makes` there."""

    folder: str
    argv: tuple[str, ...]
    makes: tuple[str, ...]


class Plan(Struct, frozen=True):
    """The build of one architecture: `objects` in any order, together with `runtime`; then `archive`."""

    arch: str
    objects: tuple[Command, ...]
    runtime: Command
    archive: Command

    @property
    def total(self) -> int:
        """Files that the build makes on its way."""
        return sum(len(command.makes) for command in self.objects) + 1


def key(kit: Kit) -> str:
    """What tells libraries apart that different compilers, flags or sources made."""
    parts = [kit.version, *_FLAGS, str(_REVISION), *(repr(target) for target in TARGETS.values())]
    return sha256("\0".join(parts).encode()).hexdigest()[:12]


def files(folder: str) -> Library:
    """The built library in `folder`."""
    return Library(f"{folder}/{START}", (f"{folder}/{ARCHIVE}", f"{folder}/{RUNTIME}"))


def plan(kit: Kit, arch: str) -> Plan:
    """What to run for the C library of `arch`. Lists directories of `kit`; raises OSError when these are not there."""
    target = TARGETS[arch]
    musl = f"{kit.lib}/libc/musl"
    compiler = (
        *(kit.zig, "clang", f"--target={target.triple}", *target.flags, *_FLAGS),
        *(f"-ffile-prefix-map={kit.lib}/libc/=", f"-ffile-prefix-map={kit.start}/=musl/src/string/"),
        *(f"-I{musl}/arch/{target.musl}", f"-I{musl}/arch/generic", f"-I{musl}/src/include", f"-I{musl}/src/internal"),
        *(
            f"-I{musl}/include",
            f"-I{kit.lib}/libc/include/{target.headers[0]}",
            f"-I{kit.lib}/libc/include/generic-musl",
        ),
        *(f"-I{kit.lib}/include", "-c"),
    )
    objects = [Command("start", (*compiler, f"{musl}/crt/crt1.c"), (START,))]
    for folder, found in _sources(f"{musl}/src", target.musl):
        sources = [*found, f"{kit.start}/copy.c"] if folder == "string" else found
        for first in range(0, len(sources), FILES_PER_COMMAND):
            part = sources[first : first + FILES_PER_COMMAND]
            objects.append(Command(f"objects/{folder}", (*compiler, *part), tuple(_object(path) for path in part)))
    runtime = Command(
        "runtime",
        (
            *(kit.zig, "build-lib", f"{kit.lib}/compiler_rt.zig", "-target", target.zig, "-O", "ReleaseSmall"),
            *("-fstrip", "-fno-compiler-rt", "-fno-omit-frame-pointer", "-fsingle-threaded", f"-femit-bin={RUNTIME}"),
        ),
        (RUNTIME,),
    )
    archived = [f"{command.folder}/{name}" for command in objects[1:] for name in command.makes]
    archive = Command(".", (kit.zig, "ar", "rcsD", ARCHIVE, *archived), (ARCHIVE,))
    return Plan(arch, tuple(objects), runtime, archive)


def _object(path: str) -> str:
    return os.path.basename(path).rsplit(".", 1)[0] + ".o"


def _sources(root: str, arch: str) -> list[tuple[str, list[str]]]:
    """(folder, sources) of all that has some: a file of the architecture's takes the place of the generic one."""
    found = []
    for folder in sorted(os.listdir(root)):
        # The only folder below a folder that is not an architecture's: the allocator, of which there is an old one too.
        for name in (folder, f"{folder}/mallocng") if folder == "malloc" else (folder,):
            chosen = {_object(path): path for path in _in_folder(f"{root}/{name}")}
            if os.path.isdir(f"{root}/{name}/{arch}"):
                chosen |= {_object(path): path for path in _in_folder(f"{root}/{name}/{arch}")}
            if chosen:
                found.append((name, [chosen[name] for name in sorted(chosen)]))
    return found


def _in_folder(folder: str) -> list[str]:
    return [f"{folder}/{name}" for name in sorted(os.listdir(folder)) if name.endswith((".c", ".s", ".S"))]
