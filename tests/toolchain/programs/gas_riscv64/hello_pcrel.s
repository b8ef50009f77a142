    .text
    .globl _start
    .type _start, @function
_start:
    li a0, 1
1:  auipc a1, %pcrel_hi(text)
    addi a1, a1, %pcrel_lo(1b)
    li a2, 6
    li a7, 64
    ecall
    lui a1, %hi(text+6)
    addi a1, a1, %lo(text+6)
    li a2, 7
    li a0, 1
    ecall
    lui t0, %hi(status)
    lw a0, %lo(status)(t0)
2:  auipc t1, %pcrel_hi(status)
    sw a0, %pcrel_lo(2b)(t1)
    li a7, 93
    ecall
    .size _start, .-_start
    .data
text: .ascii "pc rel\nhi, lo\n"
    .balign 4
status: .word 7
