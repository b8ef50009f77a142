# Macros in AT&T syntax: registers as arguments, defaults, \@, .exitm, nesting.
.macro sys nr, a=$0, b=$0, c=$0
	movq	\c, %rdx
	movq	\b, %rsi
	movq	\a, %rdi
	movq	$\nr, %rax
	syscall
.endm
.macro say label
	sys 1, $1, $\label, $\label\()_len
.endm
.macro text label, string
\label:	.ascii "\string"
	.set \label\()_len, . - \label
.endm
.macro save regs:vararg
	.irp reg, \regs
	push %\reg
	.endr
.endm
.macro restore first, rest:vararg
	.ifb \first
	.exitm
	.endif
	restore \rest
	pop %\first
.endm
.macro loop_down reg, times
	mov $\times, \reg
.Lagain\@:
	inc %r8d
	dec \reg
	jnz .Lagain\@
.endm
.data
text greeting, "macros work\n"
text other, "twice\n"
.text
.globl _start
_start:
	save rax, rbx, rcx
	say greeting
	say other
	restore rcx, rbx, rax
	xor %r8d, %r8d
	loop_down %ecx 5
	loop_down reg=%ebx, times=6
	sys 60, %r8
