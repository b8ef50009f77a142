.bss
.lcomm buffer, 64
.text
.global _start
_start:
    mov x0, #0
    ldr x1, =buffer
    mov x2, #64
    mov x8, #63
    svc #0
    cmp x0, #0
    b.le fail
    mov x2, x0
    mov x0, #1
    ldr x1, =buffer
    mov x8, #64
    svc #0
    mov x0, #0
    b leave
fail:
    neg x0, x0
leave:
    mov x8, #93
    svc #0
