	.file	"sum.c"
	.option nopic
	.attribute arch, "rv64i2p1_m2p0_a2p1_f2p2_d2p2_c2p0_zicsr2p0_zifencei2p0"
	.attribute unaligned_access, 0
	.attribute stack_align, 16
	.text
	.globl	numbers
	.data
	.align	3
	.type	numbers, @object
	.size	numbers, 20
numbers:
	.word	1
	.word	2
	.word	3
	.word	4
	.word	5
	.section	.rodata
	.align	3
.LC0:
	.string	"done"
	.text
	.align	1
	.globl	sum
	.type	sum, @function
sum:
	addi	sp,sp,-48
	sd	s0,40(sp)
	addi	s0,sp,48
	sd	a0,-40(s0)
	mv	a5,a1
	sw	a5,-44(s0)
	sw	zero,-20(s0)
	sw	zero,-24(s0)
	j	.L2
.L3:
	lw	a5,-24(s0)
	slli	a5,a5,2
	ld	a4,-40(s0)
	add	a5,a4,a5
	lw	a5,0(a5)
	lw	a4,-20(s0)
	addw	a5,a4,a5
	sw	a5,-20(s0)
	lw	a5,-24(s0)
	addiw	a5,a5,1
	sw	a5,-24(s0)
.L2:
	lw	a5,-24(s0)
	mv	a4,a5
	lw	a5,-44(s0)
	sext.w	a4,a4
	sext.w	a5,a5
	blt	a4,a5,.L3
	lw	a5,-20(s0)
	mv	a0,a5
	ld	s0,40(sp)
	addi	sp,sp,48
	jr	ra
	.size	sum, .-sum
	.align	1
	.globl	_start
	.type	_start, @function
_start:
	addi	sp,sp,-16
	sd	ra,8(sp)
	sd	s0,0(sp)
	addi	s0,sp,16
	li	a1,5
	lui	a5,%hi(numbers)
	addi	a0,a5,%lo(numbers)
	call	sum
	mv	a5,a0
	mv	a0,a5
 #APP
# 12 "sum.c" 1
	li a7, 93
	ecall
# 0 "" 2
 #NO_APP
	nop
	.size	_start, .-_start
	.ident	"GCC: (Debian) 12.2.0"
	.section	.note.GNU-stack,"",@progbits
