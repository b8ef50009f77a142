.data
array: .word 9, -3, 7, 0, 42, 5, -8, 1
size = . - array
count = 8
.text
.global _start
_start:
    li s0, count - 1
outer:
    blez s0, sorted
    la t0, array
    mv t1, s0
inner:
    lw t2, 0(t0)
    lw t3, 4(t0)
    ble t2, t3, in_order
    sw t3, 0(t0)
    sw t2, 4(t0)
in_order:
    addi t0, t0, 4
    addi t1, t1, -1
    bgtz t1, inner
    addi s0, s0, -1
    j outer
sorted:
    la t0, array
    lw a0, 28(t0)
    lw a1, (t0)
    add a0, a0, a1          # 42 - 8
    li a7, 93
    ecall
