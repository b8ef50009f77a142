# String instructions with a prefix: memset, memcpy, memchr, memcmp.
.intel_syntax noprefix
.data
source: .ascii "copy these bytes"
size = . - source
.bss
target: .fill size
.text
.globl _start
_start:
    cld
    lea rdi, target
    mov ecx, size
    mov al, '.'
    rep stosb
    lea rsi, source
    lea rdi, target
    mov ecx, size / 8
    rep movsq
    lea rdi, target
    mov ecx, size
    mov al, 't'
    repne scasb
    lea rdx, [rdi - 1]
    sub rdx, offset target
    lea rsi, source
    lea rdi, target
    mov ecx, size
    repe cmpsb
    sete dil
    movzx edi, dil
    add edi, edx
    mov eax, 60
    syscall
