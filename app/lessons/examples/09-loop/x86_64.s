# title: An endless loop
# about: It never asks and never ends. The time limit stops it; the output is kept.

    .intel_syntax noprefix
    .globl _start

_start:
    # write(1, msg, 16)
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + msg]
    mov edx, 16
    syscall

again:
    inc rbx
    jmp again      # for ever

msg:
    .ascii "round and round\n"
