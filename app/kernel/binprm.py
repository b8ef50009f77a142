"""What exec is about to run (Linux `linux_binprm`): the file, what it is told, and `#!` scripts on the way to it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct

from .arguments.path import Path
from .errno import Errno, KernelError
from .fs.dentry import Dentry
from .fs.inode import RegularFile
from .fs.path import PathWalk
from .fs.permission import MAY_EXEC
from .resource import Resource

if TYPE_CHECKING:
    from .arguments.descriptors import DirFd
    from .call import Call

BINPRM_BUF_SIZE = 256
"""How much of a file is looked at to find out what it is: so long is the first line of a script at most."""

MAX_SCRIPTS = 5
"""Scripts that may be each other's interpreters."""

ARG_MAX = 128 << 10
"""Bytes that arguments and environment may always take."""

MAX_ARGUMENT_BYTES = 6 << 20
"""Bytes that they may take however large the stack may grow."""

_BLANKS = b" \t"


class BinaryProgram(Struct):
    """The program to be. `room` is how many bytes the strings may still take (E2BIG).

    `filename` is the name that it is found by (AT_EXECFN), `interp` the same until a script names its interpreter.
    """

    filename: bytes
    interp: bytes
    dentry: Dentry
    argv: list[bytes]
    envp: list[bytes]
    room: int
    path_inaccessible: bool = False
    """Whether `filename` goes through a descriptor that exec closes, so that no interpreter could open it."""

    @property
    def inode(self) -> RegularFile:
        """The file."""
        return regular(self.dentry)


def regular(dentry: Dentry) -> RegularFile:
    """The inode of what `open_exec` opened, which is always a regular file."""
    inode = dentry.inode
    assert isinstance(inode, RegularFile)  # noqa: S101
    return inode


def string_room(rlimits: dict[int, tuple[int, int]], pointers: int) -> int:
    """How many bytes of strings fit beside so many pointers (execve(2), "Limits on size"). Raises E2BIG."""
    soft, _ = rlimits[Resource.RLIMIT_STACK]
    limit = max(min(MAX_ARGUMENT_BYTES, soft // 4), ARG_MAX)
    if limit <= 8 * pointers:
        raise KernelError(Errno.E2BIG, f"{pointers} pointers are more than a quarter of the stack may hold", "mm")
    return limit - 8 * pointers


def open_exec(call: Call, path: Path, dirfd: DirFd | None = None, follow: bool = True, empty: bool = False) -> Dentry:
    """The file to execute (Linux `do_open_execat`). Raises the errors of the path walk, EACCES, ELOOP, ETXTBSY."""
    walk = PathWalk(call, path, allow_empty=empty)
    if not path.value and dirfd is not None and not dirfd.is_cwd:
        file = dirfd.any_file
        if file.dentry is None:
            walk.refuse(Errno.EACCES, f"{file.path} is {file.what}, which cannot be executed.")
        dentry = file.dentry
    else:
        dentry = walk.find(dirfd, follow=follow)
    inode = dentry.inode
    if inode.is_symlink:
        walk.refuse(Errno.ELOOP, f"{dentry.path} is a symbolic link and is not followed.")
    if not isinstance(inode, RegularFile):
        walk.refuse(Errno.EACCES, f"{dentry.path} is no regular file, so it cannot be executed.")
    walk.need(dentry, MAY_EXEC, f"{dentry.path} has mode {inode.mode & 0o7777:04o}: this user may not execute it.")
    if inode.write_count > 0:
        walk.refuse(Errno.ETXTBSY, f"{dentry.path} is open for writing: what is executed must not change.")
    return dentry


def open_interpreter(call: Call, name: bytes) -> Dentry:
    """The file that a script or an ELF file names as its interpreter. Raises as `open_exec`."""
    if not name:
        raise KernelError(Errno.EACCES, "The empty path leads to the working directory, which is no interpreter")
    path = Path(call, "pathname", 0, "")
    path.value = name
    return open_exec(call, path)


def resolve_scripts(call: Call, program: BinaryProgram) -> None:
    """Replace scripts by their interpreters until there is another kind of file (Linux `exec_binprm`).

    Raises what `open_exec` does for an interpreter, ENOEXEC for a first line that names none, ELOOP, and E2BIG.
    """
    for _ in range(MAX_SCRIPTS + 1):
        head = program.inode.read(0, BINPRM_BUF_SIZE).ljust(BINPRM_BUF_SIZE, b"\0")
        if not head.startswith(b"#!"):
            return
        found = parse_script(head)
        if found is None:
            raise KernelError(Errno.ENOEXEC, f"The first line of {program.dentry.path} names no interpreter", "vfs")
        if program.path_inaccessible:
            raise KernelError(Errno.ENOENT, "The interpreter could not open the script: exec closes its descriptor")
        name, argument = found
        inserted = [name, *([] if argument is None else [argument]), program.interp]
        program.room += len(program.argv[0]) + 1 - sum(len(text) + 1 for text in inserted)
        if program.room < 0:
            raise KernelError(Errno.E2BIG, "With the interpreter's name the arguments are too long", "mm")
        call.service(
            "vfs", "script", f"{program.dentry.path} is a script (#!): {os.fsdecode(name)} is to interpret it."
        )
        program.argv[:1] = inserted
        program.interp = name
        program.dentry = open_interpreter(call, name)
    raise KernelError(Errno.ELOOP, f"More than {MAX_SCRIPTS} scripts are each other's interpreters", "vfs")


def parse_script(head: bytes) -> tuple[bytes, bytes | None] | None:
    """(interpreter, its one argument if any) of a `#!` line in the first bytes of a file; None when it names none.

    Without a newline among them the path must end there all the same, lest a part of it be executed; the argument may
    be cut off (Linux `load_script`).
    """
    end = head.find(b"\n")
    if end < 0:
        end = len(head) - 1
        first = _next_other(head, 2, end)
        if first is None or _next_terminator(head, first, end) is None:
            return None
    while head[end - 1] in _BLANKS:
        end -= 1
    start = _next_other(head, 2, end)
    if start is None or start == end:
        return None
    separator = _next_terminator(head, start, end)
    argument = None
    if separator is not None and head[separator]:
        argument = _next_other(head, separator, end)
    name_end = end if separator is None else separator
    if argument is None:
        return head[start:name_end].partition(b"\0")[0], None
    return head[start:name_end], head[argument:end].partition(b"\0")[0]


def _next_other(data: bytes, first: int, last: int) -> int | None:
    """Index of the first byte in [first, last] that is no blank."""
    return next((index for index in range(first, last + 1) if data[index] not in _BLANKS), None)


def _next_terminator(data: bytes, first: int, last: int) -> int | None:
    """Index of the first blank or NUL in [first, last]."""
    return next((index for index in range(first, last + 1) if data[index] in b" \t\0"), None)
