.equ FRAME, 48
.equ SAVED_RA, FRAME - 8
.equ SAVED_FP, FRAME - 16
.equ LOCALS, 0
.text
.globl main, _start
_start:
    call main
    li a7, 93
    ecall
main:
    addi sp, sp, -FRAME
    sd ra, SAVED_RA(sp)
    sd fp, SAVED_FP(sp)
    addi fp, sp, FRAME
    li t0, 1234
    sw t0, LOCALS(sp)
    sw t0, LOCALS+4(sp)
    lw a0, LOCALS + 4 (sp)
    lw a1, -FRAME(fp)
    sub a0, a0, a1
    addi a0, a0, (SAVED_RA + SAVED_FP) / 8
    ld fp, SAVED_FP(sp)
    ld ra, SAVED_RA(sp)
    addi sp, sp, FRAME
    ret
