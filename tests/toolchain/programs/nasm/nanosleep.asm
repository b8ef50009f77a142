struc timespec
    tv_sec  resq 1
    tv_nsec resq 1
endstruc
section .data
delay:
    istruc timespec
        at tv_sec,  dq 0
        at tv_nsec, dq 1_000_000
    iend
section .text
global _start
_start:
    mov     rax, 35
    mov     rdi, delay
    xor     rsi, rsi
    syscall
    mov     rdi, rax
    mov     rax, 60
    syscall
