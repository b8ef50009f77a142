section .data
address:
    dw 2                ; AF_INET
    db 0x11, 0x5c       ; port 4444
    db 127, 0, 0, 1
    times 8 db 0
.size equ $ - address
pair: dd 0, 0
section .text
global _start
_start:
    mov rax, 41
    mov rdi, 2
    mov rsi, 1
    xor rdx, rdx
    syscall
    mov rdi, rax
    mov rax, 3
    syscall
    mov eax, 53         ; socketpair(AF_UNIX, SOCK_STREAM, 0, pair)
    mov edi, 1
    mov esi, 1
    xor edx, edx
    mov r10, pair
    syscall
    mov edi, [pair]
    mov eax, 1
    mov rsi, address
    mov edx, address.size
    syscall
    mov edi, eax
    mov eax, 60
    syscall
