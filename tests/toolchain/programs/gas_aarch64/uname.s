.bss
.balign 8
names: .skip 390
.text
.globl _start
_start:
    ldr x0, =names
    mov x8, #160
    svc #0
    ldr x1, =names
    mov x2, #0
1:  ldrb w3, [x1, x2]
    add x2, x2, #1
    cbnz w3, 1b
    sub x2, x2, #1
    mov x0, #1
    mov x8, #64
    svc #0
    mov x0, #0
    mov x8, #93
    svc #0
