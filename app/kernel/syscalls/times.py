"""Setting the time stamps of files."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.file_constants import UTIME_NOW, UTIME_OMIT, ChangeAtFlag
from app.kernel.arguments import DirFd, Int, Path
from app.kernel.arguments.files import FileTimes
from app.kernel.call import Call
from app.kernel.clock import SECOND
from app.kernel.errno import Errno
from app.kernel.fs.attributes import Target, change_times, find_target
from app.kernel.syscall import syscall

_US_PER_SECOND = 1_000_000
_FLAGS = int(ChangeAtFlag.AT_SYMLINK_NOFOLLOW | ChangeAtFlag.AT_EMPTY_PATH)

Times = tuple[tuple[int, int], tuple[int, int]]


@syscall
def utimensat(
    call: Call, dirfd: DirFd, pathname: Path, times: Annotated[FileTimes, "timespec"], flags: ChangeAtFlag
) -> Int:
    """Set the times of last access and last modification of a file, in nanoseconds; NULL sets both to now.

    A `tv_nsec` of UTIME_NOW stands for now, UTIME_OMIT leaves that time as it is. A `pathname` of NULL means the open
    file `dirfd`.

    EFAULT: a pointer is bad. EINVAL: unknown flags, or nanoseconds out of range. EBADF: `dirfd` is not open. EPERM: the
    file is another user's. EACCES: the times are to be now, but the file is another user's and may not be written. And
    the errors of a path walk. See utimensat(2).
    """
    pair = None if times.is_null else times.read()
    if pair is not None and pair[0][1] == pair[1][1] == UTIME_OMIT:
        return Int(0)
    if pathname.is_null and not dirfd.is_cwd:
        if flags:
            raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "There are no flags for a descriptor.")
        target = Target.of(dirfd.file)
    else:
        if flags & ~_FLAGS:
            raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "utimensat does not know one of the flags.")
        follow = not flags & ChangeAtFlag.AT_SYMLINK_NOFOLLOW
        target = find_target(call, dirfd, pathname, follow, bool(flags & ChangeAtFlag.AT_EMPTY_PATH))
    _set_times(call, target, pair)
    return Int(0)


@syscall
def utimes(call: Call, filename: Path, times: Annotated[FileTimes, "timeval"]) -> Int:
    """Set the times of last access and modification, in microseconds; NULL sets both to now.

    The errors are those of utimensat. See utimes(2).
    """
    return _set_microseconds(call, None, filename, times)


@syscall
def futimesat(call: Call, dirfd: DirFd, pathname: Path, times: Annotated[FileTimes, "timeval"]) -> Int:
    """Like utimes, relative to the directory `dirfd`; a `pathname` of NULL means the open file.

    The errors are those of utimensat. See futimesat(2).
    """
    return _set_microseconds(call, dirfd, pathname, times)


@syscall
def utime(call: Call, filename: Path, times: Annotated[FileTimes, "utimbuf"]) -> Int:
    """Set the times of last access and modification, in seconds; NULL sets both to now.

    The errors are those of utimensat. See utime(2).
    """
    pair = None if times.is_null else times.read()
    _set_times(call, find_target(call, None, filename), pair)
    return Int(0)


def _set_microseconds(call: Call, dirfd: DirFd | None, path: Path, times: FileTimes) -> Int:
    pair = None if times.is_null else times.read()
    if pair is not None:
        for _, microseconds in pair:
            if not 0 <= microseconds < _US_PER_SECOND:
                raise call.refuse(
                    Errno.EINVAL, "times", "range", str(microseconds), "Microseconds are from 0 to 999999."
                )
        (first, first_fraction), (second, second_fraction) = pair
        pair = (first, first_fraction * 1000), (second, second_fraction * 1000)
    by_descriptor = path.is_null and dirfd is not None and not dirfd.is_cwd
    target = Target.of(dirfd.file) if by_descriptor and dirfd is not None else find_target(call, dirfd, path)
    _set_times(call, target, pair)
    return Int(0)


def _set_times(call: Call, target: Target, pair: Times | None) -> None:
    """Check the nanoseconds, which Linux does once the file is found, and set both times."""
    if pair is None:
        change_times(call, target, None)
        return
    fractions = [fraction for _, fraction in pair]
    for fraction in fractions:
        if not 0 <= fraction < SECOND and fraction not in (UTIME_NOW, UTIME_OMIT):
            raise call.refuse(Errno.EINVAL, "times", "range", str(fraction), "Nanoseconds are from 0 to 999999999.")
    if fractions == [UTIME_NOW, UTIME_NOW]:
        change_times(call, target, None)
        return
    now = target.inode.fs.now
    access, modification = (
        None if fraction == UTIME_OMIT else now if fraction == UTIME_NOW else seconds * SECOND + fraction
        for seconds, fraction in pair
    )
    change_times(call, target, (access, modification))
