# Text hidden by exclusive or, decoded on the stack.
.text
.globl _start
secret: .byte 'h'^0x55, 'i'^0x55, 'd'^0x55, 'd'^0x55, 'e'^0x55, 'n'^0x55, '\n'^0x55
.equ secret_len, . - secret
_start:
	leaq secret(%rip), %rsi
	subq $16, %rsp
	movq %rsp, %rdi
	movl $secret_len, %ecx
decode:
	lodsb
	xorb $0x55, %al
	stosb
	loop decode
	movq %rsp, %rsi
	movl $secret_len, %edx
	movl $1, %edi
	movl $1, %eax
	syscall
	movl $60, %eax
	xorl %edi, %edi
	syscall
