# Hello with rip-relative addresses, as in position independent code.
	.globl	_start
	.section .rodata
msg:	.asciz	"Hello, AT&T world!\n"
	.set	msglen, .-msg-1
	.text
_start:
	movl	$1, %eax
	movl	$1, %edi
	leaq	msg(%rip), %rsi
	movl	$msglen, %edx
	syscall
	movl	$60, %eax
	xorl	%edi, %edi
	syscall
