@ title: From ARM to Thumb and back
@ about: Bit 0 of an address says which instructions are there: blx switches by it. The kernel looks at it, too.
@ arch: arm

    .syntax unified
    .globl _start

    .text
    .arm
_start:
    ldr r3, =small @ odd: bit 0 is set
    blx r3         @ now Thumb

    @ write(1, wide, 12)
    mov r7, #4
    mov r0, #1
    ldr r1, =wide
    mov r2, #12
    svc #0         @ four bytes

    @ exit(0)
    mov r7, #1
    mov r0, #0
    svc #0

    .ltorg

    .thumb
    .thumb_func
small:
    @ write(1, narrow, 13)
    movs r7, #4
    movs r0, #1
    ldr r1, =narrow
    movs r2, #13
    svc #0         @ two bytes
    bx lr          @ even: back to ARM

    .data
narrow:
    .ascii "Thumb calls,\n"
wide:
    .ascii "ARM answers\n"
