# To upper case, four ways to test a range.
.data
msg: .ascii "make me loud\n"
.equ msg_len, . - msg
.text
.globl _start
_start:
	lea msg(%rip), %rbx
	mov $msg_len, %ecx
1:	mov -1(%rbx,%rcx), %al
	cmpb $'a', %al
	jb 2f
	cmpb $'z', %al
	ja 2f
	andb $~0x20, %al
	mov %al, -1(%rbx,%rcx)
2:	loop 1b
	mov $1, %eax
	mov $1, %edi
	mov %rbx, %rsi
	mov $msg_len, %edx
	syscall
	xor %edi, %edi
	mov $60, %eax
	syscall
