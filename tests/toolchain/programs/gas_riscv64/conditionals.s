.set DEBUG, 1
.set LEVEL, 3
.text
.globl _start
_start:
.if DEBUG
    li a0, 1
    la a1, note
    li a2, 6
    li a7, 64
    ecall
.else
    ebreak
.endif
.ifdef MISSING
    ebreak
.elseif LEVEL > 2
    li a0, LEVEL
.endif
.ifndef MISSING
    addi a0, a0, 1
.endif
    .set LEVEL, LEVEL + 1
    addi a0, a0, LEVEL
    li a7, 93
    ecall
.section .rodata
note: .ascii "debug\n"
