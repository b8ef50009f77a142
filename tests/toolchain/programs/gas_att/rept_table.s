# Data made by repetition, nested.
	.section .rodata
multiplication:
	.set row, 1
	.rept 9
	.set column, 1
	.rept 9
	.byte row * column
	.set column, column + 1
	.endr
	.set row, row + 1
	.endr
crc_nibbles:
	.irp n, 0x00, 0x07, 0x0E, 0x09
	.byte \n, \n ^ 0xFF
	.endr
	.text
	.globl _start
_start:
	movzbl	multiplication+6*9+7(%rip), %edi
	movzbl	crc_nibbles+3, %eax
	shrl	$4, %eax
	addl	%eax, %edi
	.rept 3
	nop
	.endr
	movl	$60, %eax
	syscall
