section .text
global _start
_start:
	mov	ecx, 12
	xor	rax, rax
	xor	rbx, rbx
	inc	rbx
print:
	push	rax
	push	rcx
	pop	rcx
	pop	rax
	mov	rdx, rax
	mov	rax, rbx
	add	rbx, rdx
	dec	ecx
	jnz	print
	mov	rdi, rax
	mov	eax, 60
	syscall
