"""What goes wrong with ELF files."""


class ElfError(Exception):
    """The file can't be loaded or made; the text says why."""
