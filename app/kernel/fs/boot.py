"""What boot asks of the file system: a root to stand in and three open streams."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.kernel.abi.constants import OpenFlag
from app.kernel.errno import KernelError

from .context import FsContext
from .dentry import Dentry
from .descriptors import DescriptorTable
from .device import CharacterDevice
from .devpts import mount_terminals
from .file import FileDescription
from .inode import Directory
from .mounts import SHM
from .procfs.mount import mount_proc
from .program_file import ProgramFile
from .rootfs import USER_ID, RootFs
from .stream import InputStream, Stream, StreamDescription
from .superblock import SharedSuperBlock, SuperBlock
from .sysfs import mount_sys
from .tty import Terminal

if TYPE_CHECKING:
    from app.kernel.kernel import Kernel

TERMINAL_PATH = "/dev/pts/0"

PROGRAM_DIRECTORY = "/usr/local/bin"
"""Where the first program's file is, unless its name says something else."""


def mount_root(kernel: Kernel) -> FsContext:
    """Build the root file system, with the terminal if a stream uses it, and choose the input device."""
    config = kernel.config
    rootfs = RootFs.build(SuperBlock(kernel.clock))
    fs = rootfs.fs
    mount_proc(kernel, rootfs.root)
    mount_sys(kernel, rootfs.root)
    devices = rootfs.find("/dev")
    devices.create("shm", Directory(SharedSuperBlock(fs, kernel.clock, SHM.device), 0o1777, 0, 0))
    terminal = Terminal(kernel, raw_output=not config.echo) if "terminal" in config.streams else None
    mount_terminals(kernel, devices, terminal, 0 if config.root else USER_ID)
    if terminal is not None:
        kernel.input = terminal
    if config.streams[0] == "stream":
        kernel.input = InputStream()
    for file in config.files:
        rootfs.bring(posixpath.normpath(posixpath.join(config.cwd, file.path)), file)
    return FsContext(fs, rootfs.root, rootfs.make_directories(config.cwd))


def install_program(kernel: Kernel, context: FsContext, make: Callable[[], bytes]) -> tuple[str, Dentry]:
    """Put the file of the first program, whose contents `make` makes, where its name says it is.

    Returns the path that a shell would have found it by, and the file. A name without a slash is found in PATH.
    """
    config = kernel.config
    owner = 0 if config.root else USER_ID
    inode = ProgramFile(context.superblock, owner, make, kernel.program)
    rootfs = RootFs(context.superblock, context.root)
    name = config.argv[0]
    filename = name if "/" in name else f"{PROGRAM_DIRECTORY}/{name}"
    try:
        return filename, rootfs.place(posixpath.normpath(posixpath.join(config.cwd, filename)), inode)
    except (ValueError, KernelError):
        filename = f"{PROGRAM_DIRECTORY}/program"
        return filename, rootfs.place(filename, inode)


def open_standard_streams(kernel: Kernel, fs: FsContext, files: DescriptorTable) -> None:
    """Descriptors 0, 1 and 2. Those that are the terminal share one description, as a shell hands them down."""
    owner = 0 if kernel.config.root else USER_ID
    terminal: FileDescription | None = None
    for number, kind in enumerate(kernel.config.streams):
        if kind == "stream":
            source = kernel.input if number == 0 and isinstance(kernel.input, InputStream) else None
            flags = OpenFlag.O_RDONLY if source is not None else OpenFlag.O_WRONLY
            files.put(
                number, StreamDescription(fs.superblock, Stream(fs.superblock, number, owner, source), int(flags))
            )
            continue
        if terminal is None:
            dentry = fs.root.directory.entries["dev"].directory.entries["pts"].directory.entries["0"]
            device = dentry.inode
            if not isinstance(device, CharacterDevice):
                raise TypeError(f"{TERMINAL_PATH} is not a device")
            terminal = device.opener(fs.superblock, device, int(OpenFlag.O_RDWR), dentry)
        files.put(number, terminal)
