%define SYS_EXIT 60
%define SYS_WRITE 1
%define STDOUT 1
%define NEXT (SYS_WRITE + 1)
%assign LEN 6
section .data
text: db "define"
section .text
global _start
_start:
    mov eax, SYS_WRITE
    mov edi, STDOUT
    mov rsi, text
    mov edx, LEN
    syscall
    mov eax, SYS_EXIT
    mov edi, NEXT
    syscall
