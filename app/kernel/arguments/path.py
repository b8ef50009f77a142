"""Arguments that name files."""

from __future__ import annotations

import os

from app.kernel.errno import Errno

from .memory import CString


class Path(CString):
    """A path name: at most 4095 bytes and a NUL (`PATH_MAX`, path_resolution(7))."""

    __slots__ = ()

    def is_empty(self) -> bool:
        """Whether it is the empty string, which AT_EMPTY_PATH lets stand for the descriptor itself."""
        return self.call.task.mm.copy_in(self.address, 1) == b"\0"

    def read_name(self, allow_empty: bool = False) -> str:
        """The path as text (bytes that are not UTF-8 survive as surrogates).

        Raises EFAULT, ENAMETOOLONG, and ENOENT for the empty path unless `allow_empty`.
        """
        value = self.read()
        if not value and not allow_empty:
            raise self.call.refuse(Errno.ENOENT, self.name, "path", '""', "The empty path names nothing.")
        return os.fsdecode(value)
