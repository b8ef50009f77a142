"""Application binary interfaces: per architecture, how programs ask and how the answers are laid out. Data only."""

from .aarch64 import AARCH64
from .abi import Abi, FaultMeaning, MemoryMap, Variant
from .arm import ARM
from .i386 import I386
from .riscv64 import RISCV64
from .x86_64 import X86_64

ABIS: dict[str, Abi] = {abi.info.name: abi for abi in (X86_64, I386, ARM, AARCH64, RISCV64)}

__all__ = ["AARCH64", "ABIS", "RISCV64", "X86_64", "Abi", "FaultMeaning", "MemoryMap", "Variant"]
