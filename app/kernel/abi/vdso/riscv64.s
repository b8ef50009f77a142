# The vDSO of RISC-V: where signal handlers return to, and calls that need no trap. See vdso(7).
#
# `vvar` is the page before this one. The kernel keeps there what must be added to the time counter, which counts
# virtual nanoseconds since the run began: at 0 for CLOCK_REALTIME, at 8 for CLOCK_MONOTONIC.

        .option norvc
        .text
        .globl __vdso_rt_sigreturn, __vdso_clock_gettime, __vdso_gettimeofday, __vdso_clock_getres, __vdso_getcpu
        .globl __vdso_flush_icache

__vdso_rt_sigreturn:
        li      a7, 139
        ecall

# int clock_gettime(clockid_t clock, struct timespec *time)
__vdso_clock_gettime:
        lla     a2, vvar
        beqz    a0, 1f
        li      a3, 1                   # CLOCK_MONOTONIC
        beq     a0, a3, 2f
        li      a3, 4                   # CLOCK_MONOTONIC_RAW
        beq     a0, a3, 2f
        li      a3, 7                   # CLOCK_BOOTTIME
        beq     a0, a3, 2f
        li      a7, 113                 # any other clock: ask the kernel
        ecall
        ret
1:      ld      a4, 0(a2)
        j       3f
2:      ld      a4, 8(a2)
3:      rdtime  a5
        add     a4, a4, a5
        li      a6, 1000000000
        divu    a5, a4, a6
        remu    a4, a4, a6
        sd      a5, 0(a1)
        sd      a4, 8(a1)
        li      a0, 0
        ret

# int gettimeofday(struct timeval *time, struct timezone *zone)
__vdso_gettimeofday:
        beqz    a0, 1f
        lla     a2, vvar
        ld      a4, 0(a2)
        rdtime  a5
        add     a4, a4, a5
        li      a6, 1000000000
        divu    a5, a4, a6
        remu    a4, a4, a6
        li      a6, 1000
        divu    a4, a4, a6
        sd      a5, 0(a0)
        sd      a4, 8(a0)
1:      beqz    a1, 2f
        sd      zero, 0(a1)
2:      li      a0, 0
        ret

# int clock_getres(clockid_t clock, struct timespec *resolution)
__vdso_clock_getres:
        li      a3, 1
        bleu    a0, a3, 1f
        li      a3, 4
        beq     a0, a3, 1f
        li      a3, 7
        beq     a0, a3, 1f
        li      a7, 114
        ecall
        ret
1:      beqz    a1, 2f
        li      a3, 1
        sd      zero, 0(a1)
        sd      a3, 8(a1)
2:      li      a0, 0
        ret

# int getcpu(unsigned *cpu, unsigned *node, void *unused): there is one of each
__vdso_getcpu:
        beqz    a0, 1f
        sw      zero, 0(a0)
1:      beqz    a1, 2f
        sw      zero, 0(a1)
2:      li      a0, 0
        ret

# int riscv_flush_icache(void *start, void *end, unsigned long flags)
__vdso_flush_icache:
        li      a7, 259
        ecall
        ret
