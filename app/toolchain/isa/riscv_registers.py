"""Names and numbers of RISC-V registers, as the psABI and the privileged specification give them."""

from __future__ import annotations

_ABI = [
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7",
    "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
]  # fmt: skip
_FLOAT_ABI = [
    "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5",
    "fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10",
    "ft11",
]  # fmt: skip

INTEGER: dict[str, int] = {
    **{name: number for number, name in enumerate(_ABI)},
    **{f"x{number}": number for number in range(32)},
    "fp": 8,
}
FLOAT: dict[str, int] = {
    **{name: number for number, name in enumerate(_FLOAT_ABI)},
    **{f"f{number}": number for number in range(32)},
}

ROUNDING = {"rne": 0, "rtz": 1, "rdn": 2, "rup": 3, "rmm": 4, "dyn": 7}
"""Rounding modes of floating-point instructions."""

FENCE_SETS = {
    "".join(letter for bit, letter in zip((8, 4, 2, 1), "iorw", strict=True) if value & bit): value
    for value in range(1, 16)
}
"""What `fence` orders: input, output, reads, writes."""


def _numbered(stem: str, first: int, start: int, end: int) -> dict[str, int]:
    return {f"{stem}{number}": first + number - start for number in range(start, end)}


CSRS: dict[str, int] = {
    **{"ustatus": 0x000, "fflags": 0x001, "frm": 0x002, "fcsr": 0x003, "uie": 0x004, "utvec": 0x005},
    **{"uscratch": 0x040, "uepc": 0x041, "ucause": 0x042, "utval": 0x043, "uip": 0x044},
    **{"sstatus": 0x100, "sie": 0x104, "stvec": 0x105, "scounteren": 0x106, "senvcfg": 0x10A},
    **{"sscratch": 0x140, "sepc": 0x141, "scause": 0x142, "stval": 0x143, "sip": 0x144, "satp": 0x180},
    **{"mstatus": 0x300, "misa": 0x301, "medeleg": 0x302, "mideleg": 0x303, "mie": 0x304, "mtvec": 0x305},
    **{"mcounteren": 0x306, "menvcfg": 0x30A, "mcountinhibit": 0x320},
    **{"mscratch": 0x340, "mepc": 0x341, "mcause": 0x342, "mtval": 0x343, "mip": 0x344},
    **{"tselect": 0x7A0, "tdata1": 0x7A1, "tdata2": 0x7A2, "tdata3": 0x7A3},
    **{"dcsr": 0x7B0, "dpc": 0x7B1, "dscratch0": 0x7B2, "dscratch1": 0x7B3},
    **{"mcycle": 0xB00, "minstret": 0xB02, "cycle": 0xC00, "time": 0xC01, "instret": 0xC02},
    **{"mvendorid": 0xF11, "marchid": 0xF12, "mimpid": 0xF13, "mhartid": 0xF14, "mconfigptr": 0xF15},
    **_numbered("mhpmevent", 0x323, 3, 32),
    **_numbered("mhpmcounter", 0xB03, 3, 32),
    **_numbered("hpmcounter", 0xC03, 3, 32),
    **_numbered("pmpcfg", 0x3A0, 0, 16),
    **_numbered("pmpaddr", 0x3B0, 0, 64),
}
"""Control and status registers."""
