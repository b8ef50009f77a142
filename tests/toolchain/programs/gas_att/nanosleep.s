# A structure of two quads and a call with it.
.data
ts:	.quad 0, 500000
.text
.globl _start
_start:
	mov $35, %eax
	mov $ts, %edi
	xor %esi, %esi
	syscall
	mov %eax, %edi
	neg %edi
	mov $60, %eax
	syscall
