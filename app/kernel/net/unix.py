"""Sockets of the UNIX domain (unix(7)): their names, and what all three types share."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from app.kernel.abi.constants import IoctlRequest
from app.kernel.abi.socket_constants import AF_UNIX, SOCK_DGRAM
from app.kernel.abi.text import quote
from app.kernel.arguments.path import Path
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.create import need_creatable, owner_group
from app.kernel.fs.inode import Inode
from app.kernel.fs.path import PathWalk
from app.kernel.fs.permission import MAY_WRITE
from app.kernel.fs.superblock import SuperBlock
from app.kernel.poll import WRITABLE

from .sock import POLLWRBAND, RCV_SHUTDOWN, SEND_SHUTDOWN, Sock

if TYPE_CHECKING:
    from app.kernel.arguments.ioctl import IoctlArgument
    from app.kernel.call import Call

SIOCOUTQ = int(IoctlRequest.TIOCOUTQ)
SIOCINQ = int(IoctlRequest.FIONREAD)

_FAMILY = AF_UNIX.to_bytes(2, "little")
_LONGEST = 110
"""`sizeof(struct sockaddr_un)`."""


class UnixSocketInode(Inode):
    """A name in the file system that a socket is bound to. It outlives the socket."""

    def __init__(self, fs: SuperBlock, mode: int, uid: int, gid: int) -> None:
        super().__init__(fs, stat.S_IFSOCK | mode, uid, gid)
        self.sock: UnixSock | None = None


def name_text(name: bytes | None) -> str:
    """A name for people: a path, `@` and an abstract name, or that there is none."""
    if name is None:
        return "an unnamed socket"
    return "@" + quote(name[1:], None).strip('"') if name.startswith(b"\0") else quote(name[:-1], None).strip('"')


class UnixSock(Sock):
    """An end point of the UNIX domain. `address` is `sun_path` as bound, the NUL of a path included; None: unnamed.

    `peer` is the other end, which may be dead already.
    """

    what = "a UNIX socket"
    address: bytes | None = None
    peer: UnixSock | None = None
    inode: UnixSocketInode | None = None

    # -- names -------------------------------------------------------------------------------------------------------

    def name(self) -> bytes:
        """`struct sockaddr_un`; of an unnamed socket the family alone."""
        return _FAMILY + (self.address or b"")

    def peer_name(self) -> bytes:
        """The other end's."""
        if self.peer is None:
            raise KernelError(Errno.ENOTCONN, "The socket is not connected", "net")
        return self.peer.name()

    def bind(self, call: Call, address: bytes) -> None:
        """Make an inode of type socket, or take an abstract name."""
        if address == _FAMILY:
            self.autobind()
            return
        path = self.checked_name(call, address)
        if path.startswith(b"\0"):
            self._need_unbound(call)
            if (self.kind, path) in self.net.abstract:
                raise call.refuse(Errno.EADDRINUSE, "addr", "free", name_text(path), "Another socket has the name.")
            self._take_abstract(path)
        else:
            self._bind_path(call, path)
        call.service("net", "bind", f"The socket can now be found as {name_text(self.address)}.")

    def checked_name(self, call: Call, address: bytes) -> bytes:
        """`sun_path`: an abstract name as it is, a path with one NUL. Raises EINVAL."""
        if not 2 < len(address) <= _LONGEST or address[:2] != _FAMILY:
            raise call.refuse(
                Errno.EINVAL,
                "addr",
                "family",
                quote(address[:2], None),
                f"It is no struct sockaddr_un of 3 to {_LONGEST} bytes with family AF_UNIX.",
            )
        path = address[2:]
        return path if path.startswith(b"\0") else path.split(b"\0")[0] + b"\0"

    def autobind(self) -> None:
        """Take some free abstract name, unless the socket has a name (unix(7), "Autobind feature")."""
        if self.address is None:
            self._take_abstract(self.net.new_abstract_name(self.kind))
            self.net.say("bind", f"The kernel chooses a name: {name_text(self.address)}.")

    @property
    def wants_name(self) -> bool:
        """Whether messages need a sender's name: SO_PASSCRED of a socket without one."""
        return self.passes_credentials and self.address is None

    def _take_abstract(self, name: bytes) -> None:
        self.address = name
        self.net.abstract[self.kind, name] = self

    def _need_unbound(self, call: Call) -> None:
        if self.address is not None:
            raise call.refuse(
                Errno.EINVAL, "sockfd", "unbound", name_text(self.address), "The socket has a name already."
            )

    def _bind_path(self, call: Call, path: bytes) -> None:
        walk = _walk(call, path)
        lookup = walk.look_up(None, follow=False, parent_only=True)
        if lookup.special or lookup.dentry is not None:
            walk.refuse(Errno.EADDRINUSE, "The name exists already.")
        walk.need_short_name(lookup.name)
        if lookup.directory_wanted:
            walk.refuse(Errno.ENOENT, "The path ends in a slash, so it can only name a directory.")
        need_creatable(walk, lookup.parent)
        self._need_unbound(call)
        context = call.task.fs
        who = call.task.credentials
        inode = UnixSocketInode(context.superblock, 0o777 & ~context.umask, who.fsuid, owner_group(call, lookup.parent))
        lookup.parent.create(lookup.name, inode)
        inode.sock = self
        self.inode = inode
        self.address = path

    def find(self, call: Call, name: bytes) -> UnixSock:
        """The socket that has `name`. Raises ECONNREFUSED, EPROTOTYPE, EACCES and what a path walk does."""
        if name.startswith(b"\0"):
            found = self.net.abstract.get((self.kind, name))
        else:
            walk = _walk(call, name)
            dentry = walk.find(None)
            walk.need(dentry, MAY_WRITE, f"Connecting needs permission to write {dentry.path}.")
            found = dentry.inode.sock if isinstance(dentry.inode, UnixSocketInode) else None
        if found is None:
            raise call.refuse(
                Errno.ECONNREFUSED, "addr", "listening", name_text(name), "No socket is bound to that name."
            )
        if found.kind != self.kind:
            raise call.refuse(
                Errno.EPROTOTYPE, "addr", "type", name_text(name), "The socket of that name has another type."
            )
        return found

    def forget_name(self) -> None:
        """The name, if there is one, no longer leads here."""
        if self.inode is not None:
            self.inode.sock = None
        elif self.address is not None and self.net.abstract.get((self.kind, self.address)) is self:
            del self.net.abstract[self.kind, self.address]

    # -- the rest ----------------------------------------------------------------------------------------------------

    def shutdown(self, call: Call, halves: int) -> None:
        """Close halves; a connected peer loses the opposite ones."""
        self.shut |= halves
        call.service("net", "shutdown", "The halves that are shut down carry nothing any more.")
        self.queue.wake_all()
        peer = self.peer
        if peer is not None and self.kind != SOCK_DGRAM:
            if halves & RCV_SHUTDOWN:
                peer.shut |= SEND_SHUTDOWN
            if halves & SEND_SHUTDOWN:
                peer.shut |= RCV_SHUTDOWN
            peer.queue.wake_all()

    @property
    def writable_mask(self) -> int:
        """The bits for room in the send buffer: three quarters of it (`unix_writable`)."""
        if self.listening or self.send_charge * 4 > self.send_buffer:
            return 0
        return WRITABLE | POLLWRBAND

    def ioctl(self, call: Call, request: int, argument: IoctlArgument) -> int:
        """SIOCINQ (FIONREAD) counts what waits here, SIOCOUTQ what the other end has not read."""
        if request == SIOCOUTQ:
            argument.write_int(self.send_charge)
            return 0
        if request == SIOCINQ:
            if self.listening:
                raise KernelError(Errno.EINVAL, "A listening socket has no data", "net")
            waiting = [buffer.left for buffer in self.receive_queue]
            argument.write_int(sum(waiting[:1] if self.kind == SOCK_DGRAM else waiting))
            return 0
        return super().ioctl(call, request, argument)


def pair(first: UnixSock, second: UnixSock) -> None:
    """Connect two new sockets (socketpair(2))."""
    first.peer, second.peer = second, first


def _walk(call: Call, path: bytes) -> PathWalk:
    """A walk along a path that came in a `struct sockaddr_un`."""
    argument = Path(call, "addr", 0, "")
    argument.value = path.rstrip(b"\0")
    return PathWalk(call, argument)
