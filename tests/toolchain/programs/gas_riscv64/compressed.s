# Every compressed instruction, written out.
.text
.globl _start
_start:
    c.li a0, 5
    c.lui a1, 1
    c.addi a0, -1
    c.addiw a0, 3
    c.addi16sp sp, -64
    c.addi4spn a2, sp, 8
    c.slli a0, 2
    c.srli a0, 1
    c.srai a0, 1
    c.andi a0, 31
    c.mv a3, a0
    c.add a3, a0
    c.sub a3, a0
    c.xor a1, a1
    c.or a1, a0
    c.and a1, a0
    c.subw a1, a0
    c.addw a1, a0
    c.sw a1, 0(a2)
    c.lw a4, 0(a2)
    c.sd a1, 8(a2)
    c.ld a5, 8(a2)
    c.swsp a1, 4(sp)
    c.lwsp t0, 4(sp)
    c.sdsp a1, 48(sp)
    c.ldsp t1, 48(sp)
    c.fsdsp fs5, 32(sp)
    c.fldsp fs6, 32(sp)
    c.fsd fa0, 16(a2)
    c.fld fa1, 16(a2)
    c.addi16sp sp, 64
    c.nop
    c.bnez a0, 1f
    c.ebreak
1:  c.xor s0, s0
    c.beqz s0, 2f
    c.unimp
2:  c.j 3f
    c.nop
3:  la t2, callee
    c.jalr t2
    c.add a0, a4
    li a7, 93
    ecall
callee:
    c.addi a0, 1
    c.jr ra
