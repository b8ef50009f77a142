.equ PROT_READ, 1
.equ PROT_WRITE, 2
.equ MAP_PRIVATE, 2
.equ MAP_ANONYMOUS, 0x20
.text
.global _start
_start:
    mov x0, #0
    mov x1, #8192
    mov x2, #(PROT_READ | PROT_WRITE)
    mov x3, #MAP_PRIVATE|MAP_ANONYMOUS
    mov x4, #-1
    mov x5, #0
    mov x8, #222
    svc #0
    mov x19, x0
    ldr x1, =0x1122334455667788
    str x1, [x19, #4080]
    ldrb w20, [x19, #4081]
    mov x0, x19
    mov x1, #8192
    mov x8, #215
    svc #0
    mov w0, w20
    mov x8, #93
    svc #0
