# Offsets of a structure, an array of structures on the stack.
	.set	p_x, 0
	.set	p_y, 4
	.set	p_name, 8
	.set	p_size, 16
	.section .rodata
name:	.asciz	"origin"
	.text
	.globl _start
_start:
	subq	$4*p_size, %rsp
	movl	$3, %ecx
fill:	movl	%ecx, %eax
	shll	$4, %eax
	cltq
	movl	%ecx, p_x(%rsp,%rax)
	movl	$7, p_y(%rsp,%rax)
	movq	$name, p_name(%rsp,%rax)
	decl	%ecx
	jns	fill
	movl	2*p_size+p_x(%rsp), %edi
	addl	3*p_size+p_y(%rsp), %edi
	movq	p_size+p_name(%rsp), %rsi
	movsbl	5(%rsi), %eax
	subl	$'a, %eax
	addl	%eax, %edi
	addq	$4*p_size, %rsp
	movl	$60, %eax
	syscall
