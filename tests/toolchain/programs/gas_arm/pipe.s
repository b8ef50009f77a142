.text
.global _start
_start:
    sub sp, sp, #24
    mov r0, sp
    mov r7, #42
    svc #0
    ldr r0, [sp, #4]
    adr r1, word
    mov r2, #4
    mov r7, #4
    svc #0
    ldr r0, [sp]
    add r1, sp, #8
    mov r2, #16
    mov r7, #3
    svc #0
    mov r2, r0
    mov r0, #1
    add r1, sp, #8
    mov r7, #4
    svc #0
    mov r0, r2
    mov r7, #1
    svc #0
word: .ascii "pipe"
