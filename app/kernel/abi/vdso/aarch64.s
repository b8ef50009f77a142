// The vDSO of AArch64: where signal handlers return to, and calls that need no trap. See vdso(7).
//
// `vvar` is the page before this one. The kernel keeps there what must be added to the counter, which counts virtual
// nanoseconds since the run began: at 0 for CLOCK_REALTIME, at 8 for CLOCK_MONOTONIC.

        .text
        .globl __kernel_rt_sigreturn, __kernel_clock_gettime, __kernel_gettimeofday, __kernel_clock_getres

        nop                             // unwinders look at the instruction before a return address
__kernel_rt_sigreturn:
        mov     x8, #139
        svc     #0

// int clock_gettime(clockid_t clock, struct timespec *time)
__kernel_clock_gettime:
        adr     x2, vvar
        cbz     w0, 1f
        cmp     w0, #1                  // CLOCK_MONOTONIC
        ccmp    w0, #4, #4, ne          // CLOCK_MONOTONIC_RAW
        ccmp    w0, #7, #4, ne          // CLOCK_BOOTTIME
        b.eq    2f
        mov     x8, #113                // any other clock: ask the kernel
        svc     #0
        ret
1:      ldr     x3, [x2]
        b       3f
2:      ldr     x3, [x2, #8]
3:      mrs     x4, cntvct_el0
        add     x3, x3, x4
        mov     x5, #0xca00             // 1000000000
        movk    x5, #0x3b9a, lsl #16
        udiv    x6, x3, x5
        msub    x7, x6, x5, x3
        stp     x6, x7, [x1]
        mov     w0, #0
        ret

// int gettimeofday(struct timeval *time, struct timezone *zone)
__kernel_gettimeofday:
        cbz     x0, 1f
        adr     x2, vvar
        ldr     x3, [x2]
        mrs     x4, cntvct_el0
        add     x3, x3, x4
        mov     x5, #0xca00
        movk    x5, #0x3b9a, lsl #16
        udiv    x6, x3, x5
        msub    x7, x6, x5, x3
        mov     x5, #1000
        udiv    x7, x7, x5
        stp     x6, x7, [x0]
1:      cbz     x1, 2f
        str     xzr, [x1]
2:      mov     w0, #0
        ret

// int clock_getres(clockid_t clock, struct timespec *resolution)
__kernel_clock_getres:
        cmp     w0, #1
        b.ls    1f
        cmp     w0, #4
        ccmp    w0, #7, #4, ne
        b.eq    1f
        mov     x8, #114
        svc     #0
        ret
1:      cbz     x1, 2f
        mov     x2, #1
        stp     xzr, x2, [x1]
2:      mov     w0, #0
        ret
