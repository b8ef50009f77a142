/* What a program without the C library is linked with: the way to main(), the functions that a compiler calls by
   itself, and 64-bit division for 32-bit machines. What is not used is left out of the program. */

#include <stddef.h>
#include <stdint.h>

#include "copy.c"

/* At the entry the stack holds argc, argv and envp (the psABIs say so). The innermost frame pointer is zero: it ends
   the call chain. */
#if defined(__x86_64__)
__asm__(".pushsection .text._start,\"ax\",@progbits\n"
        ".weak _start\n.type _start,@function\n"
        "_start:\n\txorl %ebp, %ebp\n\tmovq %rsp, %rdi\n\tandq $-16, %rsp\n\tcall __trapgate_start\n"
        ".size _start, .-_start\n.popsection");
#elif defined(__i386__)
__asm__(".pushsection .text._start,\"ax\",@progbits\n"
        ".weak _start\n.type _start,@function\n"
        "_start:\n\txorl %ebp, %ebp\n\tmovl %esp, %eax\n\tandl $-16, %esp\n\tsubl $12, %esp\n\tpushl %eax\n"
        "\tcall __trapgate_start\n"
        ".size _start, .-_start\n.popsection");
#elif defined(__arm__)
__asm__(".pushsection .text._start,\"ax\",%progbits\n"
        ".weak _start\n.type _start,%function\n"
        "_start:\n\tmov r11, #0\n\tmov lr, #0\n\tmov r0, sp\n\tbic sp, sp, #7\n\tbl __trapgate_start\n"
        ".size _start, .-_start\n.popsection");
#elif defined(__aarch64__)
__asm__(".pushsection .text._start,\"ax\",%progbits\n"
        ".weak _start\n.type _start,%function\n"
        "_start:\n\tmov x29, #0\n\tmov x30, #0\n\tmov x0, sp\n\tbl __trapgate_start\n"
        ".size _start, .-_start\n.popsection");
#elif defined(__riscv)
__asm__(".pushsection .text._start,\"ax\",@progbits\n"
        ".weak _start\n.type _start,@function\n"
        "_start:\n\tli s0, 0\n\tli ra, 0\n\tmv a0, sp\n\tandi sp, sp, -16\n\tcall __trapgate_start\n"
        ".size _start, .-_start\n.popsection");
#endif

int main(int argc, char **argv, char **envp);

__attribute__((noreturn, used)) static void leave(long status)
{
#if defined(__x86_64__)
    __asm__ volatile("syscall" : : "a"(231L), "D"(status) : "rcx", "r11", "memory");
#elif defined(__i386__)
    __asm__ volatile("int $0x80" : : "a"(252L), "b"(status) : "memory");
#elif defined(__arm__)
    register long r7 __asm__("r7") = 248;
    register long r0 __asm__("r0") = status;
    __asm__ volatile("svc #0" : : "r"(r7), "r"(r0) : "memory");
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = 94;
    register long x0 __asm__("x0") = status;
    __asm__ volatile("svc #0" : : "r"(x8), "r"(x0) : "memory");
#elif defined(__riscv)
    register long a7 __asm__("a7") = 94;
    register long a0 __asm__("a0") = status;
    __asm__ volatile("ecall" : : "r"(a7), "r"(a0) : "memory");
#endif
    __builtin_unreachable();
}

__attribute__((noreturn)) void __trapgate_start(long *stack)
{
    int argc = (int)stack[0];
    char **argv = (char **)(stack + 1);
    leave(main(argc, argv, argv + argc + 1));
}

WEAK void *memset(void *to, int value, size_t count)
{
    unsigned char *out = to;
    while (count--)
        *out++ = (unsigned char)value;
    return to;
}

WEAK int memcmp(const void *left, const void *right, size_t count)
{
    const unsigned char *a = left, *b = right;
    for (; count; count--, a++, b++)
        if (*a != *b)
            return *a - *b;
    return 0;
}

WEAK size_t strlen(const char *text)
{
    const char *end = text;
    while (*end)
        end++;
    return (size_t)(end - text);
}

#if __SIZEOF_POINTER__ == 4

/* Long division, one bit at a time. The halves are handled apart, because a 64-bit shift by a variable amount may be
   a call as well. */
WEAK uint64_t __udivmoddi4(uint64_t dividend, uint64_t divisor, uint64_t *remainder)
{
    uint64_t quotient = 0, rest = 0;
    for (int bit = 63; bit >= 0; bit--) {
        uint32_t half = bit >= 32 ? (uint32_t)(dividend >> 32) : (uint32_t)dividend;
        rest = rest << 1 | (half >> (bit & 31) & 1);
        quotient <<= 1;
        if (rest >= divisor) {
            rest -= divisor;
            quotient |= 1;
        }
    }
    if (remainder)
        *remainder = rest;
    return quotient;
}

WEAK uint64_t __udivdi3(uint64_t dividend, uint64_t divisor)
{
    return __udivmoddi4(dividend, divisor, 0);
}

