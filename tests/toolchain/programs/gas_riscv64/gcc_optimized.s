	.file	"hash.c"
	.option pic
	.text
	.section	.text.startup,"ax",@progbits
	.align	1
	.p2align 4,,15
	.globl	hash
	.type	hash, @function
hash:
.LFB0:
	.cfi_startproc
	lbu	a4,0(a0)
	beq	a4,zero,.L4
	li	a5,-2128830464
	addi	a5,a5,453
	li	a3,16777216
	addi	a3,a3,403
.L3:
	addi	a0,a0,1
	xor	a5,a5,a4
	mulw	a5,a5,a3
	lbu	a4,0(a0)
	bne	a4,zero,.L3
	sext.w	a0,a5
	ret
.L4:
	li	a0,-2128830464
	addi	a0,a0,453
	ret
	.cfi_endproc
	.size	hash, .-hash
	.globl	_start
_start:
	lla	a0,.LC0
	call	hash@plt
	slliw	a5,a0,24
	sraiw	a0,a5,24
	andi	a0,a0,0xff
	li	a7,93
	ecall
	.section	.rodata.str1.8,"aMS",@progbits,1
	.align	3
.LC0:
	.string	"trap"
