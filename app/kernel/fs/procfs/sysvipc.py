"""/proc/sysvipc: the System V objects that exist, a line each (sysvipc(7), proc(5))."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_SIZE
from app.kernel.fs.inode import Inode
from app.kernel.fs.pseudo import PseudoFile, PseudoSuperBlock, TableDirectory

if TYPE_CHECKING:
    from app.kernel.ipc.ids import IpcObject
    from app.kernel.kernel import Kernel


def _owners(item: IpcObject) -> str:
    return f"{item.uid:5d} {item.gid:5d} {item.cuid:5d} {item.cgid:5d}"


def _head(item: IpcObject) -> str:
    return f"{item.key:10d} {item.id:10d}  {item.mode:4o}"


def messages(kernel: Kernel) -> str:
    """Message queues."""
    lines = [
        "       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid"
        "      stime      rtime      ctime\n"
    ]
    for queue in kernel.messages:
        times = f"{queue.send_time:10d} {queue.receive_time:10d} {queue.change_time:10d}"
        used = f"{queue.bytes:10d} {len(queue.messages):10d} {queue.last_sender:5d} {queue.last_receiver:5d}"
        lines.append(f"{_head(queue)}  {used} {_owners(queue)} {times}\n")
    return "".join(lines)


def semaphores(kernel: Kernel) -> str:
    """Semaphore sets."""
    lines = ["       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n"]
    for sems in kernel.semaphores:
        times = f"{sems.operation_time:10d} {sems.change_time:10d}"
        lines.append(f"{_head(sems)} {len(sems.values):10d} {_owners(sems)} {times}\n")
    return "".join(lines)


def shared_memory(kernel: Kernel) -> str:
    """Shared memory segments."""
    lines = [
        "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid"
        "      atime      dtime      ctime                   rss                  swap\n"
    ]
    for segment in kernel.shm:
        users = f"{segment.creator:5d} {segment.last_user:5d}  {segment.attached:5d}"
        times = f"{segment.attach_time:10d} {segment.detach_time:10d} {segment.change_time:10d}"
        resident = f"{len(segment.memory.frames) * PAGE_SIZE:21d} {0:21d}"
        lines.append(f"{_head(segment)} {segment.size:21d} {users} {_owners(segment)} {times} {resident}\n")
    return "".join(lines)


_FILES: dict[str, Callable[[Kernel], str]] = {"msg": messages, "sem": semaphores, "shm": shared_memory}


def directory(fs: PseudoSuperBlock) -> TableDirectory:
    """/proc/sysvipc."""

    def maker(show: Callable[[Kernel], str]) -> Callable[[PseudoSuperBlock], Inode]:
        return lambda fs: PseudoFile(fs, lambda: show(fs.kernel), 0o444)

    return TableDirectory(fs, {name: maker(show) for name, show in _FILES.items()})
