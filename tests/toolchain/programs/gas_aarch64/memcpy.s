.text
.global _start
_start:
    ldr x0, =target
    ldr x1, =source
    mov x2, #23
    bl copy
    ldr x1, =target
    mov x2, #23
    mov x0, #1
    mov x8, #64
    svc #0
    mov x8, #93
    mov x0, #0
    svc #0
copy:
    subs x2, x2, #16
    b.mi 2f
1:  ldp x3, x4, [x1], #16
    stp x3, x4, [x0], #16
    subs x2, x2, #16
    b.pl 1b
2:  adds x2, x2, #16
    b.eq 4f
3:  ldrb w3, [x1], #1
    strb w3, [x0], #1
    subs x2, x2, #1
    b.ne 3b
4:  ret
.data
source: .ascii "copied in two ways now\n"
.bss
.comm target, 32, 16
