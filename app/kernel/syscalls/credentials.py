"""Becoming someone else: the calls that ask for and change user and group ids and capabilities (credentials(7))."""

from __future__ import annotations

from typing import Annotated, NoReturn

from msgspec import Struct
from msgspec.structs import replace

from app.kernel.abi.text import count_of
from app.kernel.arguments import Int, NumberOut, StructByRequest, Unsigned
from app.kernel.arguments.ids import GroupId, GroupsIn, GroupsOut, UserId
from app.kernel.call import Call
from app.kernel.credentials import ALL_CAPABILITIES, KEEP_CAPS, Capability, Credentials
from app.kernel.errno import Errno
from app.kernel.syscall import syscall

UNCHANGED = 0xFFFF_FFFF
"""-1: leave this id as it is. As an id it is not valid."""

_FILE_CAPABILITIES = sum(
    1 << capability
    for capability in (
        *(Capability.CAP_CHOWN, Capability.CAP_DAC_OVERRIDE, Capability.CAP_DAC_READ_SEARCH, Capability.CAP_FOWNER),
        *(Capability.CAP_FSETID, Capability.CAP_LINUX_IMMUTABLE, Capability.CAP_MKNOD, Capability.CAP_MAC_OVERRIDE),
    )
)
NGROUPS_MAX = 65536


class _Kind(Struct, frozen=True):
    """User or group ids: the rules for changing them are the same. `ids` are real, effective and saved."""

    ids: tuple[str, str, str]
    capability: Capability

    def of(self, who: Credentials) -> tuple[int, int, int]:
        """The three ids that `who` has."""
        real, effective, saved = (getattr(who, name) for name in self.ids)
        return real, effective, saved


_USER = _Kind(("uid", "euid", "suid"), Capability.CAP_SETUID)
_GROUP = _Kind(("gid", "egid", "sgid"), Capability.CAP_SETGID)


@syscall
def setuid(call: Call, uid: UserId) -> Int:
    """Change the effective user id; for the superuser the real and the saved one too, so that there is no way back.

    EPERM: it is neither the real nor the saved id, and the caller is not privileged. EINVAL: -1 is no id. See
    setuid(2).
    """
    return _set_one(call, _USER, "uid", int(uid))


@syscall
def setgid(call: Call, gid: GroupId) -> Int:
    """Change the effective group id; for a privileged caller the real and the saved one too.

    EPERM: it is neither the real nor the saved id, and the caller is not privileged. EINVAL: -1 is no id. See
    setgid(2).
    """
    return _set_one(call, _GROUP, "gid", int(gid))


@syscall
def setreuid(call: Call, ruid: UserId, euid: UserId) -> Int:
    """Change the real and the effective user id; -1 leaves one as it is.

    EPERM: an unprivileged caller may only exchange the ids it has. See setreuid(2).
    """
    return _set_pair(call, _USER, ruid=int(ruid), euid=int(euid))


@syscall
def setregid(call: Call, rgid: GroupId, egid: GroupId) -> Int:
    """Change the real and the effective group id; -1 leaves one as it is.

    EPERM: an unprivileged caller may only exchange the ids it has. See setregid(2).
    """
    return _set_pair(call, _GROUP, rgid=int(rgid), egid=int(egid))


@syscall
def setresuid(call: Call, ruid: UserId, euid: UserId, suid: UserId) -> Int:
    """Change the real, the effective and the saved user id; -1 leaves one as it is.

    EPERM: an unprivileged caller may only use the ids it has. See setresuid(2).
    """
    return _set_three(call, _USER, ruid=int(ruid), euid=int(euid), suid=int(suid))


@syscall
def setresgid(call: Call, rgid: GroupId, egid: GroupId, sgid: GroupId) -> Int:
    """Change the real, the effective and the saved group id; -1 leaves one as it is.

    EPERM: an unprivileged caller may only use the ids it has. See setresgid(2).
    """
    return _set_three(call, _GROUP, rgid=int(rgid), egid=int(egid), sgid=int(sgid))


@syscall
def getresuid(
    call: Call,
    ruid: Annotated[NumberOut, "uid_t"],
    euid: Annotated[NumberOut, "uid_t"],
    suid: Annotated[NumberOut, "uid_t"],
) -> Int:
    """Tell the real, the effective and the saved user id. EFAULT: there is no room for one. See getresuid(2)."""
    who = call.task.credentials
    for room, value in ((ruid, who.uid), (euid, who.euid), (suid, who.suid)):
        room.write(value)
    return Int(0)


@syscall
def getresgid(
    call: Call,
    rgid: Annotated[NumberOut, "uid_t"],
    egid: Annotated[NumberOut, "uid_t"],
    sgid: Annotated[NumberOut, "uid_t"],
) -> Int:
    """Tell the real, the effective and the saved group id. EFAULT: there is no room for one. See getresgid(2)."""
    who = call.task.credentials
    for room, value in ((rgid, who.gid), (egid, who.egid), (sgid, who.sgid)):
        room.write(value)
    return Int(0)


