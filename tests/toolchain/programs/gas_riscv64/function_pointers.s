.text
.globl _start
twice: slli a0, a0, 1
    ret
square: mul a0, a0, a0
    ret
apply:                      # a0: value, a1: function
    addi sp, sp, -16
    sd ra, (sp)
    jalr a1
    ld ra, (sp)
    addi sp, sp, 16
    ret
_start:
    li a0, 3
    la a1, twice
    call apply
    ld a1, pointer
    call apply
    la t0, twice
    jalr ra, t0
    jalr ra, 0(t0)
    jalr ra, t0, 0
    la t1, end - 8
    jalr zero, 8(t1)
    ebreak
end:
    andi a0, a0, 255
    li a7, 93
    ecall
.data
.align 3
pointer: .dword square
