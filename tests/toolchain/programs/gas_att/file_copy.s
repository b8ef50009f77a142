# Copy standard input to standard output.
	.equ	READ, 0
	.equ	WRITE, 1
	.equ	EXIT, 60
	.equ	BUFSIZE, 512
	.section .bss
	.lcomm	buffer, BUFSIZE
	.text
	.globl	_start
_start:
again:
	movq	$READ, %rax
	movq	$0, %rdi
	movq	$buffer, %rsi
	movq	$BUFSIZE, %rdx
	syscall
	cmpq	$0, %rax
	jle	finished
	movq	%rax, %rdx
	movq	$WRITE, %rax
	movq	$1, %rdi
	movq	$buffer, %rsi
	syscall
	jmp	again
finished:
	movq	$EXIT, %rax
	movq	$0, %rdi
	syscall
