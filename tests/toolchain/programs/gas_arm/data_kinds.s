.text
.global _start
_start:
    ldr r0, =bytes
    ldrsb r1, [r0]
    ldrh r2, [r0, #2]
    ldrsh r3, [r0, #4]!
    ldr r4, =words
    ldrd r8, r9, [r4]
    ldrd r8, [r4, #8]
    ldr r5, [r4, #4]
    ldr r6, [r4], #4
    strh r6, [r4, #-4]!
    strd r8, r9, [r4], #8
    ldmdb r4!, {r8, r9}
    ldmib r4, {r10, r11}
    stmia r4, {r10, r11}
    add r0, r1, r2
    and r0, r0, #0xff
    mov r7, #1
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
    .word words, 1 - 2, . - words
    .quad 7
    .8byte 8
    .ascii "a\tb\"c\\\101\x42", "more"
    .fill 3, 2, 0x1234
    .space 5, 0xee
    .zero 3
    .string "end"
    .even
    .float 1.5
    .double -2.25
