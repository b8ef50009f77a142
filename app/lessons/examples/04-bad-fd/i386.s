    .intel_syntax noprefix
    .globl _start

_start:
    # write(42, msg, 5)
    mov eax, 4
    mov ebx, 42    # not open
    mov ecx, offset msg
    mov edx, 5
    int 0x80       # -9: EBADF

    # write(1, msg, 5)
    mov eax, 4
    mov ebx, 1     # terminal
    mov ecx, offset msg
    mov edx, 5
    int 0x80       # works

    # exit(0)
    mov eax, 1
    xor ebx, ebx
    int 0x80

msg:
    .ascii "lost\n"
