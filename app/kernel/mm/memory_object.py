"""What regions map besides fresh zeros: files, and memory that processes share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_MASK, PAGE_SHIFT, PAGE_SIZE, PhysicalMemory

if TYPE_CHECKING:
    from app.kernel.fs.inode import RegularFile

    from .address_space import AddressSpace

SHMEM_DEVICE = 0x01
"""`st_dev` of memory that was never a file with a name: the kernel's own tmpfs."""

_FAR = 1 << 64


class MemoryObject:
    """Pages that every region which maps them shares: the page cache of one inode (struct address_space).

    `frames` are the pages present, by index; the object counts as one user of each. `mappers` are the address spaces
    with regions of it (Linux `i_mmap`). `executed` are frames that were mapped as code and have not changed since: what
    the CPU made of them still holds. `name` is for /proc/self/maps, as are `device` and `number`.
    """

    writes_are_noticed = False
    """Whether the first store into a page matters, so that a page which was only read is mapped read-only."""

    def __init__(self, memory: PhysicalMemory, name: str, device: int, number: int) -> None:
        self.name = name
        self.device = device
        self.number = number
        self.frames: dict[int, int] = {}
        self.mappers: dict[AddressSpace, None] = {}
        self.executed: set[int] = set()
        self._memory = memory

    @property
    def size(self) -> int:
        """Bytes: touching a page that begins after the last one is SIGBUS."""
        raise NotImplementedError

    def is_past_end(self, offset: int) -> bool:
        """Whether the page at `offset` begins after the last byte."""
        return offset & ~PAGE_MASK >= self.size

    def has_data(self, offset: int) -> bool:
        """Whether the page at `offset` has contents, so that it is no hole."""
        return offset >> PAGE_SHIFT in self.frames

    def pages_with_data(self, first: int, last: int) -> list[int]:
        """Indexes of the pages from `first` up to `last` that have contents, in order."""
        return sorted(index for index in self.frames if first <= index < last)

    def shared_frame(self, offset: int) -> int | None:
        """The frame that is the page at `offset`, with one more use counted; None when there is no room for it.

        Raises `OutOfMemory`.
        """
        index = offset >> PAGE_SHIFT
        frame = self.frames.get(index)
        if frame is None:
            frame = self._memory.allocate()
            if not self._fill(index, frame):
                self._memory.release(frame)
                return None
            self.frames[index] = frame
        self._memory.share(frame)
        return frame

    def peek(self, offset: int, size: int) -> bytes | None:
        """`size` bytes inside the page at `offset`; None after the end. Nothing becomes present."""
        if self.is_past_end(offset):
            return None
        frame = self.frames.get(offset >> PAGE_SHIFT)
        return bytes(size) if frame is None else self._memory.read(frame, offset & PAGE_MASK, size)

    def private_frame(self, offset: int) -> int:
        """A new frame with a copy of the page at `offset`, zeros after the end. Raises `OutOfMemory`."""
        frame = self.frames.get(offset >> PAGE_SHIFT)
        return self._memory.allocate() if frame is None else self._memory.duplicate(frame)

    def attach(self, mm: AddressSpace) -> None:
        """`mm` has its first region of this object."""
        self.mappers[mm] = None

    def detach(self, mm: AddressSpace) -> None:
        """`mm` has no region of this object any more; the last one lets go of it."""
        del self.mappers[mm]

    def stored(self) -> None:
        """A program stores into a page for the first time."""

    def drop(self, start: int, end: int, copies: bool = False) -> None:
        """Give up the pages of [start, end), page aligned, in every address space; private copies too if asked."""
        for mm in self.mappers:
            mm.drop_object_pages(self, start, end, copies)
        for index in [index for index in self.frames if start <= index << PAGE_SHIFT < end]:
            frame = self.frames.pop(index)
            self.executed.discard(frame)
            self._memory.release(frame)

    def punch(self, start: int, end: int) -> None:
        """Make [start, end), page aligned, a hole: it reads as zeros (MADV_REMOVE)."""
        self.drop(start, end)

    def _fill(self, index: int, frame: int) -> bool:
        """Put the contents of page `index` into its zeroed frame; False when there is no room for such a page."""
        return True


