/* Makes capital letters.
   A comment over two lines. */
.data
text: .asciz "Shout this, please!\n"
.text
.globl _start
_start:
    la s0, text
    mv t0, s0
next_char:
    lbu t1, 0(t0)
    beq t1, x0, print
    li t2, 'a'
    bltu t1, t2, skip
    li t2, 'z'
    bgtu t1, t2, skip
    addi t1, t1, 'A' - 'a'
    sb t1, 0(t0)
skip:
    addi t0, t0, 1
    j next_char
print:
    sub a2, t0, s0
    mv a1, s0
    li a0, 1
    li a7, 64
    ecall
    li a0, 0
    li a7, 93
    ecall
