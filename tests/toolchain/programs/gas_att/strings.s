# strlen, strcpy and strcat with string instructions.
.section .rodata
left: .string "left "
right: .string "and right\n"
.comm joined, 64, 16
.text
strcat_to: /* %rdi end of the text, %rsi what to add */
	lodsb
	stosb
	testb %al, %al
	jnz strcat_to
	decq %rdi
	ret
strlen:
	xorl %eax, %eax
	movq $-1, %rcx
	repne scasb
	notq %rcx
	leaq -1(%rcx), %rax
	ret
.globl _start
_start:
	cld
	movq $joined, %rdi
	movq $left, %rsi
	call strcat_to
	movq $right, %rsi
	call strcat_to
	movq $joined, %rdi
	call strlen
	movq %rax, %rdx
	movq $joined, %rsi
	movl $1, %edi
	movl $1, %eax
	syscall
	movl $60, %eax
	xorl %edi, %edi
	syscall
