.text
.global _start
_start: mov r0, #0; mov r1, #1; mov r2, #12 @ three on a line
0:  add r3, r0, r1
    mov r0, r1
    mov r1, r3
    subs r2, r2, #1
    bne 0b
    mov r7, #1
    svc #0
