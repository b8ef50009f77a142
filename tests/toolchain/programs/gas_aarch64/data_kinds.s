.text
.global _start
_start:
    ldr x0, =bytes
    ldrsb w1, [x0]
    ldrh w2, [x0, #2]
    ldrsh x3, [x0, #4]
    ldr x4, =words
    ldrsw x5, [x4, #4]
    ldp w6, w7, [x4]
    ldpsw x9, x10, [x4]
    ldr x11, [x4, #8]
    ldur x12, [x4, #1]
    add w0, w1, w2
    and w0, w0, #0xff
    mov x8, #93
    svc #0
.data
bytes: .byte 'A', 0x42, 0b11, 010, '\n', '\\'
    .hword 0xffff, 1
    .2byte 3
    .short 4
.p2align 3
words: .word 1, -2
    .long 3, 4
    .4byte 5
    .int 6
    .quad words, 1 - 2
    .8byte bytes + 1
    .xword . - words
    .octa 0x112233445566778899
    .ascii "a\tb\"c\\\101\x42", "more"
    .fill 3, 2, 0x1234
    .space 5, 0xee
    .zero 3
    .string "end"
    .float 1.5
    .double -2.25
