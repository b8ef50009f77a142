.intel_syntax noprefix
.globl _start
_start:
    lea rbx, [rip + value]
    lock inc dword ptr [rbx]
    lock add qword ptr [rbx], 1
    mov eax, 2
    mov ecx, 9
    lock cmpxchg [rbx], ecx
    lock xadd [rbx], rcx
    xchg rax, [rbx]
    xchg rax, rcx
    bswap eax
    bsf eax, ecx
    bsr rax, rcx
    popcnt eax, ecx
    tzcnt eax, ecx
    cmovz rax, rbx
    cmovnbe eax, ecx
    setne dl
    setl byte ptr [rbx]
    movsx rax, byte ptr [rbx]
    movsx eax, cx
    movsxd rax, ecx
    movzx eax, word ptr [rbx]
    cdq
    cqo
    cdqe
    cwde
    mfence
    lfence
    pause
    cpuid
    rdtsc
    xor edx, edx
    mov eax, 100
    mov ecx, 7
    div ecx
    mul rcx
    idiv cl
    neg eax
    not rdx
    sbb eax, eax
    adc edx, 1
    shld eax, ecx, 3
    shrd rax, rcx, cl
    pushfq
    popfq
    stc
    clc
    std
    cld
    mov edi, 7
    mov eax, 60
    syscall
.data
value: .quad 1
