; title: Hello, NASM
; about: The same two calls, as NASM writes them.

        global  _start

        section .text
_start:
        mov     eax, 1              ; number 1 means write
        mov     edi, 1              ; fd 1: the terminal
        lea     rsi, [rel msg]      ; where the bytes are
        mov     edx, msg_length     ; how many bytes
        syscall                     ; ask the kernel

        mov     eax, 60             ; number 60 means exit
        xor     edi, edi            ; status 0: all went well
        syscall

        section .data
msg:    db      "hi", 10
msg_length equ $ - msg
