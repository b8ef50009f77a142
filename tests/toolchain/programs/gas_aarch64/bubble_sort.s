.equ COUNT, 8
.text
.global _start
_start:
    ldr x0, =numbers
    mov w1, #COUNT
outer:
    subs w1, w1, #1
    b.eq sorted
    mov w2, #0
inner:
    ldr w3, [x0, w2, uxtw #2]
    add w4, w2, #1
    ldr w5, [x0, w4, uxtw #2]
    cmp w3, w5
    b.le keep
    str w5, [x0, w2, uxtw #2]
    str w3, [x0, w4, uxtw #2]
keep:
    mov w2, w4
    cmp w2, w1
    b.lo inner
    b outer
sorted:
    ldr w0, [x0, #(COUNT - 1) * 4]
    mov x8, #93
    svc #0
.data
.align 2
numbers: .word 17, 3, 99, -4, 0, 54, 8, 21
