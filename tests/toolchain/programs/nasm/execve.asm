section .data
path:   db '/bin/echo', 0
arg1:   db 'from execve', 0
argv:   dq path, arg1, 0
envp:   dq 0
section .text
global _start
_start:
    mov rax, 59
    lea rdi, [path]
    lea rsi, [argv]
    lea rdx, [envp]
    syscall
    mov rdi, -1
    mov rax, 60
    syscall
