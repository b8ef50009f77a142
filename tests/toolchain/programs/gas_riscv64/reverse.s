.data
text:   .ascii "esrever ni\n"
text_end:
.equ length, . - text
.text
.globl _start
_start: la s0, text; la s1, text_end - 2
swap:   bgeu s0, s1, print
        lbu t0, (s0); lbu t1, (s1)
        sb t1, (s0); sb t0, (s1)
        addi s0, s0, 1; addi s1, s1, -1
        j swap
print:  li a0, 1; la a1, text; li a2, length; li a7, 64; ecall
        li a0, 0; li a7, 93; ecall
