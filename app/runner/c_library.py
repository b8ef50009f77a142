"""The C library of each architecture: whether it is there, how far its build is, and the build.

Libraries are kept in a cache directory, in a folder that names compiler and flags. A build happens beside it and is
moved into place when it is complete; how far it is, anybody can count. `python -m app.runner.c_library` builds in the
background.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager

from app.runner.messages import LibraryState
from app.toolchain.c import library
from app.toolchain.c.commands import Library
from app.toolchain.c.kit import Kit, KitError, find_kit
from app.toolchain.c.library import Command
from app.toolchain.c.targets import TARGETS

_NICENESS = 19
_MAX_REASON_BYTES = 2000


class LibraryError(Exception):
    """The C library cannot be built; the message says why."""


def cache_folder() -> str:
    """Where libraries are kept: TRAPGATE_CACHE_DIR, else `trapgate` in XDG_CACHE_HOME or `~/.cache`."""
    if own := os.environ.get("TRAPGATE_CACHE_DIR"):
        return os.path.abspath(own)
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "trapgate")


def find(kit: Kit, arch: str) -> Library | None:
    """The library of `arch`, None when it has not been built."""
    folder = _folder(kit, arch)
    return library.files(folder) if os.path.isdir(folder) else None


def state(kit: Kit, arch: str) -> LibraryState:
    """How it stands with the library of `arch`."""
    folder = _folder(kit, arch)
    if os.path.isdir(folder):
        return LibraryState(arch, "ready")
    if _locked(folder):
        return LibraryState(arch, "building", _objects(f"{folder}.building"), library.plan(kit, arch).total)
    return LibraryState(arch, "failed" if os.path.exists(f"{folder}.failed") else "missing")


def build(kit: Kit, arch: str, jobs: int, progress: Callable[[int, int], None]) -> None:
    """Build the library of `arch` unless it is there, with `jobs` compilers at a time. Raises LibraryError.

    `progress` is told how many files are made, and of how many. When another process builds it, this waits.
    """
    folder = _folder(kit, arch)
    try:
        os.makedirs(os.path.dirname(folder), exist_ok=True)
        with _lock(folder):
            if not os.path.isdir(folder):
                _build_locked(kit, arch, jobs, progress, folder)
    except OSError as error:
        raise LibraryError(f"cannot write below {cache_folder()}: {error.strerror}") from error


def failure(kit: Kit, arch: str) -> str:
    """Why the last build failed; empty when it did not."""
    try:
        with open(f"{_folder(kit, arch)}.failed", encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""


def _folder(kit: Kit, arch: str) -> str:
    return os.path.join(cache_folder(), f"musl-{library.key(kit)}", arch)


def _build_locked(kit: Kit, arch: str, jobs: int, progress: Callable[[int, int], None], folder: str) -> None:
    plan = library.plan(kit, arch)
    work = f"{folder}.building"
    shutil.rmtree(work, ignore_errors=True)
    try:
        # The runtime takes longest, so it is the first.
        _run_all((plan.runtime, *plan.objects), work, jobs, lambda: progress(_objects(work), plan.total))
        _run(plan.archive, work)
        ready = f"{work}/ready"
        os.mkdir(ready)
        for command in (plan.objects[0], plan.runtime, plan.archive):
            os.rename(f"{work}/{command.folder}/{command.makes[0]}", f"{ready}/{command.makes[0]}")
        os.rename(ready, folder)
    except LibraryError as error:
        with open(f"{folder}.failed", "w", encoding="utf-8") as file:
            file.write(str(error))
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if os.path.exists(f"{folder}.failed"):
        os.unlink(f"{folder}.failed")


def _run_all(commands: Sequence[Command], work: str, jobs: int, step: Callable[[], None]) -> None:
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        waiting = {pool.submit(_run, command, work) for command in commands}
        try:
            while waiting:
                done, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()
                step()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _run(command: Command, work: str) -> None:
    folder = os.path.join(work, command.folder)
    os.makedirs(folder, exist_ok=True)
    cache = os.path.join(work, "zig-cache")
    done = subprocess.run(  # noqa: S603 - the compiler, on its own files
        command.argv,
        cwd=folder,
        env={"HOME": work, "ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    lacking = [name for name in command.makes if not os.path.exists(os.path.join(folder, name))]
    if done.returncode != 0 or lacking:
        said = done.stderr.decode("utf-8", "replace")[-_MAX_REASON_BYTES:].strip()
        raise LibraryError(f"{os.path.basename(command.argv[-1])}: exit status {done.returncode}: {said}")


def _objects(work: str) -> int:
    return sum(
        name.endswith(".o") for folder in ("objects", "start") for name in _names(os.path.join(work, folder))
    ) + (os.path.exists(os.path.join(work, "runtime", library.RUNTIME)))


def _names(folder: str) -> Iterator[str]:
    for _, _, names in os.walk(folder):
        yield from names


@contextmanager
def _lock(folder: str) -> Iterator[None]:
    with open(f"{folder}.lock", "w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _locked(folder: str) -> bool:
    try:
        with open(f"{folder}.lock", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


def main(arguments: Sequence[str]) -> int:
    """Build the libraries of the architectures named, or of all, one after the other; JOBS ARCH ..."""
    os.setpriority(os.PRIO_PROCESS, 0, _NICENESS)
    failed = False
    for arch in arguments[1:] or TARGETS:
        try:
            build(find_kit(), arch, int(arguments[0]), lambda done, total: None)
        except (LibraryError, KitError) as error:
            print(f"the C library for {arch}: {error}", file=sys.stderr)
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
