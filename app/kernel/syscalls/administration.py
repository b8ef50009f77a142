"""Administering the machine: calls that only its owner may make. A visitor's program gets EPERM, as a user of Linux."""

from __future__ import annotations

from app.kernel.arguments import Address, Int, Size, Unsigned
from app.kernel.call import Call
from app.kernel.errno import Errno, KernelError
from app.kernel.syscall import syscall

_SWAP_FLAGS = 0x7FFFF


@syscall
def sethostname(call: Call, name: Address, len: Int) -> Int:
    """Change the name of the machine. EPERM: the caller is not privileged. See sethostname(2).

    Not served: changing it, for anybody.
    """
    raise unprivileged(call, "Naming the machine")


@syscall
def setdomainname(call: Call, name: Address, len: Int) -> Int:
    """Change the NIS domain name. EPERM: the caller is not privileged. See setdomainname(2).

    Not served: changing it, for anybody.
    """
    raise unprivileged(call, "Naming the machine's domain")


@syscall
def reboot(call: Call, magic: Unsigned, magic2: Unsigned, op: Unsigned, arg: Address) -> Int:
    """Restart or halt the machine. EPERM: the caller is not privileged. See reboot(2).

    Not served: restarting, for anybody.
    """
    raise unprivileged(call, "Restarting the machine")


@syscall
def swapon(call: Call, path: Address, swapflags: Unsigned) -> Int:
    """Use a file as swap space. EINVAL: unknown flags. EPERM: the caller is not privileged. See swapon(2).

    Not served: swap space, for anybody.
    """
    if swapflags & ~_SWAP_FLAGS:
        raise call.refuse(Errno.EINVAL, "swapflags", "flags", hex(swapflags), "There are no such flags.")
    raise unprivileged(call, "Giving the machine swap space")


@syscall
def swapoff(call: Call, path: Address) -> Int:
    """Stop using a file as swap space. EPERM: the caller is not privileged. See swapoff(2).

    Not served: swap space, for anybody.
    """
    raise unprivileged(call, "Taking swap space away")


@syscall
def acct(call: Call, filename: Address) -> Int:
    """Write a record of each process that ends. EPERM: the caller is not privileged. See acct(2).

    Not served: accounting, for anybody.
    """
    raise unprivileged(call, "Accounting")


@syscall
def vhangup(call: Call) -> Int:
    """Hang the controlling terminal up. EPERM: the caller is not privileged. See vhangup(2).

    Not served: hanging up, for anybody.
    """
    raise unprivileged(call, "Hanging the terminal up")


@syscall
def syslog(call: Call, type: Int, bufp: Address, len: Size) -> Int:
    """Read or control the kernel's messages. EPERM: the caller is not privileged. See syslog(2).

    Not served: messages of the kernel; the event stream has more to say.
    """
    raise unprivileged(call, "Reading the kernel's messages")


@syscall
def fanotify_init(call: Call, flags: Unsigned, event_f_flags: Unsigned) -> Int:
    """Watch whole file systems. EPERM: the caller is not privileged. See fanotify_init(2).

    Not served: fanotify, for anybody; inotify_init is there.
    """
    raise unprivileged(call, "Watching file systems")


def unprivileged(call: Call, what: str) -> KernelError:
    """Refuse what only an administrator may do; for `raise`. Nobody in a run may, not even the superuser."""
    shown = str(call.task.credentials.euid)
    return call.refuse(Errno.EPERM, "(caller)", "permission", shown, f"{what} needs privileges that no run has.")
