"""Ancillary data of the UNIX domain: open files and credentials that travel with a message (unix(7), cmsg(3))."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from app.kernel.abi.sockaddr import UCRED
from app.kernel.abi.socket_constants import AF_UNIX, SCM_CREDENTIALS, SCM_RIGHTS, SOL_SOCKET, MsgFlag
from app.kernel.abi.socket_text import CONTROL_HEADERS
from app.kernel.credentials import Capability
from app.kernel.errno import Errno

from .namespace import MAX_IN_FLIGHT
from .skbuff import Ucred
from .sock import Incoming, Sock, current_ucred

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.kernel.call import Call
    from app.kernel.fs.file import FileDescription

    from .sock import Outgoing

SCM_MAX_FD = 253
"""Open files in one message."""

_MSG_CTRUNC = int(MsgFlag.MSG_CTRUNC)
_OVERFLOW_ID = 65_534
"""User and group of a sender that nobody noted (/proc/sys/kernel/overflowuid)."""

UNKNOWN_SENDER = Ucred(0, _OVERFLOW_ID, _OVERFLOW_ID)


def control_messages(call: Call, control: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(level, type, data) of each control message. Raises EINVAL for one whose length cannot be."""
    at = 0
    word = call.abi.info.word_size
    header = CONTROL_HEADERS[word]
    while len(control) - at >= header.size:
        length, level, kind = header.unpack_from(control, at)
        if not header.size <= length <= len(control) - at:
            raise call.refuse(
                Errno.EINVAL,
                "msg_control",
                "range",
                str(length),
                "A control message is too short, or reaches beyond the control data.",
            )
        yield level, kind, control[at + header.size : at + length]
        at += -(-length // word) * word


def parse_control(call: Call, sock: Sock, control: bytes, message: Outgoing) -> None:
    """Take what `control` asks to be sent into `message`. Raises EINVAL, EBADF, EPERM, ESRCH, ETOOMANYREFS."""
    files: list[FileDescription] = []
    for level, kind, data in control_messages(call, control):
        if level != SOL_SOCKET:
            continue
        if kind == SCM_RIGHTS and sock.family == AF_UNIX:
            files += _rights(call, data, len(files))
        elif kind == SCM_CREDENTIALS and sock.family == AF_UNIX:
            message.credentials = _credentials(call, data)
        elif kind not in (SCM_RIGHTS, SCM_CREDENTIALS) or (kind == SCM_RIGHTS and sock.family == AF_UNIX):
            raise call.refuse(Errno.EINVAL, "msg_control", "range", str(kind), "Such control messages cannot be sent.")
    if files and call.kernel.net.in_flight + len(files) > MAX_IN_FLIGHT:
        raise call.refuse(
            Errno.ETOOMANYREFS, "msg_control", "limit", str(len(files)), "Too many open files are on their way already."
        )
    message.files = tuple(files)


def _rights(call: Call, data: bytes, before: int) -> list[FileDescription]:
    count = len(data) // 4
    if before + count > SCM_MAX_FD:
        raise call.refuse(
            Errno.EINVAL, "msg_control", "range", str(count), f"One message takes at most {SCM_MAX_FD} open files."
        )
    files = []
    for number in struct.unpack_from(f"<{count}i", data):
        file = call.task.files.get(number)
        if file is None:
            raise call.refuse(
                Errno.EBADF, "msg_control", "open", str(number), f"No file is open as descriptor {number}."
            )
        call.passed("msg_control", "open", str(number), f"Descriptor {number} is open: {file.path}. It travels along.")
        files.append(file)
    return files


def _credentials(call: Call, data: bytes) -> Ucred:
    if len(data) != UCRED.size:
        raise call.refuse(Errno.EINVAL, "msg_control", "size", str(len(data)), "A struct ucred has 12 bytes.")
    told = Ucred(*UCRED.unpack(data))
    who = call.task.credentials
    own = call.task.process.pid
    if (
        (told.pid != own and not who.capable(Capability.CAP_SYS_ADMIN))
        or (told.uid not in (who.uid, who.euid, who.suid) and not who.capable(Capability.CAP_SETUID))
        or (told.gid not in (who.gid, who.egid, who.sgid) and not who.capable(Capability.CAP_SETGID))
    ):
        raise call.refuse(
            Errno.EPERM, "msg_control", "capability", str(told.uid), "Only the superuser sends in another's name."
        )
    if told.pid not in call.kernel.processes:
        raise call.refuse(Errno.ESRCH, "msg_control", "range", str(told.pid), "There is no such process.")
    return told


def put_control(call: Call, sock: Sock, message: Incoming, room: int) -> bytes:
    """The control messages for a receiver that has `room` bytes; installs the files that came (`scm_recv`).

    What has no room is lost, which MSG_CTRUNC in `message.result_flags` tells.
    """
    control = b""
    if sock.passes_credentials:
        sender = message.credentials or UNKNOWN_SENDER
        control += _put(call, message, SCM_CREDENTIALS, UCRED.pack(sender.pid, sender.uid, sender.gid), room)
    if message.files:
        control += _put_rights(call, message, room - len(control))
    return control


def _put(call: Call, message: Incoming, kind: int, data: bytes, room: int) -> bytes:
    """One control message, cut to the room there is."""
    word = call.abi.info.word_size
    header = CONTROL_HEADERS[word]
    if room < header.size:
        message.result_flags |= _MSG_CTRUNC
        return b""
    length = header.size + len(data)
    if length > room:
        message.result_flags |= _MSG_CTRUNC
        length = room
    packed = (header.pack(length, SOL_SOCKET, kind) + data)[:length]
    return packed.ljust(min(-(-length // word) * word, room), b"\0")


def _put_rights(call: Call, message: Incoming, room: int) -> bytes:
    """Install the files, as many as there is room for numbers."""
    files, message.files = message.files, ()
    table = call.task.files
    close_on_exec = bool(message.flags & MsgFlag.MSG_CMSG_CLOEXEC)
    numbers = []
    fitting = max((room - CONTROL_HEADERS[call.abi.info.word_size].size) // 4, 0)
    for file in files[:fitting]:
        number = table.lowest_free()
        table.install(call.kernel, number, file, close_on_exec)
        call.service("net", "install", f"{file.path} has arrived with the message: it is descriptor {number} here.")
        numbers.append(number)
    if len(numbers) < len(files):
        message.result_flags |= _MSG_CTRUNC
    call.kernel.net.discard(files)
    if not numbers:
        return b""
    return _put(call, message, SCM_RIGHTS, struct.pack(f"<{len(numbers)}i", *numbers), room)


def drop_unwanted(call: Call, sock: Sock, message: Incoming) -> None:
    """A receiver that asked for no control messages loses them."""
    if message.files or sock.passes_credentials:
        message.result_flags |= _MSG_CTRUNC
    files, message.files = message.files, ()
    call.kernel.net.discard(files)


def sender_of(call: Call, message: Outgoing, sender: Sock, receiver: Sock) -> Ucred | None:
    """The credentials to note with a message: those sent, or the task's own when an end wants to know."""
    if message.credentials is not None:
        return message.credentials
    wanted = sender.passes_credentials or receiver.passes_credentials
    return current_ucred(call) if wanted else None
