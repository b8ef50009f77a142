; not run: execve("/bin/sh") by pushing the string
BITS 64
section .text
global _start
_start:
    xor     rdx, rdx
    mov     rbx, '//bin/sh'
    shr     rbx, 0x8
    push    rbx
    mov     rdi, rsp
    push    rdx
    push    rdi
    mov     rsi, rsp
    mov     al, 0x3b
    push    59
    pop     rax
    cdq
    syscall
