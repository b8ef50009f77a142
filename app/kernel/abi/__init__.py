"""Application binary interfaces: per architecture, how programs ask and how the answers are laid out. Data only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module

from .abi import Abi, FaultMeaning, MemoryMap, Variant

_NAMES = ("x86_64", "i386", "arm", "aarch64", "riscv64")


class _Abis(Mapping[str, Abi]):
    """Loads the module of an architecture when it is first asked for: the tables and structures of all take time."""

    def __getitem__(self, arch: str) -> Abi:
        if arch not in _NAMES:
            raise KeyError(arch)
        abi: Abi = getattr(import_module(f"{__name__}.{arch}"), arch.upper())
        return abi

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


ABIS: Mapping[str, Abi] = _Abis()
"""Every ABI by the name of its architecture, the usual one first."""

__all__ = ["ABIS", "Abi", "FaultMeaning", "MemoryMap", "Variant"]
