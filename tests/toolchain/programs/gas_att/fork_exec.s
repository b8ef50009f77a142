# fork, wait4, the child's status.
.data
	.align 4
status: .long -1
.text
.globl _start
_start:
	movl $57, %eax
	syscall
	cmpl $0, %eax
	jl error
	jg parent
	movl $60, %eax
	movl $9, %edi
	syscall
parent:
	movl %eax, %edi
	movl $status, %esi
	xorq %rdx, %rdx
	xorq %r10, %r10
	movl $61, %eax
	syscall
	movl status, %edi
	sarl $8, %edi
	andl $0xff, %edi
	movl $60, %eax
	syscall
error:
	movl $60, %eax
	movl $1, %edi
	syscall
