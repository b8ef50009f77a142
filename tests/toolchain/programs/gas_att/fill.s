.globl _start
_start:
    mov $0, %edi
    jmp 1f
    .skip 200
1:  mov $60, %eax
    jmp 2f
    .zero 120
2:  syscall
    .align 8
    .byte 1
    .align 8, 0xcc
    .byte 2
    .p2align 3
    .byte 3
    .balign 4
    .nops = 0
