# Numeric labels reused, forward and backward, nested.
.text
.globl _start
gcd:
1:	test %esi, %esi
	jz 2f
	mov %edi, %eax
	cltd
	div %esi
	mov %esi, %edi
	mov %edx, %esi
	jmp 1b
2:	mov %edi, %eax
	ret
_start:
	mov $252, %edi
	mov $105, %esi
	call gcd
	mov %eax, %edi
	jmp 1f
	ud2
1:	jmp 1f
0:	mov $60, %eax
	syscall
1:	jmp 0b
