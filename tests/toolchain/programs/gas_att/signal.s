# SIGFPE caught: the handler leaves.
	.equ SIGFPE, 8
	.data
	.balign 8
sa:	.quad	on_fpe
	.quad	0x04000004	# SA_RESTORER | SA_SIGINFO
	.quad	back
	.quad	0
	.text
	.globl	_start
_start:
	movl	$13, %eax
	movl	$SIGFPE, %edi
	leaq	sa(%rip), %rsi
	xorl	%edx, %edx
	movl	$8, %r10d
	syscall
	xorl	%ecx, %ecx
	movl	$1, %eax
	cltd
	idivl	%ecx
	hlt
on_fpe:	movl	(%rsi), %edi
	movl	$60, %eax
	syscall
back:	movl	$15, %eax
	syscall
