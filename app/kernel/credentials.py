"""Who a task acts as: user and group ids, and capabilities (credentials(7), capabilities(7))."""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct
from msgspec.structs import replace


class Capability(IntEnum):
    """Parts of the superuser's power that can be had one by one (capabilities(7))."""

    CAP_CHOWN = 0
    CAP_DAC_OVERRIDE = 1
    CAP_DAC_READ_SEARCH = 2
    CAP_FOWNER = 3
    CAP_FSETID = 4
    CAP_KILL = 5
    CAP_SETGID = 6
    CAP_SETUID = 7
    CAP_SETPCAP = 8
    CAP_LINUX_IMMUTABLE = 9
    CAP_NET_BIND_SERVICE = 10
    CAP_NET_BROADCAST = 11
    CAP_NET_ADMIN = 12
    CAP_NET_RAW = 13
    CAP_IPC_LOCK = 14
    CAP_IPC_OWNER = 15
    CAP_SYS_MODULE = 16
    CAP_SYS_RAWIO = 17
    CAP_SYS_CHROOT = 18
    CAP_SYS_PTRACE = 19
    CAP_SYS_PACCT = 20
    CAP_SYS_ADMIN = 21
    CAP_SYS_BOOT = 22
    CAP_SYS_NICE = 23
    CAP_SYS_RESOURCE = 24
    CAP_SYS_TIME = 25
    CAP_SYS_TTY_CONFIG = 26
    CAP_MKNOD = 27
    CAP_LEASE = 28
    CAP_AUDIT_WRITE = 29
    CAP_AUDIT_CONTROL = 30
    CAP_SETFCAP = 31
    CAP_MAC_OVERRIDE = 32
    CAP_MAC_ADMIN = 33
    CAP_SYSLOG = 34
    CAP_WAKE_ALARM = 35
    CAP_BLOCK_SUSPEND = 36
    CAP_AUDIT_READ = 37
    CAP_PERFMON = 38
    CAP_BPF = 39
    CAP_CHECKPOINT_RESTORE = 40


KEEP_CAPS = 1 << 4
"""SECBIT_KEEP_CAPS."""

ALL_CAPABILITIES = (1 << (max(Capability) + 1)) - 1


class Credentials(Struct, frozen=True):
    """Real, effective, saved and file system ids, supplementary groups, capability sets as bit masks.

    They never change; a task that becomes someone else gets others, so that a call sees the same ones throughout.
    """

    uid: int
    euid: int
    suid: int
    fsuid: int
    gid: int
    egid: int
    sgid: int
    fsgid: int
    groups: tuple[int, ...] = ()
    cap_permitted: int = 0
    cap_effective: int = 0
    cap_inheritable: int = 0
    cap_bounding: int = ALL_CAPABILITIES
    cap_ambient: int = 0
    securebits: int = 0

    @classmethod
    def of(cls, ident: int) -> Credentials:
        """Those of a login of user and group `ident`; the superuser (0) has every capability."""
        caps = 0 if ident else ALL_CAPABILITIES
        return cls(
            *(ident,) * 8,
            groups=(ident,),
            cap_permitted=caps,
            cap_effective=caps,
        )

    def without_bounding(self, capability: int) -> Credentials:
        """The same, never to get `capability` again by executing a file."""
        return replace(self, cap_bounding=self.cap_bounding & ~(1 << capability))

    def keeping(self, keep: bool) -> Credentials:
        """The same, to keep its capabilities or not when it stops being the superuser (PR_SET_KEEPCAPS)."""
        return replace(self, securebits=self.securebits & ~KEEP_CAPS | (KEEP_CAPS if keep else 0))

    def capable(self, capability: Capability) -> bool:
        """Whether it may do what `capability` stands for."""
        return bool(self.cap_effective >> capability & 1)

    def are_all_of(self, uid: int, gid: int) -> bool:
        """Whether real, effective and saved ids are all these: what inspecting a process asks for (ptrace(2))."""
        return {self.uid, self.euid, self.suid} == {uid} and {self.gid, self.egid, self.sgid} == {gid}

    def in_group(self, gid: int) -> bool:
        """Whether files of group `gid` treat it as a member."""
        return gid == self.fsgid or gid in self.groups
