.syntax unified
.thumb
.global _start
.text
.thumb_func
_start:
    movs r4, #0
    ldr r5, =digit
loop:
    mov r1, r4
    adds r1, #'0'
    strb r1, [r5]
    movs r0, #1
    mov r1, r5
    movs r2, #2
    movs r7, #4
    svc 0
    adds r4, r4, #1
    cmp r4, #10
    bne loop
    mov r0, r4
    movs r7, #1
    svc 0
.data
digit: .ascii "?\n"
