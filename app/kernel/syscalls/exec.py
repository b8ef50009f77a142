"""Running another program: execve and execveat."""

from __future__ import annotations

import os

from app.kernel.arguments import DirFd, Int, Path
from app.kernel.arguments.exec import EnvironmentArray, ExecFlag, StringArray
from app.kernel.binprm import BinaryProgram, open_exec, string_room
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.exec import execute
from app.kernel.syscall import syscall

_KNOWN = int(ExecFlag.AT_SYMLINK_NOFOLLOW | ExecFlag.AT_EMPTY_PATH | ExecFlag.AT_EXECVE_CHECK)


@syscall
def execve(call: Call, pathname: Path, argv: StringArray, envp: EnvironmentArray) -> Int:
    """Run the program in the file `pathname` in the place of this one; on success nobody is left to return to.

    `argv` are its arguments, its name first, `envp` its environment. Process id, parent, directories, open files but
    for those marked O_CLOEXEC, the signal mask, pending and ignored signals stay; memory, other threads and signal
    handlers are gone. A file that begins with `#!` names the program that interprets it.

    ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG, EFAULT: the path leads nowhere, or an interpreter's does. EACCES: it is no
    regular file or may not be executed. ETXTBSY: somebody has it open for writing. ENOEXEC: it is no program for this
    machine. ELIBBAD: its interpreter is none. E2BIG: arguments and environment are too long. See execve(2).
    """
    return _execute(call, None, pathname, argv, envp, 0)


@syscall
def execveat(
    call: Call, dirfd: DirFd, pathname: Path, argv: StringArray, envp: EnvironmentArray, flags: ExecFlag
) -> Int:
    """Like execve, with `pathname` relative to the directory `dirfd`.

    With AT_EMPTY_PATH and an empty path, the file open as `dirfd` is the program. ELOOP: AT_SYMLINK_NOFOLLOW, and it is
    a symbolic link. EINVAL: unknown flags. ENOENT: a script, and its interpreter could not open it because exec closes
    `dirfd`. With AT_EXECVE_CHECK nothing is executed: 0 says that it could be. And the errors of execve. See
    execveat(2).
    """
    return _execute(call, dirfd, pathname, argv, envp, flags)


def _execute(call: Call, dirfd: DirFd | None, path: Path, argv: StringArray, envp: EnvironmentArray, flags: int) -> Int:
    """Find the file, copy the strings, and begin (Linux `do_execveat_common`)."""
    empty = bool(flags & ExecFlag.AT_EMPTY_PATH)
    name = os.fsencode(path.read_name(allow_empty=empty))
    if flags & ~_KNOWN:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "execveat does not know one of the flags.")
    dentry = open_exec(call, path, dirfd, follow=not flags & ExecFlag.AT_SYMLINK_NOFOLLOW, empty=empty)
    filename, closes = name, False
    if dirfd is not None and not dirfd.is_cwd and not name.startswith(b"/"):
        filename = b"/dev/fd/%d" % dirfd.number + (b"/" + name if name else b"")
        closes = call.task.files.closes_on_exec(dirfd.number)
    count = argv.count()
    pointers = max(count, 1) + envp.count()
    room = string_room(call.task.process.rlimits, pointers) - len(filename) - 1
    environment, room = envp.read(room)
    arguments, room = argv.read(room)
    program = BinaryProgram(filename, filename, dentry, arguments or [b""], environment, room, closes)
    if flags & ExecFlag.AT_EXECVE_CHECK:
        call.service("vfs", "check", f"{dentry.path} may be executed.")
        return Int(0)
    execute(call, program)
    return Int(0)
