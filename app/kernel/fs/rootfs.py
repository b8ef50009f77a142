"""The small root file system that every run starts with."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from msgspec import Struct

from app.kernel.errno import Errno, KernelError

from .dentry import NAME_MAX, Dentry
from .device import CharacterDevice, FullDevice, NullDevice, Opener, RandomDevice, ZeroDevice
from .inode import Directory, Inode, RegularFile, Symlink
from .superblock import SuperBlock

if TYPE_CHECKING:
    from app.kernel.config import GuestFile

USER_ID = 1000
HOME = "/home/user"

_SERVICES = """\
echo\t7/tcp
echo\t7/udp
discard\t9/tcp
discard\t9/udp
daytime\t13/tcp
ftp\t21/tcp
ssh\t22/tcp
telnet\t23/tcp
smtp\t25/tcp
time\t37/tcp
domain\t53/tcp
domain\t53/udp
http\t80/tcp
ntp\t123/udp
https\t443/tcp
http-alt\t8080/tcp
"""

_PROTOCOLS = """\
ip\t0\tIP
icmp\t1\tICMP
tcp\t6\tTCP
udp\t17\tUDP
ipv6\t41\tIPv6
ipv6-icmp\t58\tIPv6-ICMP
"""

_ETC = {
    "passwd": "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n",
    "group": "root:x:0:\nuser:x:1000:\n",
    "hostname": "trapgate\n",
    "hosts": "127.0.0.1\tlocalhost\n127.0.1.1\ttrapgate\n::1\tip6-localhost ip6-loopback\n",
    "host.conf": "multi on\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\nservices: files\nprotocols: files\n",
    "resolv.conf": "# There is no name server: the only network is the loopback interface.\n",
    "services": _SERVICES,
    "protocols": _PROTOCOLS,
    "os-release": 'NAME="Trapgate"\nID=trapgate\nPRETTY_NAME="Trapgate"\n',
}

_NOTES = (
    "These notes live in the memory of this run.\n"
    "open() gives you a number, read() gives you these bytes,\n"
    "and close() gives the number back.\n"
)

_MEMORY_DEVICES: dict[str, tuple[int, Opener]] = {
    "null": (3, NullDevice),
    "zero": (5, ZeroDevice),
    "full": (7, FullDevice),
    "random": (8, RandomDevice),
    "urandom": (9, RandomDevice),
}

_STANDARD_LINKS = {
    "fd": "/proc/self/fd",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
}


class RootFs(Struct):
    """Builds files before the program runs; no permissions are checked."""

    fs: SuperBlock
    root: Dentry

    @classmethod
    def build(cls, fs: SuperBlock) -> RootFs:
        """Everything but the terminal, which `boot.py` adds, and the visitor's files."""
        rootfs = cls(fs, Dentry("/", None, Directory(fs, 0o755, 0, 0)))
        for path in ("/bin", "/etc", "/dev", "/home", "/run", "/usr", "/usr/bin", "/var"):
            rootfs.directory(path)
        rootfs.directory("/root", mode=0o700)
        for path in ("/tmp", "/var/tmp"):  # noqa: S108 - directories of the run, not of the host
            rootfs.directory(path, mode=0o1777)
        rootfs.directory(HOME, owner=USER_ID)
        for name, text in _ETC.items():
            rootfs.file(f"/etc/{name}", text.encode())
        rootfs.file(f"{HOME}/notes.txt", _NOTES.encode(), owner=USER_ID)
        for name, (minor, opener) in _MEMORY_DEVICES.items():
            rootfs.add(f"/dev/{name}", CharacterDevice(fs, 0o666, (1, minor), opener))
        for name, target in _STANDARD_LINKS.items():
            rootfs.add(f"/dev/{name}", Symlink(fs, target, 0, 0))
        return rootfs

    def add(self, path: str, inode: Inode) -> Dentry:
        """Enter `inode` at `path`, whose parent exists."""
        parent, _, name = path.rpartition("/")
        return self.find(parent).create(name, inode)

    def find(self, path: str) -> Dentry:
        """The directory entry at an absolute path that exists. Raises KeyError."""
        dentry = self.root
        for name in filter(None, path.split("/")):
            dentry = dentry.directory.entries[name]
        return dentry

    def directory(self, path: str, mode: int = 0o755, owner: int = 0) -> Dentry:
        """Make a directory."""
        return self.add(path, Directory(self.fs, mode, owner, owner))

    def file(self, path: str, contents: bytes, mode: int = 0o644, owner: int = 0) -> Dentry:
        """Make a regular file."""
        inode = RegularFile(self.fs, mode, owner, owner)
        if inode.write(0, contents) < len(contents):
            raise KernelError(Errno.ENOSPC, "The disk is full")
        return self.add(path, inode)

    def bring(self, path: str, file: GuestFile) -> None:
        """Put a file of the visitor's at an absolute path, with the directories above it; they belong to the user.

        Raises ValueError where no file can be: at a directory, below a file, or with a name no directory holds.
        """
        fs = self.fs
        try:
            if stat.S_ISDIR(file.mode):
                self.make_directories(path).inode.mode = file.mode
            elif stat.S_ISLNK(file.mode):
                self.place(path, Symlink(fs, os.fsdecode(file.contents), USER_ID, USER_ID))
            else:
                inode = RegularFile(fs, stat.S_IMODE(file.mode), USER_ID, USER_ID)
                if inode.write(0, file.contents) < len(file.contents):
                    raise KernelError(Errno.ENOSPC, "The disk is full")
                self.place(path, inode)
        except KernelError as error:
            raise ValueError(f"{path} cannot be created: {error}") from None

    def place(self, path: str, inode: Inode) -> Dentry:
        """Enter `inode` at an absolute path in the place of whatever is there, with the directories above it.

        Raises ValueError as `bring`, and ENOTDIR.
        """
        above, _, name = path.rpartition("/")
        if not name or any(len(os.fsencode(part)) > NAME_MAX or "\0" in part for part in path.split("/")):
            raise ValueError(f"{path!r} is no path for a file")
        directory = self.make_directories(above)
        if directory.directory.creation_error is not None:
            raise ValueError(f"{above} has only the names that the kernel gives it")
        existing = directory.directory.entries.get(name)
        if existing is not None and existing.inode.is_directory:
            raise ValueError(f"{path} is a directory")
        if existing is not None:
            existing.unlink()
        return directory.create(name, inode)

    def make_directories(self, path: str) -> Dentry:
        """The directory at an absolute path, made with everything above it where missing.

        Raises ENOTDIR, and what a pseudo file system answers.
        """
        dentry = self.root
        for name in filter(None, path.split("/")):
            if name not in dentry.directory.entries and dentry.directory.creation_error is not None:
                raise KernelError(dentry.directory.creation_error)
            dentry = dentry.directory.entries.get(name) or dentry.create(
                name, Directory(self.fs, 0o755, USER_ID, USER_ID)
            )
        if not isinstance(dentry.inode, Directory):
            raise KernelError(Errno.ENOTDIR)
        return dentry
