.text
.global _start
_start:
    mov r4, #2
    cmp r4, #3
    addls pc, pc, r4, lsl #2
    b other
    b case0
    b case1
    b case2
    b case3
case0: mov r0, #10
    b end
case1: mov r0, #20
    b end
case2:
    adr r1, table
    ldr pc, [r1, r4, lsl #2]
case3: mov r0, #40
    b end
other: mov r0, #50
end:
    mov r7, #1
    svc #0
.balign 4
table: .word case0, case1, case3, other