@syscall
def setfsuid(call: Call, uid: UserId) -> Int:
    """Change the user id that files are checked against; returns the one before, whatever happened.

    An unprivileged caller may only use the ids it has. Never fails. See setfsuid(2).
    """
    who = call.task.credentials
    if uid != UNCHANGED and (who.capable(Capability.CAP_SETUID) or uid in (who.uid, who.euid, who.suid, who.fsuid)):
        call.task.credentials = _with_file_capabilities(who, replace(who, fsuid=int(uid)))
    return Int(who.fsuid)


@syscall
def setfsgid(call: Call, gid: GroupId) -> Int:
    """Change the group id that files are checked against; returns the one before, whatever happened.

    An unprivileged caller may only use the ids it has. Never fails. See setfsgid(2).
    """
    who = call.task.credentials
    if gid != UNCHANGED and (who.capable(Capability.CAP_SETGID) or gid in (who.gid, who.egid, who.sgid, who.fsgid)):
        call.task.credentials = replace(who, fsgid=int(gid))
    return Int(who.fsgid)


@syscall
def getgroups(call: Call, size: Int, list: Annotated[GroupsOut, "size"]) -> Int:
    """Tell the supplementary group ids; a `size` of 0 only asks how many there are.

    EINVAL: `size` is too small. EFAULT: there is no room. See getgroups(2).
    """
    groups = call.task.credentials.groups
    if size < 0 or (size and size < len(groups)):
        raise call.refuse(
            Errno.EINVAL, "size", "size", str(int(size)), f"The task is in {count_of(len(groups), 'group')}."
        )
    if size:
        list.write_ids(groups)
    return Int(len(groups))


@syscall
def setgroups(call: Call, size: Unsigned, list: Annotated[GroupsIn, "size"]) -> Int:
    """Change the supplementary group ids. EPERM: the caller is not privileged. EINVAL: there are too many.

    EFAULT: the list is not readable. See setgroups(2).
    """
    if not call.task.credentials.capable(Capability.CAP_SETGID):
        raise call.refuse(
            Errno.EPERM, "(caller)", "permission", str(call.task.credentials.euid), "That needs CAP_SETGID."
        )
    if size > NGROUPS_MAX:
        raise call.refuse(Errno.EINVAL, "size", "range", str(int(size)), f"There can be {NGROUPS_MAX} groups.")
    groups = list.read_ids()
    call.task.credentials = replace(call.task.credentials, groups=tuple(sorted(groups)))
    return Int(0)


def _set_one(call: Call, kind: _Kind, argument: str, value: int) -> Int:
    """setuid(2), setgid(2): the effective id; all three of a privileged caller. Raises EINVAL, EPERM."""
    who = call.task.credentials
    _need_valid(call, argument, value)
    if who.capable(kind.capability):
        return _become(call, **dict.fromkeys(kind.ids, value))
    real, _, saved = kind.of(who)
    if value not in (real, saved):
        _refuse(call, argument, value)
    return _become(call, **{kind.ids[1]: value})


def _set_pair(call: Call, kind: _Kind, **wanted: int) -> Int:
    """setreuid(2), setregid(2): `wanted` are the arguments for the real and the effective id. Raises EPERM."""
    who = call.task.credentials
    privileged = who.capable(kind.capability)
    real, effective, saved = kind.of(who)
    for (argument, value), have in zip(wanted.items(), ((real, effective), (real, effective, saved)), strict=True):
        if value != UNCHANGED and not privileged and value not in have:
            _refuse(call, argument, value)
    new_real, new_effective = wanted.values()
    follows = new_real != UNCHANGED or new_effective not in (UNCHANGED, real)
    new_real = real if new_real == UNCHANGED else new_real
    new_effective = effective if new_effective == UNCHANGED else new_effective
    new = (new_real, new_effective, new_effective if follows else saved)
    return _become(call, **dict(zip(kind.ids, new, strict=True)))


def _set_three(call: Call, kind: _Kind, **wanted: int) -> Int:
    """setresuid(2), setresgid(2): `wanted` are the arguments for the three ids. Raises EPERM."""
    who = call.task.credentials
    if not who.capable(kind.capability):
        for argument, value in wanted.items():
            if value != UNCHANGED and value not in kind.of(who):
                _refuse(call, argument, value)
    changes = zip(kind.ids, wanted.values(), strict=True)
    return _become(call, **{name: value for name, value in changes if value != UNCHANGED})


def _need_valid(call: Call, name: str, value: int) -> None:
    if value == UNCHANGED:
        raise call.refuse(Errno.EINVAL, name, "range", "-1", "-1 is no id.")


def _refuse(call: Call, name: str, value: int) -> NoReturn:
    raise call.refuse(
        Errno.EPERM, name, "permission", str(int(value)), "An unprivileged task may only take ids that it has already."
    )


