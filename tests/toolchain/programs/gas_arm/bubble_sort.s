.equ COUNT, 8
.text
.global _start
_start:
    ldr r0, =numbers
    mov r1, #COUNT - 1
outer:
    mov r2, #0
inner:
    add r6, r0, r2, lsl #2
    ldmia r6, {r3, r4}
    cmp r3, r4
    strgt r4, [r6]
    strgt r3, [r6, #4]
    add r2, r2, #1
    cmp r2, r1
    blo inner
    subs r1, r1, #1
    bne outer
    ldr r0, [r0, #(COUNT - 1) * 4]
    mov r7, #1
    svc #0
.data
.align 2
numbers: .word 17, 3, 99, -4, 0, 54, 8, 21
