.text
.global _start
_start:
    ldr r8, [sp]
    add r9, sp, #4
next:
    subs r8, r8, #1
    bmi done
    ldr r1, [r9], #4
    mov r2, #0
count:
    ldrb r3, [r1, r2]
    cmp r3, #0
    addne r2, r2, #1
    bne count
    mov r0, #1
    mov r7, #4
    svc #0
    mov r0, #1
    adr r1, newline
    mov r2, #1
    svc #0
    b next
done:
    ldr r0, [sp]
    mov r7, #1
    svc #0
newline: .byte 10
