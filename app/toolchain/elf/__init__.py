"""ELF executables of every architecture: reading them, and writing the smallest that Linux runs (elf(5))."""

from .errors import ElfError
from .load import MAX_FILE_BYTES, MAX_IMAGE_BYTES, MAX_SEGMENTS, load_elf
from .write import write_elf

__all__ = ["MAX_FILE_BYTES", "MAX_IMAGE_BYTES", "MAX_SEGMENTS", "ElfError", "load_elf", "write_elf"]
