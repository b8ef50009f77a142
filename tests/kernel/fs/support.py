"""What the file system's unit tests share."""

from __future__ import annotations

from app.kernel.clock import Clock
from app.kernel.config import KernelConfig
from app.kernel.credentials import Credentials
from app.kernel.errno import KernelError
from app.kernel.fs.rootfs import RootFs
from app.kernel.fs.superblock import SuperBlock
from tests.conformance.harness import Call, Outcome, compile_case, run_here

USER = Credentials.of(1000)
OTHER = Credentials.of(1001)
ROOT = Credentials.of(0)


def root_file_system() -> RootFs:
    """A fresh root file system."""
    return RootFs.build(SuperBlock(Clock()))


def run_steps(*steps: Call, stdin: bytes = b"", **settings: object) -> Outcome:
    """Run conformance-style steps under this kernel only."""
    values = {"cwd": "/home/user", "streams": ("stream", "stream", "stream"), **settings}
    return run_here(compile_case(steps), stdin, KernelConfig(**values))  # type: ignore[arg-type]


def results(outcome: Outcome) -> list[str]:
    """The lines that the steps printed."""
    return outcome.stdout.decode("latin-1").splitlines()


__all__ = ["OTHER", "ROOT", "USER", "KernelError", "results", "root_file_system", "run_steps"]
