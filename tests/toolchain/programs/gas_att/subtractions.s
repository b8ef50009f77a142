# Distances between labels, in data and in instructions.
.text
.globl _start
_start:
	mov $(end - start), %edi
	add $finish - _start, %edi
	lea (end - start)*2(%rdi), %edi
	movb $end-start, %al
	addl lengths+4(%rip), %edi
	and $127, %edi
	jmp finish
	.zero 200, 0x90
finish:
	mov $60, %eax
	syscall
.data
start: .long 1, 2, 3
end:
lengths: .long end - start, (lengths - start) / 4, . - start, -(end - start)
.quad finish, finish + 4, end - 1
.set middle, start + 4
.long middle - start
