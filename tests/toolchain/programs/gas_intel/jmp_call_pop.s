# Position independent: jump, call, pop the address of the text.
.intel_syntax noprefix
.text
.globl _start
_start:
    jmp short message
code:
    pop rsi
    xor eax, eax
    inc eax
    mov edi, eax
    push 13
    pop rdx
    syscall
    push 60
    pop rax
    xor edi, edi
    syscall
message:
    call code
    .ascii "hello, world\n"
