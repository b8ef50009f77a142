# The vDSO of x86-64: calls that need no trap. See vdso(7).
#
# `vvar` is the page before this one. The kernel keeps there what must be added to the cycle counter, which counts
# virtual nanoseconds since the run began: at 0 for CLOCK_REALTIME, at 8 for CLOCK_MONOTONIC.

        .intel_syntax noprefix
        .text
        .globl __vdso_clock_gettime, __vdso_gettimeofday, __vdso_time, __vdso_clock_getres, __vdso_getcpu

# int clock_gettime(clockid_t clock, struct timespec *time)
__vdso_clock_gettime:
        test    edi, edi
        jz      .Lrealtime
        cmp     edi, 1                  # CLOCK_MONOTONIC
        je      .Lmonotonic
        cmp     edi, 4                  # CLOCK_MONOTONIC_RAW
        je      .Lmonotonic
        cmp     edi, 7                  # CLOCK_BOOTTIME
        je      .Lmonotonic
        mov     eax, 228                # any other clock: ask the kernel
        syscall
        ret
.Lrealtime:
        mov     r8, [rip + vvar]
        jmp     .Lread
.Lmonotonic:
        mov     r8, [rip + vvar + 8]
.Lread:
        call    .Lseconds
        mov     [rsi], rax
        mov     [rsi + 8], rdx
        xor     eax, eax
        ret

# int gettimeofday(struct timeval *time, struct timezone *zone)
__vdso_gettimeofday:
        test    rdi, rdi
        jz      .Lzone
        mov     r8, [rip + vvar]
        call    .Lseconds
        mov     [rdi], rax
        mov     eax, edx
        xor     edx, edx
        mov     ecx, 1000
        div     ecx
        mov     [rdi + 8], rax
.Lzone:
        test    rsi, rsi
        jz      .Ltold
        mov     qword ptr [rsi], 0
.Ltold:
        xor     eax, eax
        ret

# time_t time(time_t *time)
__vdso_time:
        mov     r8, [rip + vvar]
        call    .Lseconds
        test    rdi, rdi
        jz      .Lreturn
        mov     [rdi], rax
.Lreturn:
        ret

# int clock_getres(clockid_t clock, struct timespec *resolution)
__vdso_clock_getres:
        cmp     edi, 1
        jbe     .Lnanosecond
        cmp     edi, 4
        je      .Lnanosecond
        cmp     edi, 7
        je      .Lnanosecond
        mov     eax, 229
        syscall
        ret
.Lnanosecond:
        test    rsi, rsi
        jz      .Lresolved
        mov     qword ptr [rsi], 0
        mov     qword ptr [rsi + 8], 1
.Lresolved:
        xor     eax, eax
        ret

# int getcpu(unsigned *cpu, unsigned *node, void *unused): there is one of each
__vdso_getcpu:
        test    rdi, rdi
        jz      .Lnode
        mov     dword ptr [rdi], 0
.Lnode:
        test    rsi, rsi
        jz      .Lcounted
        mov     dword ptr [rsi], 0
.Lcounted:
        xor     eax, eax
        ret

# The counter and the base in r8, as seconds in rax and nanoseconds in rdx; changes rcx, too.
.Lseconds:
        rdtsc
        shl     rdx, 32
        or      rax, rdx
        add     rax, r8
        xor     edx, edx
        mov     ecx, 1000000000
        div     rcx
        ret
