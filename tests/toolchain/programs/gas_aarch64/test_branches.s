.text
.global _start
_start:
    mov x0, #0b1010
    tbz x0, #0, even
    b fail
even:
    tbnz x0, #1, set
    b fail
set:
    tbz w0, #31, low
    b fail
low:
    cbz xzr, zero
    b fail
zero:
    cbnz x0, far
    b fail
    .skip 4096
far:
    mov x0, #0
    b.al leave
fail:
    mov x0, #1
leave:
    mov x8, #93
    svc #0
