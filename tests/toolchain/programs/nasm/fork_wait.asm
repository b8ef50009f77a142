section .data
status: dd 0
section .text
global _start
_start:
    mov eax, 57
    syscall
    test eax, eax
    jz child
    mov edi, eax
    mov eax, 61
    mov rsi, status
    xor edx, edx
    xor r10d, r10d
    syscall
    movzx edi, byte [status+1]
    mov eax, 60
    syscall
child:
    mov eax, 60
    mov edi, 33
    syscall
