# To print, ask the kernel: put
# a number and arguments into
# registers, then int 0x80.

    .intel_syntax noprefix
    .globl _start

_start:
    # write(1, msg, 3)
    mov eax, 4     # 4: write
    mov ebx, 1     # to terminal
    mov ecx, offset msg  # what
    mov edx, 3     # three bytes
    int 0x80       # ask kernel

    # exit(0)
    mov eax, 1     # 1: exit
    xor ebx, ebx   # 0: all well
    int 0x80       # no way back

msg:
    .ascii "hi\n"
