# An indirect jump through a table of addresses, and calls through memory.
	.section .rodata
	.align 8
table:	.quad	zero, one, two
handler: .quad	one
	.text
	.globl _start
_start:
	movl	$2, %ecx
	jmp	*table(,%rcx,8)
zero:	movl	$1, %edi
	jmp	out
one:	addl	$5, %edi
	ret
two:	movl	$3, %edi
	call	*handler(%rip)
	call	*table+8
	leaq	one(%rip), %rax
	call	*%rax
	jmp	zero2
zero2:
out:	movl	$60, %eax
	syscall
