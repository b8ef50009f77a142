"""What is available on this machine, and what is missing: `trapgate doctor`."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import app
from app.runner import c_library, compiler_box, sandbox
from app.runner.rust import RustMissingError, find_rust
from app.toolchain.c.kit import KitError, find_kit
from app.toolchain.c.targets import TARGETS
from app.toolchain.machines import MACHINES
from app.toolchain.program import SourceError

_OLDEST_PYTHON = (3, 11)


class Finding(NamedTuple):
    """One thing looked at. `detail` says what was found, or what to do. Not all that is missing is `needed`."""

    name: str
    found: bool
    detail: str
    needed: bool = True

    @property
    def ok(self) -> bool:
        """Whether everything that must be here is."""
        return self.found or not self.needed

    @property
    def mark(self) -> str:
        """In one word."""
        return "ok" if self.found else "missing" if self.needed else "later"


def report() -> list[Finding]:
    """Look at everything. Forks, so call it from a single-threaded process only."""
    # The sandbox first: the engines may start threads.
    layers = _sandbox()
    engines = [_engine("unicorn", _run_cpu), _engine("keystone-engine", _assemble)]
    return [_host(), _python(), *layers, *engines, *_c_compiler(), _rust_compiler(), _page()]


def _host() -> Finding:
    return Finding(
        "host", platform.system() == "Linux", f"{platform.system()} {platform.release()} {platform.machine()}"
    )


def _python() -> Finding:
    wanted = ".".join(map(str, _OLDEST_PYTHON))
    return Finding("Python", sys.version_info >= _OLDEST_PYTHON, f"{platform.python_version()} (needed: {wanted})")


def _sandbox() -> list[Finding]:
    return [Finding(f"sandbox: {layer.name}", layer.active, layer.detail or "active") for layer in sandbox.probe()]


def _engine(distribution: str, use: Callable[[], None]) -> Finding:
    try:
        found = version(distribution)
    except PackageNotFoundError:
        return Finding(distribution, False, "not installed: pip install trapgate brings it")
    try:
        use()
    except (ImportError, OSError, RuntimeError, SourceError) as error:
        return Finding(distribution, False, f"{found} does not work: {error}")
    return Finding(distribution, True, found)


def _run_cpu() -> None:
    from app.cpu.cpu import warm_up  # noqa: PLC0415 - loads Unicorn

    warm_up("x86_64")


def _assemble() -> None:
    from app.toolchain.assemble import assemble  # noqa: PLC0415 - loads Keystone

    assemble("nop\n", language="gas", arch="x86_64", filename="doctor.s")


def _c_compiler() -> list[Finding]:
    try:
        kit = find_kit()
    except KitError as error:
        return [Finding("C compiler", False, str(error))]
    if reason := compiler_box.missing():
        return [Finding("C compiler", False, f"C is switched off, because it cannot be confined: {reason}")]
    findings = [Finding("C compiler", True, f"clang of ziglang {kit.version}")]
    for arch in TARGETS:
        library = c_library.state(kit, arch)
        detail = {
            "ready": "built",
            "building": f"being built: {library.done:,} of {library.total:,} files",
            "missing": f"not built yet: `trapgate doctor --build --arch {arch}`, or start the server",
            "failed": f"cannot be built: {c_library.failure(kit, arch)}",
        }[library.state]
        name = f"C library: {MACHINES[arch].title}"
        findings.append(Finding(name, library.state == "ready", detail, library.state == "failed"))
    return findings


def _rust_compiler() -> Finding:
    try:
        kit = find_rust()
    except RustMissingError as error:
        return Finding("Rust compiler", False, str(error))
    if reason := compiler_box.missing():
        return Finding("Rust compiler", False, f"Rust is switched off, because it cannot be confined: {reason}")
    return Finding("Rust compiler", True, f"rustc {kit.version}, for {kit.target}")


def _page() -> Finding:
    package = Path(app.__file__).parent
    # In a wheel the built page is part of the package, in a checkout it stands beside it.
    places = (package / "static", package.parent / "static" / "dist")
    for place in places:
        if (place / "manifest.json").is_file():
            return Finding("web page", True, str(place))
    return Finding("web page", False, "not built: run `make build` (needed by `trapgate serve` only)")