class SharedMemory(MemoryObject):
    """Memory without a file: MAP_SHARED | MAP_ANONYMOUS, and System V segments (Linux `shmem_kernel_file_setup`).

    `keepers` counts what else keeps it: a System V segment that has not been removed.
    """

    def __init__(self, memory: PhysicalMemory, name: str, size: int, number: int) -> None:
        super().__init__(memory, name, SHMEM_DEVICE, number)
        self.keepers = 0
        self._size = size

    @property
    def size(self) -> int:
        """Bytes, as it was made."""
        return self._size

    def detach(self, mm: AddressSpace) -> None:
        """The last region frees it, unless it is kept."""
        super().detach(mm)
        self.release_if_unused()

    def release_if_unused(self) -> None:
        """Free the pages when nobody maps or keeps it."""
        if not self.mappers and not self.keepers:
            self.drop(0, self._size)


class MappedFile(MemoryObject):
    """A regular file that regions map.

    It keeps the file in existence while it is mapped, and it owns the frames that regions share with the file: such a
    frame takes the place of the file's own storage, so that read(2), write(2) and the program's loads and stores see
    the same bytes.
    """

    writes_are_noticed = True

    def __init__(self, inode: RegularFile, memory: PhysicalMemory) -> None:
        super().__init__(memory, "", inode.fs.device, inode.number)
        self.inode = inode

    @classmethod
    def of(cls, inode: RegularFile, memory: PhysicalMemory) -> MappedFile:
        """The one object through which everybody maps `inode`."""
        for mapping in inode.mappings:
            if isinstance(mapping, cls):
                return mapping
        return cls(inode, memory)

    @property
    def size(self) -> int:
        """Length of the file in bytes."""
        return self.inode.size

    def has_data(self, offset: int) -> bool:
        """Whether the file has storage for that page."""
        return self.inode.has_page(offset >> PAGE_SHIFT)

    def peek(self, offset: int, size: int) -> bytes | None:
        """What the file has there."""
        return None if self.is_past_end(offset) else self.inode.read(offset, size).ljust(size, b"\0")

    def pages_with_data(self, first: int, last: int) -> list[int]:
        """Those that have storage."""
        return self.inode.stored_pages(first, last)

    def punch(self, start: int, end: int) -> None:
        """The file does it, and frees what it can."""
        self.inode.punch(start, end)

    def private_frame(self, offset: int) -> int:
        """A copy of what the file has there."""
        frame = self._memory.allocate()
        self._memory.write(frame, 0, self.inode.read(offset & ~PAGE_MASK, PAGE_SIZE))
        return frame

    def attach(self, mm: AddressSpace) -> None:
        """The first address space opens the file."""
        if not self.mappers:
            self.inode.openers += 1
            self.inode.mappings.append(self)
        super().attach(mm)

    def detach(self, mm: AddressSpace) -> None:
        """The last address space gives the file its storage back and closes it."""
        super().detach(mm)
        if self.mappers:
            return
        self.inode.mappings.remove(self)
        for index, frame in self.frames.items():
            self.inode.move_page(index, bytearray(PAGE_SIZE))
            self._memory.release(frame)
        self.frames.clear()
        self.executed.clear()
        self.inode.openers -= 1
        self.inode.release_if_unused()

    def stored(self) -> None:
        """The file has changed (Linux `file_update_time`)."""
        self.executed.clear()
        self.inode.modified()

    def written(self, start: int, end: int) -> None:
        """The file says that its bytes [start, end) have changed: what a program executes from them is new."""
        self.executed.clear()
        for mm in self.mappers:
            mm.object_written(self, start, end)

    def truncated(self, size: int) -> None:
        """The file says that it now ends at `size`, and has given up the storage of whole pages after that."""
        self.drop((size + PAGE_MASK) & ~PAGE_MASK, _FAR, copies=True)

    def _fill(self, index: int, frame: int) -> bool:
        start = frame << PAGE_SHIFT
        return self.inode.move_page(index, memoryview(self._memory.buffer)[start : start + PAGE_SIZE])
