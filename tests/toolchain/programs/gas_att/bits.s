# Shifts, rotations, bit tests, multiplication and division of every size.
	.text
	.globl _start
_start:
	movb	$0x81, %al
	rolb	%al
	sarb	$1, %al
	movw	$0x1234, %bx
	rorw	$4, %bx
	shrw	%bx
	movl	$0xdeadbeef, %ecx
	shll	%cl, %ebx
	shldl	$5, %ecx, %ebx
	shrdq	%cl, %rdx, %rbx
	btl	$3, %ecx
	sbbl	%edx, %edx
	btsq	$40, %rdx
	bsrl	%ecx, %esi
	bsfq	%rdx, %r8
	popcntl	%ecx, %r9d
	mulb	%bl
	imull	$3, %ecx, %r10d
	imulq	%r9, %r10
	movl	$100, %eax
	xorl	%edx, %edx
	movl	$7, %ecx
	divl	%ecx
	cwtl
	cltd
	idivl	%ecx
	cqto
	bswapq	%rdx
	xchgb	%al, %ah
	cmovzl	%r9d, %eax
	setg	%cl
	movzbl	%cl, %edi
	addl	%r9d, %edi
	movl	$60, %eax
	syscall
