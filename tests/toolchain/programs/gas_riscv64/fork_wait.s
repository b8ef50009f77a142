# clone(SIGCHLD) is fork.
.text
.globl _start
_start:
    li a0, 17
    li a1, 0
    li a2, 0
    li a3, 0
    li a4, 0
    li a7, 220
    ecall
    beqz a0, child
    li a0, -1
    la a1, status
    li a2, 0
    li a3, 0
    li a7, 260              # wait4
    ecall
    lw a0, status
    srliw a0, a0, 8
    li a7, 93
    ecall
child:
    li a0, 1
    la a1, text
    li a2, 6
    li a7, 64
    ecall
    li a0, 21
    li a7, 93
    ecall
.data
text: .ascii "child\n"
.bss
.align 2
status: .word 0
