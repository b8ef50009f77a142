.equ LIMIT, 100
.text
.global _start
_start:
    adrp x0, sieve
    add x0, x0, :lo12:sieve
    mov x1, #2
outer:
    mul x2, x1, x1
    cmp x2, #LIMIT
    b.hs count
    ldrb w3, [x0, x1]
    cbnz w3, next
mark:
    mov w4, #1
    strb w4, [x0, x2]
    add x2, x2, x1
    cmp x2, #LIMIT
    b.lo mark
next:
    add x1, x1, #1
    b outer
count:
    mov x1, #2
    mov x5, #0
1:  ldrb w3, [x0, x1]
    cmp w3, #0
    cinc x5, x5, eq
    add x1, x1, #1
    cmp x1, #LIMIT
    b.ne 1b
    mov x0, x5
    mov x8, #93
    svc #0
.bss
sieve: .space LIMIT
