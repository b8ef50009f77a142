.text
.global _start
_start:
    mov r0, #5
    bl factorial
    mov r7, #1
    svc #0
factorial:
    cmp r0, #1
    movle r0, #1
    bxle lr
    str r0, [sp, #-4]!
    str lr, [sp, #-4]!
    sub r0, r0, #1
    bl factorial
    ldr lr, [sp], #4
    ldr r1, [sp], #4
    mul r0, r1, r0
    mov pc, lr
