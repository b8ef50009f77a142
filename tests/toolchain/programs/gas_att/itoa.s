# A negative number in decimal.
	.bss
	.lcomm buffer, 24
	.text
	.global _start
_start:
	movq	$-9876543210, %rax
	leaq	buffer+23(%rip), %rsi
	movb	$'\n', (%rsi)
	xorl	%ebx, %ebx
	testq	%rax, %rax
	jns	1f
	negq	%rax
	incl	%ebx
1:	movl	$10, %ecx
2:	xorl	%edx, %edx
	divq	%rcx
	addb	$'0, %dl
	decq	%rsi
	movb	%dl, (%rsi)
	testq	%rax, %rax
	jnz	2b
	testl	%ebx, %ebx
	jz	3f
	decq	%rsi
	movb	$'-, (%rsi)
3:	leaq	buffer+24(%rip), %rdx
	subq	%rsi, %rdx
	movl	$1, %edi
	movl	%edi, %eax
	syscall
	movl	$60, %eax
	xorl	%edi, %edi
	syscall
