.text
.global _start
_start:
    mov x19, #2
    adr x0, table
    ldr w1, [x0, x19, lsl #2]
    add x1, x0, w1, sxtw
    br x1
case0: mov x0, #10
    b end
case1: mov x0, #20
    b end
case2: mov x0, #30
    b end
case3: mov x0, #40
end:
    mov x8, #93
    svc #0
.align 2
table:
    .word case0 - table
    .word case1 - table, case2 - table
    .word case3 - table