WEAK uint64_t __umoddi3(uint64_t dividend, uint64_t divisor)
{
    uint64_t rest;
    __udivmoddi4(dividend, divisor, &rest);
    return rest;
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

/* C rounds towards zero, and the remainder has the sign of the dividend. */
WEAK int64_t __divmoddi4(int64_t dividend, int64_t divisor, int64_t *remainder)
{
    uint64_t rest;
    uint64_t quotient = __udivmoddi4(magnitude(dividend), magnitude(divisor), &rest);
    *remainder = (int64_t)(dividend < 0 ? -rest : rest);
    return (int64_t)((dividend < 0) != (divisor < 0) ? -quotient : quotient);
}

WEAK int64_t __divdi3(int64_t dividend, int64_t divisor)
{
    int64_t rest;
    return __divmoddi4(dividend, divisor, &rest);
}

WEAK int64_t __moddi3(int64_t dividend, int64_t divisor)
{
    int64_t rest;
    __divmoddi4(dividend, divisor, &rest);
    return rest;
}

#endif

#if defined(__arm__)

/* The run-time ABI of ARM: quotient in r0 and r1, remainder in r2 and r3. */
__asm__(".pushsection .text.__aeabi_uldivmod,\"ax\",%progbits\n"
        ".weak __aeabi_uldivmod\n.type __aeabi_uldivmod,%function\n"
        "__aeabi_uldivmod:\n\tpush {r11, lr}\n\tmov r11, sp\n\tsub sp, sp, #16\n\tadd r12, sp, #8\n"
        "\tstr r12, [sp]\n\tbl __udivmoddi4\n\tldrd r2, r3, [sp, #8]\n\tmov sp, r11\n\tpop {r11, pc}\n"
        ".size __aeabi_uldivmod, .-__aeabi_uldivmod\n.popsection\n"
        ".pushsection .text.__aeabi_ldivmod,\"ax\",%progbits\n"
        ".weak __aeabi_ldivmod\n.type __aeabi_ldivmod,%function\n"
        "__aeabi_ldivmod:\n\tpush {r11, lr}\n\tmov r11, sp\n\tsub sp, sp, #16\n\tadd r12, sp, #8\n"
        "\tstr r12, [sp]\n\tbl __divmoddi4\n\tldrd r2, r3, [sp, #8]\n\tmov sp, r11\n\tpop {r11, pc}\n"
        ".size __aeabi_ldivmod, .-__aeabi_ldivmod\n.popsection");

/* The compiler base ARMv7-A has no division. */
WEAK unsigned __udivmodsi4(unsigned dividend, unsigned divisor, unsigned *remainder)
{
    unsigned quotient = 0, rest = 0;
    for (int bit = 31; bit >= 0; bit--) {
        rest = rest << 1 | (dividend >> bit & 1);
        quotient <<= 1;
        if (rest >= divisor) {
            rest -= divisor;
            quotient |= 1;
        }
    }
    *remainder = rest;
    return quotient;
}

WEAK uint64_t __aeabi_uidivmod(unsigned dividend, unsigned divisor)
{
    unsigned rest;
    unsigned quotient = __udivmodsi4(dividend, divisor, &rest);
    return (uint64_t)rest << 32 | quotient;
}

WEAK unsigned __aeabi_uidiv(unsigned dividend, unsigned divisor)
{
    return (unsigned)__aeabi_uidivmod(dividend, divisor);
}

WEAK uint64_t __aeabi_idivmod(int dividend, int divisor)
{
    unsigned rest;
    unsigned quotient = __udivmodsi4(dividend < 0 ? -(unsigned)dividend : (unsigned)dividend,
                                     divisor < 0 ? -(unsigned)divisor : (unsigned)divisor, &rest);
    if ((dividend < 0) != (divisor < 0))
        quotient = -quotient;
    return (uint64_t)(dividend < 0 ? -rest : rest) << 32 | quotient;
}

WEAK int __aeabi_idiv(int dividend, int divisor)
{
    return (int)__aeabi_idivmod(dividend, divisor);
}

WEAK void __aeabi_memcpy(void *to, const void *from, size_t count)
{
    memcpy(to, from, count);
}

WEAK void __aeabi_memcpy4(void *to, const void *from, size_t count)
{
    memcpy(to, from, count);
}

WEAK void __aeabi_memcpy8(void *to, const void *from, size_t count)
{
    memcpy(to, from, count);
}

WEAK void __aeabi_memmove(void *to, const void *from, size_t count)
{
    memmove(to, from, count);
}

WEAK void __aeabi_memmove4(void *to, const void *from, size_t count)
{
    memmove(to, from, count);
}

WEAK void __aeabi_memset(void *to, size_t count, int value)
{
    memset(to, value, count);
}

WEAK void __aeabi_memset4(void *to, size_t count, int value)
{
    memset(to, value, count);
}

WEAK void __aeabi_memset8(void *to, size_t count, int value)
{
    memset(to, value, count);
}

WEAK void __aeabi_memclr(void *to, size_t count)
{
    memset(to, 0, count);
}

WEAK void __aeabi_memclr4(void *to, size_t count)
{
    memset(to, 0, count);
}

WEAK void __aeabi_memclr8(void *to, size_t count)
{
    memset(to, 0, count);
}

#endif
