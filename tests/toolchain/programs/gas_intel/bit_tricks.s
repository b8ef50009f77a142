# Counting and isolating bits.
.intel_syntax noprefix
.text
.globl _start
_start:
    mov eax, 0b10110100
    mov ecx, eax
    xor edx, edx
kernighan:
    test ecx, ecx
    jz counted
    lea ebx, [rcx - 1]
    and ecx, ebx
    inc edx
    jmp kernighan
counted:
    bsf ebx, eax
    bsr ecx, eax
    mov esi, eax
    neg esi
    and esi, eax
    bt eax, 5
    adc edx, 0
    btr eax, 2
    bts eax, 0
    bswap eax
    shr eax, 24
    rol al, 4
    not al
    shld ebx, eax, 3
    sar ebx, 1
    lea edi, [rdx + rbx*2]
    and edi, 127
    mov eax, 60
    syscall
