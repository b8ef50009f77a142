	.arch armv8-a
	.file	"program.c"
	.text
	.section	.rodata
	.align	3
.LC0:
	.string	"gcc style\n"
	.text
	.align	2
	.global	print
	.type	print, %function
print:
.LFB0:
	.cfi_startproc
	stp	x29, x30, [sp, -32]!
	.cfi_def_cfa_offset 32
	.cfi_offset 29, -32
	.cfi_offset 30, -24
	mov	x29, sp
	str	x0, [sp, 24]
	str	w1, [sp, 20]
	ldrsw	x0, [sp, 20]
	mov	x2, x0
	ldr	x1, [sp, 24]
	mov	w0, 1
	mov	x8, 64
	svc	0
	nop
	ldp	x29, x30, [sp], 32
	.cfi_restore 30
	.cfi_restore 29
	.cfi_def_cfa_offset 0
	ret
	.cfi_endproc
.LFE0:
	.size	print, .-print
	.align	2
	.global	_start
	.type	_start, %function
_start:
.LFB1:
	.cfi_startproc
	mov	w1, 10
	adrp	x0, .LC0
	add	x0, x0, :lo12:.LC0
	bl	print
	mov	w0, 0
	mov	x8, 93
	svc	0
	.cfi_endproc
.LFE1:
	.size	_start, .-_start
	.ident	"GCC: (Debian) 12"
	.section	.note.GNU-stack,"",@progbits
