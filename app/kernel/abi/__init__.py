"""Application binary interfaces: per architecture, how programs ask and how the answers are laid out. Data only."""

from .abi import Abi, FaultMeaning, MemoryMap, Variant
from .x86_64 import X86_64

ABIS: dict[str, Abi] = {X86_64.info.name: X86_64}

__all__ = ["ABIS", "X86_64", "Abi", "FaultMeaning", "MemoryMap", "Variant"]
