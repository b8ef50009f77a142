.text
.global _start
_start:
    mov x0, #0
    mov x8, #214
    svc #0
    mov x19, x0
    add x0, x0, #4096
    svc #0
    str x19, [x19]
    mov w1, #0x55
    strb w1, [x19, #4095]
    sub x0, x0, x19
    lsr x0, x0, #8
    mov x8, #93
    svc #0
