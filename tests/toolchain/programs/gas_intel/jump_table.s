# A switch statement as compilers write it: sizes inside the brackets, displacements before them.
	.intel_syntax noprefix
	.section	.rodata
	.align 8
.Ltable:
	.quad	.Lzero
	.quad	.Lone
	.quad	.Ltwo
	.text
	.globl	_start
_start:
	push	rbp
	mov	rbp, rsp
	sub	rsp, 16
	mov	DWORD PTR -4[rbp], 2
	mov	edx, DWORD PTR -4[rbp]
	jmp	[QWORD PTR .Ltable[0+rdx*8]]
.Lzero:
	mov	edi, 10
	jmp	.Lend
.Lone:
	mov	edi, 11
	jmp	.Lend
.Ltwo:
	mov	edi, 12
.Lend:
	mov	eax, 60
	syscall
