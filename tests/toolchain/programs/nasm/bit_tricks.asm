section .text
global _start
_start:
    mov     rax, 0xF0F0
    popcnt  rcx, rax
    bsf     rdx, rax
    bsr     r8, rax
    bt      rax, 4
    setc    r9b
    btc     rax, 0
    bts     eax, 1
    btr     ax, 15
    rol     rax, 13
    ror     eax, cl
    shl     rdx, 2
    sar     rdx, 1
    shld    rdx, rax, 4
    shrd    eax, edx, cl
    bswap   eax
    not     rax
    neg     rax
    xchg    al, ah
    lea     rdi, [rcx + rdx*2 + 1]
    and     edi, 0b0111_1111
    mov     eax, 60
    syscall
