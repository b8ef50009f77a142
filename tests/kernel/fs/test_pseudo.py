"""Directories and files that are made up when somebody looks."""

from __future__ import annotations

from types import SimpleNamespace

from app.kernel.clock import Clock
from app.kernel.fs.dentry import Dentry
from app.kernel.fs.inode import Inode
from app.kernel.fs.pseudo import ROOM_FOR_ENTRIES, PseudoDirectory, PseudoFile, PseudoSuperBlock, TableDirectory


def file_system() -> PseudoSuperBlock:
    return PseudoSuperBlock(SimpleNamespace(clock=Clock()), "test", 0x30, 0x1234)  # type: ignore[arg-type]


class Living(PseudoDirectory):
    """Any number is a name; only those in `alive` stay right."""

    def __init__(self, fs: PseudoSuperBlock) -> None:
        super().__init__(fs)
        self.alive: set[str] = set()
        self.dentry = Dentry("/", None, self)

    def make(self, name: str) -> Inode | None:
        return PseudoFile(self.fs, lambda: name) if name.isdigit() else None

    def still_there(self, dentry: Dentry) -> bool:
        return dentry.name in self.alive


def test_entries_are_made_once_while_they_are_right() -> None:
    directory = Living(file_system())
    directory.alive.add("1")
    first = directory.look_up("1")
    assert first is not None
    assert directory.look_up("1") is first
    directory.alive.clear()
    second = directory.look_up("1")
    assert second is not first
    assert first.deleted
    assert directory.look_up("x") is None


def test_entries_that_are_not_right_do_not_pile_up() -> None:
    directory = Living(file_system())
    directory.alive.update(str(number) for number in range(10))
    for number in range(10_000):
        assert directory.look_up(str(number)) is not None
    assert len(directory.entries) <= 2 * len(directory.alive) + ROOM_FOR_ENTRIES
    assert directory.alive <= directory.entries.keys()


def test_inodes_have_no_limit_and_a_table_has_an_order() -> None:
    fs = file_system()
    table = TableDirectory(fs, {name: lambda fs: PseudoFile(fs, lambda: "") for name in ("b", "a", "c")})
    table.dentry = Dentry("/", None, table)
    assert [name for name, _, _ in table.listing(0)] == ["b", "a", "c"]
    assert [name for name, _, _ in table.listing(table.FIRST_COOKIE)] == ["a", "c"]
    numbers = {fs.new_number() for _ in range(10_000)}
    assert len(numbers) == 10_000
    assert fs.inodes == 0
