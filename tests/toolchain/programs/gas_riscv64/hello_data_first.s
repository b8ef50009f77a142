.data
message: .ascii "Data first\n"
.set message_len, . - message
.text
.globl _start
_start:
    addi a0, x0, 1
    lla a1, message
    addi a2, x0, message_len
    addi a7, x0, 64
    ecall
    addi a0, x0, 0
    addi a7, x0, 93
    ecall
