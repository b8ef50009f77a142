# Reverse by pushing every letter.
.data
word: .ascii "drawer"
.equ n, . - word
newline: .byte '\n'
.text
.globl _start
_start:
	xor %ecx, %ecx
0:	movzbl word(%rcx), %eax
	push %rax
	inc %ecx
	cmp $n, %ecx
	jb 0b
	xor %ecx, %ecx
0:	pop %rax
	mov %al, word(%rcx)
	inc %ecx
	cmp $n, %ecx
	jne 0b
	mov $1, %eax
	mov $1, %edi
	mov $word, %rsi
	mov $n+1, %edx
	syscall
	mov $60, %eax
	xor %edi, %edi
	syscall
