section .bss
Buff resb 1
section .data
section .text
	global 	_start
_start:
	nop
Read:	mov eax, 0
	mov edi, 0
	mov rsi, Buff
	mov edx, 1
	syscall
	cmp eax, 0
	je Exit
	cmp byte [Buff], 61h
	jb Write
	cmp byte [Buff], 7Ah
	ja Write
	sub byte [Buff], 20h
Write:	mov eax, 1
	mov edi, 1
	mov rsi, Buff
	mov edx, 1
	syscall
	jmp Read
Exit:	mov eax, 60
	mov edi, 0
	syscall
