	.arch armv7-a
	.fpu vfpv3-d16
	.eabi_attribute 28, 1
	.eabi_attribute 20, 1
	.file	"program.c"
	.text
	.section	.rodata
	.align	2
.LC0:
	.ascii	"gcc style\012\000"
	.text
	.align	1
	.global	print
	.syntax unified
	.arm
	.type	print, %function
print:
	@ args = 0, pretend = 0, frame = 8
	@ frame_needed = 1, uses_anonymous_args = 0
	.fnstart
	push	{r7, fp, lr}
	.cantunwind
	add	fp, sp, #8
	sub	sp, sp, #12
	str	r0, [fp, #-16]
	str	r1, [fp, #-20]
	ldr	r2, [fp, #-20]
	ldr	r1, [fp, #-16]
	mov	r0, #1
	mov	r7, #4
	svc	#0
	nop
	sub	sp, fp, #8
	pop	{r7, fp, pc}
	.fnend
	.size	print, .-print
	.align	2
	.global	_start
	.type	_start, %function
_start:
	mov	r1, #10
	ldr	r0, .L5
	bl	print
	movw	r0, #:lower16:.LC0
	movt	r0, #:upper16:.LC0
	mov	r0, #0
	mov	r7, #1
	svc	#0
.L6:
	.align	2
.L5:
	.word	.LC0
	.size	_start, .-_start
	.ident	"GCC: (Debian) 12"
	.section	.note.GNU-stack,"",%progbits
