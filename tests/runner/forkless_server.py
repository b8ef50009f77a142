"""The runner process on a host that has no room for another process after the probe."""

import errno
import os

from app.runner import children
from app.runner.server import main
from tests.runner.fake_engine import FakeEngine


def fork() -> int:
    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))


class Processes:
    """`os` with a failing fork, for one module."""

    def __getattr__(self, name: str) -> object:
        return fork if name == "fork" else getattr(os, name)


if __name__ == "__main__":
    children.os = Processes()
    main(FakeEngine)
