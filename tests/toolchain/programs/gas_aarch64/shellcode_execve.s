// execve("/bin/false") as in write-ups; leaves with its status, or 1 when there is none.
.global _start
_start:
    mov x1, #0x622F
    movk x1, #0x6e69, lsl #16
    movk x1, #0x662f, lsl #32
    movk x1, #0x6c61, lsl #48
    mov x2, #0x6573
    stp x1, x2, [sp, #-16]!
    add x0, sp, xzr
    mov x1, xzr
    mov x2, xzr
    mov x8, #221
    svc #0x1337
    mov x0, #1
    mov x8, #93
    svc #0
