"""Inodes, directory entries and the limits of the file system."""

from __future__ import annotations

import pytest

from app.cpu.mmu import PAGE_SIZE
from app.kernel.config import GuestFile
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.inode import Directory, RegularFile
from app.kernel.fs.permission import MAY_EXEC, MAY_READ, MAY_WRITE
from app.kernel.fs.superblock import MAX_FILE_PAGES, MAX_INODES

from .support import OTHER, ROOT, USER, root_file_system


def test_only_one_class_of_permission_bits_counts() -> None:
    fs = root_file_system().fs
    file = RegularFile(fs, 0o077, USER.uid, USER.gid)
    assert not file.permits(USER, MAY_READ)
    assert file.permits(OTHER, MAY_READ | MAY_WRITE | MAY_EXEC)


def test_the_superuser_executes_only_what_somebody_may_execute() -> None:
    fs = root_file_system().fs
    assert RegularFile(fs, 0, 1, 1).permits(ROOT, MAY_READ | MAY_WRITE)
    assert not RegularFile(fs, 0o666, 1, 1).permits(ROOT, MAY_EXEC)
    assert RegularFile(fs, 0o001, 1, 1).permits(ROOT, MAY_EXEC)
    assert Directory(fs, 0, 1, 1).permits(ROOT, MAY_EXEC)


def test_holes_take_no_room_and_read_as_zeros() -> None:
    fs = root_file_system().fs
    before = fs.pages
    file = RegularFile(fs, 0o644, 0, 0)
    file.write(1 << 40, b"end")
    assert fs.pages == before + 1
    assert file.size == (1 << 40) + 3
    assert file.read((1 << 40) - 2, 10) == b"\0\0end"
    assert file.read(12345, 4) == bytes(4)
    assert file.blocks == PAGE_SIZE // 512
    file.truncate(0)
    assert fs.pages == before


def test_the_disk_fills_up_and_empties() -> None:
    fs = root_file_system().fs
    file = RegularFile(fs, 0o644, 0, 0)
    left = (MAX_FILE_PAGES - fs.pages) * PAGE_SIZE
    assert file.write(0, bytes(left + 100)) == left
    with pytest.raises(KernelError) as error:
        file.write(left, b"x")
    assert error.value.errno is Errno.ENOSPC
    file.drop_link()
    assert RegularFile(fs, 0o644, 0, 0).write(0, b"x") == 1


def test_an_unlinked_file_lives_until_it_is_closed() -> None:
    rootfs = root_file_system()
    dentry = rootfs.file("/tmp/f", b"abc")
    inode = dentry.inode
    inode.openers += 1
    dentry.unlink()
    assert inode.read(0, 10) == b"abc"
    assert dentry.path == "/tmp/f (deleted)"
    inode.openers -= 1
    inode.release_if_unused()
    assert inode.read(0, 10) == b""


def test_inodes_run_out_and_come_back() -> None:
    rootfs = root_file_system()
    made = [rootfs.file(f"/tmp/{index}", b"") for index in range(MAX_INODES - rootfs.fs.inodes)]
    with pytest.raises(KernelError) as error:
        rootfs.file("/tmp/more", b"")
    assert error.value.errno is Errno.ENOSPC
    made[0].unlink()
    rootfs.file("/tmp/more", b"")


def test_listing_positions_survive_removal() -> None:
    rootfs = root_file_system()
    directory = rootfs.directory("/tmp/d")
    entries = [rootfs.file(f"/tmp/d/{name}", b"") for name in "abc"]
    cookies = [entry.cookie for entry in entries]
    entries[0].unlink()
    rootfs.file("/tmp/d/e", b"")
    listed = {name: dentry.cookie for name, dentry in directory.directory.entries.items()}
    assert listed["b"] == cookies[1]
    assert listed["c"] == cookies[2]
    assert listed["e"] > cookies[2]


def test_a_path_longer_than_any_path_has_no_text() -> None:
    rootfs = root_file_system()
    dentry = rootfs.find("/tmp")
    for _ in range(20):
        dentry = dentry.create("n" * 250, Directory(rootfs.fs, 0o755, 0, 0))
    assert dentry.absolute_path() is None
    assert len(dentry.path) < 400


def test_a_visitors_file_replaces_what_is_there_and_makes_its_directories() -> None:
    rootfs = root_file_system()
    rootfs.bring("/home/user/notes.txt", GuestFile("", b"mine"))
    rootfs.bring("/data/deep/f", GuestFile("", b"x", 0o100755))
    assert rootfs.find("/home/user/notes.txt").inode.read(0, 10) == b"mine"
    assert rootfs.find("/data/deep/f").path == "/data/deep/f"
    assert rootfs.find("/data/deep/f").inode.mode == 0o100755


def test_a_visitor_brings_directories_and_links() -> None:
    rootfs = root_file_system()
    rootfs.bring("/opt/bin", GuestFile("", mode=0o040755))
    rootfs.bring("/opt/bin/ls", GuestFile("", b"busybox", 0o120777))
    assert rootfs.find("/opt/bin").inode.is_directory
    assert rootfs.find("/opt/bin/ls").inode.target == "busybox"


@pytest.mark.parametrize("path", ["/etc", "/", "/etc/passwd/x", "/dev/null/x", "/tmp/" + "n" * 256, "/tmp/a\0b"])
def test_a_visitors_file_needs_a_place(path: str) -> None:
    with pytest.raises(ValueError, match="/"):
        root_file_system().bring(path, GuestFile("", b"x"))


def test_a_visitors_file_must_fit() -> None:
    with pytest.raises(ValueError, match="ENOSPC"):
        rootfs = root_file_system()
        for index in range(40):
            rootfs.bring(f"/tmp/{index}", GuestFile("", bytes(1 << 20)))
