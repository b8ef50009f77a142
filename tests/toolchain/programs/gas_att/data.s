.globl _start
.section .rodata
.LC0:
    .string "text"
.LC1:
    .long .LC0 - .LC1, 1f - .LC0
1:  .quad .LC0, . , .LC0+2
    .short 1, -1
    .hword 3
    .2byte 4
    .4byte 5
    .8byte 6
    .balign 16
    .byte 'a', 'b, 1+2*3, (1+2)*3, 0xff & 15, 1 == 1, 2 > 3, !0
.text
_start:
    mov $60, %eax
    mov $.LC1-.LC0, %edi
    syscall
