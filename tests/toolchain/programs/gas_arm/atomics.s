.arch armv7-a
.text
.global _start
_start:
    ldr r1, =counter
    mov r2, #5
again:
    ldrex r0, [r1]
    add r0, r0, r2
    strex r3, r0, [r1]
    cmp r3, #0
    bne again
    dmb
    dsb sy
    isb
    ldr r0, [r1]
    mrs r4, cpsr
    msr cpsr_f, r4
    bfi r4, r0, #4, #4
    ubfx r5, r4, #4, #4
    uxtb r6, r5
    add r0, r0, r6
    mov r7, #1
    svc #0
.data
.balign 4
counter: .word 1
