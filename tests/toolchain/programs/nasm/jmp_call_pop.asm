[BITS 64]
[SECTION .text]
[GLOBAL _start]
_start:
    jmp short message
code:
    pop rsi
    xor rax, rax
    mov al, 1
    mov rdi, rax
    mov rdx, rdi
    add rdx, 13
    syscall
    xor rax, rax
    add rax, 60
    xor rdi, rdi
    syscall
message:
    call code
    db "Hello, World!", 0xA
