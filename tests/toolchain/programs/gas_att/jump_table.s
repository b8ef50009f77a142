# switch through a table of offsets, as GCC writes for position independent code.
	.text
	.globl	choose
	.type	choose, @function
choose:
.LFB0:
	.cfi_startproc
	endbr64
	cmpl	$3, %edi
	ja	.L2
	leaq	.L4(%rip), %rdx
	movslq	(%rdx,%rdi,4), %rax
	addq	%rdx, %rax
	notrack jmp	*%rax
	.section	.rodata
	.align 4
	.align 4
.L4:
	.long	.L7-.L4
	.long	.L6-.L4
	.long	.L5-.L4
	.long	.L3-.L4
	.text
	.p2align 4,,10
	.p2align 3
.L7:
	movl	$10, %eax
	ret
	.p2align 4,,10
	.p2align 3
.L6:
	movl	$20, %eax
	ret
.L5:
	movl	$30, %eax
	ret
.L3:
	movl	$40, %eax
	ret
.L2:
	movl	$-1, %eax
	ret
	.cfi_endproc
.LFE0:
	.size	choose, .-choose
	.globl	_start
_start:
	movl	$2, %edi
	call	choose
	movl	%eax, %ebx
	movl	$9, %edi
	call	choose
	leal	(%rax,%rbx), %edi
	movl	$60, %eax
	syscall
