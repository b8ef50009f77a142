SA_RESTORER equ 0x04000000
SIGUSR1 equ 10
struc sigaction
.handler:  resq 1
.flags:    resq 1
.restorer: resq 1
.mask:     resq 1
endstruc
section .data
act: istruc sigaction
    at sigaction.handler,  dq handler
    at sigaction.flags,    dq SA_RESTORER
    at sigaction.restorer, dq restorer
    at sigaction.mask,     dq 0
iend
seen: db 0
section .text
global _start
_start:
    mov eax, 13
    mov edi, SIGUSR1
    mov rsi, act
    xor edx, edx
    mov r10d, 8
    syscall
    mov eax, 39
    syscall
    mov edi, eax
    mov esi, SIGUSR1
    mov eax, 62
    syscall
    movzx edi, byte [seen]
    mov eax, 60
    syscall
handler:
    mov byte [seen], dil
    ret
restorer:
    mov eax, 15
    syscall
