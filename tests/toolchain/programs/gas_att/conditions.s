# .if in its variants, within macros too.
	.equ	WIDTH, 64
	.macro	load value, reg
	.if	\value == 0
	xorl	\reg, \reg
	.else
	.if	\value < 0
	movl	$\value, \reg
	.else
	movl	$+\value, \reg
	.endif
	.endif
	.endm
	.macro	check name
	.ifc	\name, left
	addl	$1, %ebx
	.else
	.ifnc	\name, right
	addl	$2, %ebx
	.endif
	.endif
	.endm
	.text
	.globl	_start
_start:
	load	0, %ebx
	load	40, %edi
	load	-1, %ecx
	check	left
	check	right
	check	middle
	.ifge	WIDTH-64
	addl	%ebx, %edi
	.endif
	.if	(WIDTH / 8 == 8) && (WIDTH % 8 == 0)
	addl	%ecx, %edi
	.endif
	.ifne	1
	movl	$60, %eax
	.endif
	syscall
