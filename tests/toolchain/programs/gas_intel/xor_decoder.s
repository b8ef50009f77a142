# A decoder stub and its encoded text.
.intel_syntax noprefix
.equ KEY, 0xAA
.data
encoded:
.irp c, 's', 'h', 'e', 'l', 'l', 'c', 'o', 'd', 'e'
    .byte \c ^ KEY
.endr
    .byte 10 ^ KEY
.equ length, . - encoded
.text
.globl _start
_start:
    lea rsi, [rip + encoded]
    push length
    pop rcx
decode:
    xor byte ptr [rsi + rcx - 1], KEY
    loop decode
    push 1
    pop rax
    mov edi, eax
    push length
    pop rdx
    syscall
    mov al, 60
    xor edi, edi
    syscall
