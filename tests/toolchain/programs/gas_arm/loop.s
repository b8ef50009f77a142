.text
.global _start
_start:
    mov r4, #0
loop:
    add r1, r4, #'0'
    ldr r2, =digit
    strb r1, [r2]
    mov r0, #1
    mov r1, r2
    mov r2, #2
    mov r7, #4
    svc #0
    add r4, r4, #1
    cmp r4, #10
    blt loop
    mov r0, r4
    mov r7, #1
    svc #0
.data
digit: .ascii "?\n"
