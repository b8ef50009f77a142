"""The runner process on a host whose kernel has no system call filter."""

from app.runner import sandbox
from app.runner.server import main
from tests.runner.fake_engine import FakeEngine

if __name__ == "__main__":
    sandbox.probe = lambda: [sandbox.Layer("seccomp", False, "the kernel refused it")]
    main(FakeEngine)
