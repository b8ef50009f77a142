.syntax unified
.arch armv7-a
.thumb
.text
.global _start
.thumb_func
_start:
    movs r4, #1
    tbb [pc, r4]
table:
    .byte (case0 - table) / 2
    .byte (case1 - table) / 2
    .byte (case2 - table) / 2
    .align 1
case0: movs r0, #10
    b end
case1: adr r1, words
    ldr r0, [r1, r4, lsl #2]
    b end
case2: movs r0, #30
end:
    movs r7, #1
    svc #0
    .align 2
words: .word 5, 25, 35
