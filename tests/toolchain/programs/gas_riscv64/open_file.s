# openat, write, lseek, read back, close, unlinkat
.equ AT_FDCWD, -100
.equ O_RDWR, 2
.equ O_CREAT, 0100
.equ O_TRUNC, 01000
.globl _start
.text
_start:
    li a0, AT_FDCWD
    la a1, path
    li a2, O_RDWR | O_CREAT | O_TRUNC
    li a3, 0644
    li a7, 56
    ecall
    bltz a0, fail
    mv s0, a0
    la a1, text
    li a2, 10
    li a7, 64
    ecall
    mv a0, s0
    li a1, 5
    li a2, 0
    li a7, 62
    ecall
    mv a0, s0
    la a1, buffer
    li a2, 100
    li a7, 63
    ecall
    mv a2, a0
    li a0, 1
    li a7, 64
    ecall
    mv a0, s0
    li a7, 57
    ecall
    li a0, AT_FDCWD
    la a1, path
    li a2, 0
    li a7, 35
    ecall
fail:
    neg a0, a0
    li a7, 93
    ecall
.data
path: .string "/tmp/riscv-corpus-file"
text: .ascii "0123\n5678\n"
.bss
buffer: .zero 100
