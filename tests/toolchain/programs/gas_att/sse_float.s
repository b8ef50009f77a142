# Floating point: SSE scalars, packed numbers, the x87 stack.
	.section .rodata
	.align 16
packed:	.float	1.0, 2.0, 3.0, 4.0
three:	.double	3.0
half:	.double	0.5
	.bss
	.align 16
space:	.space	32
	.text
	.globl	_start
_start:
	movaps	packed(%rip), %xmm0
	mulps	%xmm0, %xmm0
	movups	%xmm0, space(%rip)
	movss	space+12(%rip), %xmm1
	cvtss2sd %xmm1, %xmm1
	mulsd	half(%rip), %xmm1
	addsd	three(%rip), %xmm1
	sqrtsd	%xmm1, %xmm2
	cvttsd2si %xmm1, %edi
	cvtsi2sdl %edi, %xmm3
	cvtsi2sdq %rdi, %xmm4
	ucomisd	%xmm3, %xmm1
	jne	1f
	addl	$1, %edi
1:	fldl	three(%rip)
	fldl	half(%rip)
	faddp
	fld1
	fsubrp	%st, %st(1)
	fistpl	space(%rip)
	addl	space(%rip), %edi
	pshufd	$0x1b, %xmm0, %xmm5
	movd	%xmm5, %eax
	movq	%xmm5, %rax
	pxor	%xmm6, %xmm6
	andl	$0x7f, %edi
	movl	$60, %eax
	syscall
