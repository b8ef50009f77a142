.text
.global _start
_start:
    mov x0, #7
    mov x1, #9
    cmp x0, x1
    csel x2, x0, x1, gt
    cset w3, lt
    csinc x4, x0, x1, eq
    cneg x5, x0, lt
    csetm x6, ne
    cinc x7, x2, ne
    ccmp x0, #7, #4, lt
    cset x9, eq
    csinv x10, x0, xzr, al
    add x0, x2, x3
    add x0, x0, x4
    add x0, x0, x9
    mov x8, #93
    svc #0
