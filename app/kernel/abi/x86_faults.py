"""What the exceptions of x86 processors mean, and the instructions that are not for user mode."""

from __future__ import annotations

from collections.abc import Mapping

from .abi import FaultMeaning, by_prefix
from .constants import Signo

PRIVILEGED = by_prefix(
    {
        b"\xf4": "hlt",
        b"\xfa": "cli",
        b"\xfb": "sti",
        b"\x0f\x01": "a system table instruction",
        b"\x0f\x06": "clts",
        b"\x0f\x07": "sysret",
        b"\x0f\x08": "invd",
        b"\x0f\x09": "wbinvd",
        b"\x0f\x20": "mov from a control register",
        b"\x0f\x21": "mov from a debug register",
        b"\x0f\x22": "mov to a control register",
        b"\x0f\x23": "mov to a debug register",
        b"\x0f\x30": "wrmsr",
        b"\x0f\x32": "rdmsr",
        b"\xe4": "in",
        b"\xe5": "in",
        b"\xe6": "out",
        b"\xe7": "out",
        b"\xec": "in",
        b"\xed": "in",
        b"\xee": "out",
        b"\xef": "out",
    }
)

EXCEPTIONS: Mapping[str, FaultMeaning] = {
    "#DE": FaultMeaning(
        "divide error",
        Signo.SIGFPE,
        "FPE_INTDIV",
        "The program divided by zero, or the quotient did not fit its register.",
    ),
    "#DB": FaultMeaning("debug exception", Signo.SIGTRAP, "TRAP_BRKPT"),
    "#BP": FaultMeaning("breakpoint", Signo.SIGTRAP, "SI_KERNEL"),
    "#OF": FaultMeaning("overflow", Signo.SIGSEGV, "SI_KERNEL"),
    "#UD": FaultMeaning(
        "invalid opcode",
        Signo.SIGILL,
        "ILL_ILLOPN",
        "The bytes at this address are not an instruction this CPU has.",
    ),
    "#SS": FaultMeaning("stack fault", Signo.SIGBUS, "SI_KERNEL"),
    "#GP": FaultMeaning(
        "general protection fault",
        Signo.SIGSEGV,
        "SI_KERNEL",
        "The CPU refused the instruction: it breaks a protection rule (a bad address or selector).",
        by_privilege=True,
    ),
    "#PF": FaultMeaning("page fault", Signo.SIGSEGV, "SEGV_MAPERR"),
    "#MF": FaultMeaning("floating-point error", Signo.SIGFPE, "FPE_FLTINV"),
    "#AC": FaultMeaning("alignment check", Signo.SIGBUS, "BUS_ADRALN"),
    "#XM": FaultMeaning("SIMD floating-point error", Signo.SIGFPE, "FPE_FLTINV"),
}
