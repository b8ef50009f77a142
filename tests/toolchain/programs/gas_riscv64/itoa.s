# Prints numbers in decimal.
.section .bss
buffer: .space 32
.text
.global _start
print_number:               # a0: unsigned number
    addi sp, sp, -16
    sd ra, 8(sp)
    la t0, buffer
    addi t0, t0, 31
    li t1, '\n'
    sb t1, (t0)
    li t2, 10
.Lnext:
    remu t3, a0, t2
    divu a0, a0, t2
    addi t3, t3, '0'
    addi t0, t0, -1
    sb t3, 0(t0)
    bnez a0, .Lnext
    la a2, buffer + 32
    sub a2, a2, t0
    mv a1, t0
    li a0, 1
    li a7, 64
    ecall
    ld ra, 8(sp)
    addi sp, sp, 16
    ret
_start:
    li a0, 0
    call print_number
    li a0, 12345
    call print_number
    li a0, 0xffffffffffffffff
    call print_number
    li a0, 9223372036854775807
    jal print_number
    li a0, 0
    li a7, 93
    ecall
