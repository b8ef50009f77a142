.equ LIMIT, 100
.text
.global _start
_start:
    ldr r0, =sieve
    mov r1, #2
outer:
    mul r2, r1, r1
    cmp r2, #LIMIT
    bhs count
    ldrb r3, [r0, r1]
    cmp r3, #0
    bne next
mark:
    mov r4, #1
    strb r4, [r0, r2]
    add r2, r2, r1
    cmp r2, #LIMIT
    blo mark
next:
    add r1, r1, #1
    b outer
count:
    mov r1, #2
    mov r5, #0
1:  ldrb r3, [r0, r1]
    cmp r3, #0
    addeq r5, r5, #1
    add r1, r1, #1
    cmp r1, #LIMIT
    bne 1b
    mov r0, r5
    mov r7, #1
    svc #0
.bss
sieve: .space LIMIT
