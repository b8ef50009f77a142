.text
.global _start
_start:
    mov r0, #1
    mov r1, #2
    mov r2, #3
    stmfd sp!, {r0-r2}
    ldmfd sp!, {r3-r5}
    ldr r6, =area
    stmea r6!, {r0, r1}
    ldmea r6!, {r8, r9}
    stmfa r6!, {r0, r1}
    ldmfa r6!, {r8, r9}
    add r6, r6, #16
    stmed r6!, {r0, r1}
    ldmed r6!, {r8, r9}
    push {r0, r1, r4-r6, fp, ip, lr}
    pop {r0, r1, r4-r6, fp, ip, lr}
    push {r5}
    pop {r0}
    mov r7, #1
    svc #0
.bss
.align 2
area: .skip 64
