// Fibonacci by iteration with xadd, printed one per line.
/* Numbers are small: two digits are enough. */
.data
line: .ascii "00\n"
.text
.globl _start
_start:
	xor %r12d, %r12d
	mov $1, %r13d
	mov $10, %r14d
next:
	mov %r12d, %eax
	mov $10, %cl
	div %cl
	add $'0', %al
	add $'0', %ah
	mov %ax, line(%rip)
	mov $1, %eax
	mov $1, %edi
	lea line(%rip), %rsi
	mov $3, %edx
	syscall
	xadd %r12d, %r13d
	xchg %r12, %r13
	xchg %r13d, %r12d
	dec %r14d
	jnz next
	mov $60, %eax
	xor %edi, %edi
	syscall
