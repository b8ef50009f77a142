"""What boot asks of the file system: a root to stand in and three open streams."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from app.kernel.abi.constants import OpenFlag
from app.kernel.errno import Errno, KernelError

from .context import FsContext
from .descriptors import DescriptorTable
from .device import CharacterDevice
from .file import FileDescription
from .inode import Dentry, Inode
from .mounts import SHM
from .procfs.mount import mount_proc
from .rootfs import USER_ID, RootFs
from .stream import InputStream, Stream, StreamDescription
from .superblock import SharedSuperBlock, SuperBlock
from .sysfs import mount_sys
from .tty import Terminal

if TYPE_CHECKING:
    from app.kernel.kernel import Kernel

TERMINAL_PATH = "/dev/pts/0"


def mount_root(kernel: Kernel) -> FsContext:
    """Build the root file system, with the terminal if a stream uses it, and choose the input device."""
    config = kernel.config
    rootfs = RootFs.build(SuperBlock(kernel.clock))
    fs = rootfs.fs
    if "terminal" in config.streams:
        terminal = Terminal(kernel, raw_output=not config.echo)
        device = CharacterDevice(fs, 0o620, (136, 0), terminal.open)
        device.uid = 0 if config.root else USER_ID
        rootfs.add(TERMINAL_PATH, device)
        rootfs.add("/dev/tty", CharacterDevice(fs, 0o666, (5, 0), terminal.open))
        kernel.input = terminal
    else:
        rootfs.add("/dev/tty", CharacterDevice(fs, 0o666, (5, 0), _no_terminal))
    if config.streams[0] == "stream":
        kernel.input = InputStream()
    for path, contents in config.files:
        rootfs.bring(posixpath.normpath(posixpath.join(config.cwd, path)), contents)
    mount_proc(kernel, rootfs.root)
    mount_sys(kernel, rootfs.root)
    rootfs.mount_shm(SharedSuperBlock(fs, kernel.clock, SHM.device))
    return FsContext(fs, rootfs.root, rootfs.make_directories(config.cwd))


def _no_terminal(fs: SuperBlock, inode: Inode, flags: int, dentry: Dentry | None) -> FileDescription:
    """Opening /dev/tty without a controlling terminal."""
    raise KernelError(Errno.ENXIO, "The process has no controlling terminal")


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
