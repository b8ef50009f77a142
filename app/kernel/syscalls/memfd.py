"""Anonymous files."""

from __future__ import annotations

import os

from app.kernel.abi.constants import OpenFlag
from app.kernel.abi.file_constants import MFD_EXEC, MFD_NOEXEC_SEAL, MemfdFlag, Seal
from app.kernel.arguments import Fd
from app.kernel.arguments.files import MemfdName
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.fs.file import RegularDescription
from app.kernel.fs.memfd import MemoryFile
from app.kernel.fs.permission import file_group, file_user
from app.kernel.syscall import syscall

_KNOWN = int(MemfdFlag.MFD_CLOEXEC | MemfdFlag.MFD_ALLOW_SEALING) | MFD_NOEXEC_SEAL | MFD_EXEC
_EXECUTION = MFD_EXEC | MFD_NOEXEC_SEAL


@syscall
def memfd_create(call: Call, name: MemfdName, flags: MemfdFlag) -> Fd:
    """Make a file that has no name in any directory and lives in memory; `name` is only for people to see.

    With MFD_ALLOW_SEALING seals can be added by fcntl; MFD_NOEXEC_SEAL makes it a file that never can be executed.

    EFAULT: a pointer is bad. EINVAL: unknown flags, MFD_EXEC together with MFD_NOEXEC_SEAL, or a name of more than 249
    bytes. EMFILE: too many descriptors. See memfd_create(2).

    Not served: MFD_HUGETLB, which answers EINVAL.
    """
    if flags & ~_KNOWN or flags & _EXECUTION == _EXECUTION:
        raise call.refuse(
            Errno.EINVAL, "flags", "flags", hex(flags), "These flags are unknown or contradict each other."
        )
    title = os.fsdecode(name.read_name())
    files = call.task.files
    number = files.lowest_free()
    who = call.task.credentials
    context = call.task.fs
    sealed = 0 if flags & (MemfdFlag.MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL) else int(Seal.F_SEAL_SEAL)
    permissions = 0o777
    if flags & MFD_NOEXEC_SEAL:
        permissions, sealed = 0o666, sealed | int(Seal.F_SEAL_EXEC)
    inode = MemoryFile(context.superblock, permissions, file_user(who), file_group(who), sealed)
    mode = int(OpenFlag.O_RDWR | OpenFlag.O_LARGEFILE)
    file = RegularDescription(context.superblock, inode, mode, path=f"/memfd:{title} (deleted)")
    files.install(call.kernel, number, file, close_on_exec=bool(flags & MemfdFlag.MFD_CLOEXEC))
    call.service("vfs", "create", f"Descriptor {number} is a new file in memory, inode {inode.number}.")
    return Fd(call, "", number)
