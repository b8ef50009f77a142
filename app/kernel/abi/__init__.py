"""Application binary interfaces: per architecture, how programs ask and how the answers are laid out. Data only."""

from .abi import Abi, FaultMeaning, MemoryMap, Variant
from .arm import ARM
from .i386 import I386
from .x86_64 import X86_64

ABIS: dict[str, Abi] = {abi.info.name: abi for abi in (X86_64, I386, ARM)}

__all__ = ["ABIS", "X86_64", "Abi", "FaultMeaning", "MemoryMap", "Variant"]
