; title: Hello, NASM
; about: The same two calls, as NASM writes them.

    global _start

    section .text
_start:
    ; write(1, msg, msg_length)
    mov eax, 1     ; 1: write
    mov edi, 1     ; to terminal
    lea rsi, [rel msg]  ; what
    mov edx, msg_length
    syscall        ; ask kernel

    ; exit(0)
    mov eax, 60    ; 60: exit
    xor edi, edi   ; 0: all well
    syscall

    section .data
msg:
    db "hi", 10
msg_length equ $ - msg
