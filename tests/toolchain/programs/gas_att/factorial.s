# Recursion, with leave and a red zone free frame.
	.text
	.globl	factorial
	.type	factorial, @function
factorial:
	pushq	%rbp
	movq	%rsp, %rbp
	pushq	%rbx
	subq	$8, %rsp
	movq	%rdi, %rbx
	movl	$1, %eax
	testq	%rdi, %rdi
	je	.Ldone
	leaq	-1(%rdi), %rdi
	callq	factorial
	imulq	%rbx, %rax
.Ldone:
	addq	$8, %rsp
	popq	%rbx
	leaveq
	retq
	.size	factorial, .-factorial
	.globl	_start
_start:
	movq	$5, %rdi
	call	factorial
	movl	%eax, %edi
	movl	$60, %eax
	syscall
