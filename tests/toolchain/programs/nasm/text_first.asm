global _start
section .text
_start:
    mov rax, 1
    mov rdi, 1
    mov rsi, msg
    mov rdx, len
    add rsp, small
    add rsp, big
    sub rsp, small + big
    mov eax, 1
    syscall
    mov rax, [number]
    mov rbx, [rel number]
    mov al, [abs number]
    mov eax, 60
    mov edi, 0
    syscall
section .data
msg: db "text first", 0xA
len: equ $-msg
small equ 8
big equ 1000
number: dq 5
