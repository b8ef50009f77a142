# Where am I? jmp, call, pop.
.text
.globl _start
_start:
	jmp 2f
1:	popq %rsi
	movl $1, %eax
	movl %eax, %edi
	movl $(3f - 2f - 5), %edx
	syscall
	movl $60, %eax
	xorl %edi, %edi
	syscall
2:	call 1b
	.ascii "right here\n"
3:
