.arch armv7-a
.arch_extension idiv
.text
.global _start
_start:
    ldr r0, =1234567890
    bl print_number
    mov r0, #0
    bl print_number
    mov r0, #0
    mov r7, #1
    svc #0
print_number:
    stmfd sp!, {r4, r5, lr}
    sub sp, sp, #16
    add r1, sp, #15
    mov r2, #10
    strb r2, [r1]
1:  udiv r3, r0, r2
    mls r4, r3, r2, r0
    add r4, r4, #48
    strb r4, [r1, #-1]!
    movs r0, r3
    bne 1b
    add r2, sp, #16
    sub r2, r2, r1
    mov r0, #1
    mov r7, #4
    svc #0
    add sp, sp, #16
    ldmfd sp!, {r4, r5, pc}
