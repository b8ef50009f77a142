.globl _start
_start:
    li a0, 0x0f0f
    not t0, a0
    neg t1, a0
    negw t2, a0
    and t3, t0, t1
    or t3, t3, t2
    xor t3, t3, a0
    andi t3, t3, 0x7f
    ori t3, t3, 1
    xori t3, t3, -1
    sext.b t4, t3
    sext.h t4, t4
    zext.h t5, t4
    sext.w t5, t5
    zext.b t5, t5
    zext.w t6, t4
    sll a1, t5, 3
    srl a1, a1, t5
    sraiw a1, a1, 1
    slliw a2, t5, 4
    srlw a2, a2, t5
    snez a3, a2
    sltz a4, t4
    sgtz a5, t5
    slti a6, a5, 2
    sltiu a6, a6, -1
    add a0, a3, a4
    add a0, a0, a5
    add a0, a0, a6
    add a0, a0, t5
    andi a0, a0, 255
    li a7, 93
    ecall
