.data
bytes: .byte 1, 2, -3, 0x7f, 'a'
    .half 0x1234, -2
    .short 7
    .2byte 9
    .word 0x12345678, bytes
    .long 1, 2
    .4byte 0xffffffff
    .dword bytes, bytes + 8, 0x1122334455667788
    .quad -1
    .8byte 5
    .float 1.0, -2.5
    .double 3.25
    .ascii "abc", "def"
    .asciz "zero"
    .string "also\t\x41\101\\"
    .align 3
aligned: .space 3, 0xaa
    .fill 2, 4, 0x01020304
    .zero 5
    .p2align 2
    .balign 16
end: .uleb128 300
    .sleb128 -300
    .word end - bytes
.section .sdata, "aw"
small: .word 5
.section .rodata.cst8, "aM", @progbits, 8
constant: .dword 0x4009
.bss
    .align 4
room: .skip 40
.text
.globl _start
_start:
    la t0, bytes
    lb a0, 2(t0)
    lbu a1, 3(t0)
    lh a2, 5(t0)
    lhu a3, 7(t0)
    lw a4, small
    ld a5, constant
    add a0, a0, a1
    add a0, a0, a2
    add a0, a0, a3
    add a0, a0, a4
    add a0, a0, a5
    andi a0, a0, 127
    li a7, 93
    ecall
