# argc and the environment behind argv.
.text
.globl _start
_start:
	movq %rsp, %rbp
	movq (%rbp), %rcx
	leaq 8(%rbp), %rbx
	leaq 16(%rbp,%rcx,8), %r12
	movq (%rbx), %rdi
	xorl %eax, %eax
	testq %rdi, %rdi
	setnz %al
	shlq $2, %rax
	addq %rcx, %rax
	movq %rax, %rdi
	movl $60, %eax
	syscall
