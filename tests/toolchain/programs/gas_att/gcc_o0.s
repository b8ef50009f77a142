# What GCC writes for a small C file without optimization.
	.file	"sum.c"
	.text
	.globl	numbers
	.data
	.align 16
	.type	numbers, @object
	.size	numbers, 20
numbers:
	.long	1
	.long	-2
	.long	3
	.long	-4
	.long	50
	.local	calls
	.comm	calls,4,4
	.section	.rodata.str1.1,"aMS",@progbits,1
.LC0:
	.string	"ignored"
	.text
	.globl	sum
	.type	sum, @function
sum:
.LFB0:
	.cfi_startproc
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset 6, -16
	movq	%rsp, %rbp
	.cfi_def_cfa_register 6
	movq	%rdi, -24(%rbp)
	movl	%esi, -28(%rbp)
	movl	$0, -4(%rbp)
	movl	$0, -8(%rbp)
	jmp	.L2
.L3:
	movl	-8(%rbp), %eax
	cltq
	leaq	0(,%rax,4), %rdx
	movq	-24(%rbp), %rax
	addq	%rdx, %rax
	movl	(%rax), %eax
	addl	%eax, -4(%rbp)
	addl	$1, -8(%rbp)
.L2:
	movl	-8(%rbp), %eax
	cmpl	-28(%rbp), %eax
	jl	.L3
	movl	calls(%rip), %eax
	addl	$1, %eax
	movl	%eax, calls(%rip)
	movl	-4(%rbp), %eax
	popq	%rbp
	.cfi_def_cfa 7, 8
	ret
	.cfi_endproc
.LFE0:
	.size	sum, .-sum
	.globl	_start
_start:
	movl	$5, %esi
	movl	$numbers, %edi
	call	sum@PLT
	addl	calls(%rip), %eax
	movl	%eax, %edi
	movl	$60, %eax
	syscall
	.ident	"GCC: (Debian 12.2.0-14) 12.2.0"
	.section	.note.GNU-stack,"",@progbits
