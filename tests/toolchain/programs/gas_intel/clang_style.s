# What clang -S -masm=intel writes.
	.text
	.intel_syntax noprefix
	.file	"sum.c"
	.globl	sum                             # -- Begin function sum
	.p2align	4, 0x90
	.type	sum,@function
sum:                                    # @sum
	.cfi_startproc
# %bb.0:
	test	esi, esi
	jle	.LBB0_1
# %bb.2:
	mov	ecx, esi
	xor	edx, edx
	xor	eax, eax
	.p2align	4, 0x90
.LBB0_3:                                # =>This Inner Loop Header: Depth=1
	add	eax, dword ptr [rdi + 4*rdx]
	inc	rdx
	cmp	rcx, rdx
	jne	.LBB0_3
# %bb.4:
	ret
.LBB0_1:
	xor	eax, eax
	ret
.Lfunc_end0:
	.size	sum, .Lfunc_end0-sum
	.cfi_endproc
                                        # -- End function
	.globl	_start
_start:
	lea	rdi, [rip + numbers]
	mov	esi, 5
	call	sum@PLT
	mov	edi, eax
	mov	eax, 60
	syscall
	.type	numbers,@object                 # @numbers
	.data
	.globl	numbers
	.p2align	4
numbers:
	.long	1                               # 0x1
	.long	2                               # 0x2
	.long	3                               # 0x3
	.long	4                               # 0x4
	.long	5                               # 0x5
	.size	numbers, 20

	.ident	"Debian clang version 14.0.6"
	.section	".note.GNU-stack","",@progbits
