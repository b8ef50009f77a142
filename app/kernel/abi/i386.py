"""The i386 ABI (syscall(2); System V ABI, Intel386 supplement), as a 64-bit kernel offers it to 32-bit programs.

`sysenter` is only used by the vDSO, because the kernel returns to a fixed place there. Programs call it by the address
in AT_SYSINFO, with the registers of `int 0x80`.
"""

from __future__ import annotations

from msgspec.structs import replace

from app.trace.events import AbiInfo

from . import compat_structs as compat
from .abi import Abi, MemoryMap, SystemPage, TracedRegisters, Variant
from .compat_variants import shape, variants
from .i386_sigframe import RT_SIGRETURN_CODE, SIGRETURN_CODE, I386Frame
from .i386_structs import FLOCK64, STAT64, STRUCTS
from .i386_table import NAMES
from .ptrace_constants import TRACED_FLAGS
from .x86_faults import EXCEPTIONS, PRIVILEGED

_VDSO = 0xF7FF_D000
_VSYSCALL = _VDSO + 0x400
_SIGRETURN = _VDSO + 0x440
_RT_SIGRETURN = _VDSO + 0x460

_VSYSCALL_CODE = bytes.fromhex("51525589e50f34cd805d5a59c3")
"""`push ecx; push edx; push ebp; mov ebp, esp; sysenter; int 0x80; pop ebp; pop edx; pop ecx; ret`

(arch/x86/entry/vdso/vdso32/system_call.S). A call that is made again is made by the `int 0x80`.
"""

SYSENTER_RETURN = _VSYSCALL + 9
"""Where the kernel returns to after `sysenter`."""

_AT_SYSINFO = 32

_VARIANTS = {
    **variants(STAT64, FLOCK64, aligned=False),
    "fcntl": Variant(handler="fcntl64", structs={"flock64": FLOCK64}),
    "getrlimit": Variant(structs={"rlimit": compat.OLD_RLIMIT}),
    "fadvise64": Variant(shape=shape("wduw", aligned=False)),
    "fadvise64_64": Variant(handler="fadvise64", shape=shape("wddw", aligned=False)),
    "sync_file_range": Variant(shape=shape("wddw", aligned=False)),
    "oldstat": Variant(handler="stat", structs={"stat": compat.OLDSTAT}),
    "oldlstat": Variant(handler="lstat", structs={"stat": compat.OLDSTAT}),
    "oldfstat": Variant(handler="fstat", structs={"stat": compat.OLDSTAT}),
    "olduname": Variant(handler="uname", structs={"utsname": compat.OLD_UTSNAME}),
    "oldolduname": Variant(handler="uname", structs={"utsname": compat.OLDOLD_UTSNAME}),
    "umount": Variant(handler="umount2", shape=((0,), ())),
    "waitpid": Variant(handler="wait4", shape=((0,), (1,), (2,), ())),
    "select": Variant(handler="old_select"),
    "mmap": Variant(handler="old_mmap"),
    **{
        name: Variant(handler=f"i386_{name}")
        for name in ("set_thread_area", "get_thread_area", "modify_ldt", "arch_prctl")
    },
    "clone": Variant(shape=((0,), (1,), (2,), (4,), (3,))),
}

_REGISTERS = ("eip", "cs", "eflags", "esp", "ss")

I386 = Abi(
    info=AbiInfo(
        name="i386",
        table="i386",
        traps=("int 0x80", "sysenter"),
        number_register="eax",
        argument_registers=("ebx", "ecx", "edx", "esi", "edi", "ebp"),
        return_register="eax",
        user_mode="ring 3",
        kernel_mode="ring 0",
        word_size=4,
    ),
    names=NAMES,
    variants=_VARIANTS,
    structs=STRUCTS,
    restores={name: name for name in _REGISTERS},
    privileged=PRIVILEGED,
    exceptions=EXCEPTIONS,
    foreign_traps={b"\x0f\x05": "syscall is not an instruction of 32-bit code on this processor: use int 0x80."},
    foreign_vector="#UD",
    pc_register="eip",
    stack_register="esp",
    thread_register="",
    machine="i686",
    platform="i686",
    memory=MemoryMap(
        limit=0xFFFF_E000,
        stack_top=0xFFFF_E000,
        mmap_base=_VDSO,
        legacy_base=0x5555_5000,
        dyn_base=0x5655_5000,
    ),
    system_pages=(
        SystemPage(
            "[vdso]",
            _VDSO,
            bytes(0x400) + _VSYSCALL_CODE.ljust(0x40, b"\0") + SIGRETURN_CODE.ljust(0x20, b"\0") + RT_SIGRETURN_CODE,
            ((_AT_SYSINFO, _VSYSCALL),),
        ),
    ),
    hwcap=0x078B_FBFD,
    restart_number=0,
    ipc_64=frozenset({"ipc"}),
    single_step=("eflags", 0x100),
    signal_frame=I386Frame(_SIGRETURN, _RT_SIGRETURN),
    traced=TracedRegisters(
        result="eax",
        number="orig_eax",
        fixed=("cs", "ss", "ds", "es", "fs", "gs"),
        flags=("eflags", TRACED_FLAGS),
        area=284,
    ),
)

_WIDE = {name: "r" + name[1:] for name in ("eax", "ebx", "ecx", "edx", "esi", "edi", "ebp")}

I386_FROM_64_BIT = replace(
    I386,
    info=replace(
        I386.info,
        number_register=_WIDE[I386.info.number_register],
        argument_registers=tuple(_WIDE[name] for name in I386.info.argument_registers),
        return_register=_WIDE[I386.info.return_register],
    ),
    restores={name.replace("e", "r", 1): name.replace("e", "r", 1) for name in ("eip", "eflags", "esp")}
    | {"cs": "cs", "ss": "ss"},
    pc_register="rip",
    stack_register="rsp",
    thread_register="fs_base",
)
"""The table that `int 0x80` enters from 64-bit code too. Of the registers the lower halves count."""
