.text
.global _start
_start:
    mov r7, #2
    svc #0
    cmp r0, #0
    beq child
    mvn r0, #0
    ldr r1, =status
    mov r2, #0
    mov r3, #0
    mov r7, #114
    svc #0
    ldr r0, =status
    ldr r0, [r0]
    mov r0, r0, lsr #8
    and r0, r0, #255
    mov r7, #1
    svc #0
child:
    mov r0, #7
    mov r7, #1
    svc #0
.bss
.align
status: .skip 4
