# Anonymous memory, used as a stack of its own.
	.set PROT_RW, 1|2
	.set MAP_ANON_PRIVATE, 0x20|0x02
.text
.globl _start
_start:
	mov $9, %eax
	xor %edi, %edi
	mov $1<<16, %esi
	mov $PROT_RW, %edx
	mov $MAP_ANON_PRIVATE, %r10d
	mov $-1, %r8
	xor %r9d, %r9d
	syscall
	test %rax, %rax
	js fail
	lea 1<<16(%rax), %rsp
	pushq $11
	pushq $31
	popq %rdi
	addq (%rsp), %rdi
fail:
	mov $60, %eax
	syscall
