.syntax unified
.arch armv7-a
.thumb
.text
.global _start
.thumb_func
_start:
    mov r0, #256
    mov.w r1, #1
    movw r2, #0x1234
    movt r2, #0x5678
    add r8, r0, #1
    add.w r3, r0, r1
    sub r9, r8, r1, lsl #2
    push {r4-r11, lr}
    pop {r4-r11, lr}
    ldr.w r4, =table
    ldrd r5, r6, [r4]
    ldr r5, [r4, #4]!
    ldr r6, [r4], #-4
    ldr r10, [r4, r1, lsl #2]
    strd r5, r6, [r4]
    ubfx r3, r2, #4, #8
    clz r3, r3
    umull r5, r6, r2, r3
    orn r5, r5, r6
    rsb r5, r5, #0
    beq.w far
    b.w far
    .space 3000
far:
    bne near
    b near
    .space 500
near:
    mov r0, r3
    movs r7, #1
    svc #0
.data
.balign 4
table: .word 1, 2, 3
