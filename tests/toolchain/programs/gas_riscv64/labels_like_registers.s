# Names of registers and instructions as labels.
.data
s1: .asciz "one\n"
s2: .asciz "two\n"
f1: .dword 7
.text
.globl _start
_start:
    li a0, 1
    la a1, s1
    li a2, 4
    li a7, 64
    ecall
    li a0, 1
    lla a1, s2
    ecall
    j add
    ebreak
add:
    ld a0, f1
    call ret
    li a7, 93
    ecall
ret: addi a0, a0, 1
    ret
