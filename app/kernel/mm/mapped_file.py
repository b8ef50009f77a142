"""Regular files in memory: what mmap(2) of a file is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_MASK, PAGE_SHIFT, PAGE_SIZE, PhysicalMemory

if TYPE_CHECKING:
    from app.kernel.fs.inode import RegularFile


class MappedFile:
    """A regular file that regions of one address space map.

    It keeps the file in existence while it is mapped, and it owns the frames that MAP_SHARED regions share with the
    file: such a frame takes the place of the file's own storage, so that read(2), write(2) and the program's loads and
    stores see the same bytes. `on_write(file, start, end)` and `on_truncate(file, size)` hear of the file's changes.
    """

    def __init__(
        self,
        inode: RegularFile,
        memory: PhysicalMemory,
        on_write: Callable[[MappedFile, int, int], None],
        on_truncate: Callable[[MappedFile, int], None],
    ) -> None:
        self.inode = inode
        self._memory = memory
        self._on_write = on_write
        self._on_truncate = on_truncate
        self._frames: dict[int, int] = {}
        inode.openers += 1
        inode.mappings.append(self)

    def is_past_end(self, offset: int) -> bool:
        """Whether the page at `offset` begins after the last byte of the file: touching it is SIGBUS."""
        return offset & ~PAGE_MASK >= self.inode.size

    def private_frame(self, offset: int) -> int:
        """A new frame with a copy of the page at `offset`, zeros after the end of the file. Raises `OutOfMemory`."""
        frame = self._memory.allocate()
        self._memory.write(frame, 0, self.inode.read(offset & ~PAGE_MASK, PAGE_SIZE))
        return frame

    def shared_frame(self, offset: int) -> int | None:
        """The frame that is the page at `offset`, with one more use counted; None when the disk is full.

        Raises `OutOfMemory`.
        """
        index = offset >> PAGE_SHIFT
        frame = self._frames.get(index)
        if frame is None:
            frame = self._memory.allocate()
            start = frame << PAGE_SHIFT
            if not self.inode.move_page(index, memoryview(self._memory.buffer)[start : start + PAGE_SIZE]):
                self._memory.release(frame)
                return None
            self._frames[index] = frame
        self._memory.share(frame)
        return frame

    def written(self, start: int, end: int) -> None:
        """The file says that its bytes [start, end) have changed."""
        self._on_write(self, start, end)

    def truncated(self, size: int) -> None:
        """The file says that it now ends at `size`, and has given up the storage of whole pages after that."""
        self._on_truncate(self, size)
        for index in [index for index in self._frames if index << PAGE_SHIFT >= size]:
            self._memory.release(self._frames.pop(index))

    def release(self) -> None:
        """No region maps the file any more: give it its storage back."""
        self.inode.mappings.remove(self)
        for index, frame in self._frames.items():
            self.inode.move_page(index, bytearray(PAGE_SIZE))
            self._memory.release(frame)
        self._frames.clear()
        self.inode.openers -= 1
        self.inode.release_if_unused()
