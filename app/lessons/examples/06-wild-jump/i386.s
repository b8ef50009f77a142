    .intel_syntax noprefix
    .globl _start

_start:
    # write(1, msg, 5)
    mov eax, 4
    mov ebx, 1
    mov ecx, offset msg
    mov edx, 5
    int 0x80

    # no memory there: the CPU
    # finds no instruction
    mov eax, 0x666000
    jmp eax

msg:
    .ascii "jump\n"
