.text
.global _start
_start:
    mov r0, #6
    mov r5, #0
    bl hanoi
    mov r0, r5
    mov r7, #1
    swi 0
hanoi:
    cmp r0, #0
    moveq pc, lr
    stmdb sp!, {r0, lr}
    sub r0, r0, #1
    bl hanoi
    add r5, r5, #1
    ldr r0, [sp]
    sub r0, r0, #1
    bl hanoi
    ldmia sp!, {r0, pc}
