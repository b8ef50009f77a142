"""What /proc/cpuinfo tells of the emulated processor."""

from __future__ import annotations

CPUINFO = (
    ("processor", "0"), ("vendor_id", "GenuineIntel"), ("cpu family", "6"), ("model", "60"),
    ("model name", "Intel Core Processor (Haswell)"), ("stepping", "4"), ("microcode", "0x1"), ("cpu MHz", "1000.000"),
    ("cache size", "4096 KB"), ("physical id", "0"), ("siblings", "1"), ("core id", "0"), ("cpu cores", "1"),
    ("apicid", "0"), ("initial apicid", "0"), ("fpu", "yes"), ("fpu_exception", "yes"), ("cpuid level", "13"),
    ("wp", "yes"),
    (
        "flags",
        "fpu de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 syscall nx"
        " rdtscp lm pni pclmulqdq ssse3 cx16 sse4_1 sse4_2 movbe popcnt aes xsave rdrand hypervisor lahf_lm abm"
        " fsgsbase bmi1 smep bmi2 erms",
    ),
    ("bugs", ""), ("bogomips", "2000.00"), ("clflush size", "64"), ("cache_alignment", "64"),
    ("address sizes", "40 bits physical, 48 bits virtual"), ("power management", ""),
)  # fmt: skip
"""What CPUID tells of the emulated processor, in the words of Linux."""
