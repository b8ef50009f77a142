# not run: what GCC -m32 -O2 -fno-pic writes, and rare instructions.
	.file	"t.c"
	.text
	.p2align 4
	.globl	mean
	.type	mean, @function
mean:
.LFB0:
	.cfi_startproc
	pushl	%ebx
	.cfi_def_cfa_offset 8
	.cfi_offset 3, -8
	subl	$8, %esp
	movl	20(%esp), %ebx
	movl	16(%esp), %ecx
	testl	%ebx, %ebx
	jle	.L4
	leal	(%ecx,%ebx,4), %edx
	fldz
	.p2align 4,,10
	.p2align 3
.L3:
	fildl	(%ecx)
	addl	$4, %ecx
	faddp	%st, %st(1)
	cmpl	%edx, %ecx
	jne	.L3
.L2:
	movl	%ebx, 4(%esp)
	fidivl	4(%esp)
	fmuls	.LC1
	fistpl	total
	addl	$8, %esp
	popl	%ebx
	ret
	.p2align 4,,10
	.p2align 3
.L4:
	fldz
	jmp	.L2
	.cfi_endproc
	.size	mean, .-mean
	.comm	total,4,4
	.data
	.align 4
numbers: .long 3, 4, 8
	.section	.rodata.cst4,"aM",@progbits,4
	.align 4
.LC1:
	.long	1073741824
	.text
	.globl	_start
_start:
	pushl	$3
	pushl	$numbers
	call	mean
	movl	total, %ebx
	movl	$1, %eax
	movzwl	numbers+2, %ecx
	movb	%al, total+1
	lock incl total
	xorl	%edx, %edx
	leal	0(,%eax,8), %ecx
	cmpxchg8b numbers
	sysenter
	int	$0x80
