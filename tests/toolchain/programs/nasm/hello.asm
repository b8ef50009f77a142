; The first program: write, then exit.
section .data
    message db "hello", 10
    length  equ $ - message

section .text
    global _start
_start:
    mov rax, 1          ; write
    mov rdi, 1
    mov rsi, message
    mov rdx, length
    syscall
    mov rax, 60
    mov rdi, 0
    syscall