def _become(call: Call, **changes: int) -> Int:
    """Change ids, and the capabilities that depend on them (capabilities(7), "Effect of user ID changes")."""
    old = call.task.credentials
    new = replace(old, **changes)
    new = replace(new, fsuid=new.euid, fsgid=new.egid)
    had_root = 0 in (old.uid, old.euid, old.suid)
    has_root = 0 in (new.uid, new.euid, new.suid)
    if had_root and not has_root:
        kept = new.cap_permitted if new.securebits & KEEP_CAPS else 0
        new = replace(new, cap_permitted=kept, cap_effective=0, cap_ambient=0)
    elif old.euid == 0 and new.euid != 0:
        new = replace(new, cap_effective=0)
    elif old.euid != 0 and new.euid == 0:
        new = replace(new, cap_effective=new.cap_permitted)
    call.task.credentials = new
    call.service(
        "sched",
        "credentials",
        f"The task acts as user {new.euid} and group {new.egid}; its real ids are {new.uid} and {new.gid}.",
    )
    return Int(0)


def _with_file_capabilities(old: Credentials, new: Credentials) -> Credentials:
    """The capabilities about files come and go with file system user 0."""
    if old.fsuid == 0 and new.fsuid != 0:
        return replace(new, cap_effective=new.cap_effective & ~_FILE_CAPABILITIES)
    if old.fsuid != 0 and new.fsuid == 0:
        return replace(new, cap_effective=new.cap_effective | new.cap_permitted & _FILE_CAPABILITIES)
    return new


_VERSIONS = {0x1998_0330: 1, 0x2007_1026: 2, 0x2008_0522: 2}
"""_LINUX_CAPABILITY_VERSION_1 to 3, and of how many 32-bit parts their sets are made."""

_LATEST_VERSION = 0x2008_0522


@syscall
def capget(call: Call, hdrp: Annotated[StructByRequest, ""], datap: Annotated[StructByRequest, ""]) -> Int:
    """Tell the capabilities of a thread; a `pid` of 0 in the header means the caller.

    EINVAL: unknown version (the header gets the one preferred), or a negative pid. ESRCH: there is no such thread.
    EFAULT: bad pointers. See capget(2).
    """
    parts, pid = _capability_header(call, hdrp, data_wanted=not datap.is_null)
    if datap.is_null or not parts:
        return Int(0)
    task = call.task if not pid else call.kernel.tasks.get(pid)
    if pid < 0:
        raise call.refuse(Errno.EINVAL, "hdrp", "range", str(pid), "Thread ids cannot be negative.")
    if task is None:
        raise call.refuse(Errno.ESRCH, "hdrp", "process", str(pid), f"There is no thread {pid}.")
    who = task.credentials
    fields = {}
    for part in range(parts):
        for name, value in _sets(who).items():
            fields[f"{name}{part}"] = value >> 32 * part & 0xFFFF_FFFF
    datap.write_struct(f"cap_data{parts}", **fields)
    return Int(0)


@syscall
def capset(call: Call, hdrp: Annotated[StructByRequest, ""], datap: Annotated[StructByRequest, ""]) -> Int:
    """Change the capabilities of the caller: give some up, or use those it is permitted.

    EINVAL: unknown version. EPERM: it asks for what it is not permitted, or for another thread. EFAULT: bad pointers.
    See capset(2).
    """
    parts, pid = _capability_header(call, hdrp, data_wanted=True)
    if pid not in (0, call.task.tid):
        raise call.refuse(Errno.EPERM, "hdrp", "process", str(pid), "A thread changes only its own capabilities.")
    fields = datap.read_struct(f"cap_data{parts}")
    effective, permitted, inheritable = (
        sum(fields[f"{name}{part}"] << 32 * part for part in range(parts)) & ALL_CAPABILITIES
        for name in ("effective", "permitted", "inheritable")
    )
    who = call.task.credentials
    reachable = who.cap_inheritable | who.cap_permitted
    unrestricted = who.capable(Capability.CAP_SETPCAP)
    if (
        (inheritable & ~reachable and not unrestricted)
        or inheritable & ~(who.cap_inheritable | who.cap_bounding)
        or permitted & ~who.cap_permitted
        or effective & ~permitted
    ):
        raise call.refuse(Errno.EPERM, "datap", "permission", hex(permitted), "Capabilities are only given up.")
    call.task.credentials = replace(
        who,
        cap_effective=effective,
        cap_permitted=permitted,
        cap_inheritable=inheritable,
        cap_ambient=who.cap_ambient & permitted & inheritable,
    )
    return Int(0)


def _sets(who: Credentials) -> dict[str, int]:
    return {"effective": who.cap_effective, "permitted": who.cap_permitted, "inheritable": who.cap_inheritable}


def _capability_header(call: Call, hdrp: StructByRequest, data_wanted: bool) -> tuple[int, int]:
    """(32-bit parts, pid) that the header asks for; 0 parts when it only asked for the version.

    Raises EINVAL, EFAULT.
    """
    header = hdrp.read_struct("cap_header")
    parts = _VERSIONS.get(header["version"], 0)
    if not parts:
        hdrp.write_struct("cap_header", version=_LATEST_VERSION, pid=header["pid"])
        if data_wanted:
            raise call.refuse(
                Errno.EINVAL, "hdrp", "version", hex(header["version"]), "There is no such version of the interface."
            )
    return parts, header["pid"]
