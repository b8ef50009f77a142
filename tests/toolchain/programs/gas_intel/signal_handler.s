# A handler by rt_sigaction, with its restorer, and a signal to oneself.
.intel_syntax noprefix
.equ SA_RESTORER, 0x04000000
.equ SIGUSR1, 10
.data
.balign 8
action:
    .quad handler
    .quad SA_RESTORER
    .quad restorer
    .quad 0
caught: .byte 0
.text
.globl _start
_start:
    mov eax, 13
    mov edi, SIGUSR1
    lea rsi, [rip + action]
    xor edx, edx
    mov r10d, 8
    syscall
    mov eax, 39
    syscall
    mov edi, eax
    mov esi, SIGUSR1
    mov eax, 62
    syscall
    movzx edi, byte ptr [rip + caught]
    mov eax, 60
    syscall
handler:
    mov byte ptr [rip + caught], dil
    ret
restorer:
    mov eax, 15
    syscall
