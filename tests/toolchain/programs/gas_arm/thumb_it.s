.syntax unified
.cpu cortex-a7
.thumb
.text
.global _start
.type _start, %function
_start:
    movs r0, #0
    movs r1, #7
    cmp r1, #9
    ite lt
    addlt r0, r0, #1
    addge r0, r0, #2
    cmp r1, #7
    itt eq
    moveq r2, #4
    addeq r0, r0, r2
    ittee ne
    movne r3, #1
    subne r0, r0, r3
    moveq r3, #100
    ldreq r4, =0x12345678
    it hi
    bhi over
    adds r0, #8
over:
    cmp r4, #0
    it eq
    bleq over
    cbz r1, end
    cbnz r1, end
    nop
end:
    mov r7, #1
    svc #0
