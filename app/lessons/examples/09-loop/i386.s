    .intel_syntax noprefix
    .globl _start

_start:
    # write(1, msg, 16)
    mov eax, 4
    mov ebx, 1
    mov ecx, offset msg
    mov edx, 16
    int 0x80

again:
    inc ebx
    jmp again      # for ever

msg:
    .ascii "round and round\n"
