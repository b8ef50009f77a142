# Escapes and character constants.
.section .rodata
a: .ascii "tab\there\n", "quote \"x\" back\\slash\n"
b: .ascii "\101\102\103 \x41\x42 \0\1\12\n"
c: .byte 'a', 'b', '\n', '\\', ' ', '"', '#', ';'
d: .asciz ""
e: .string "one", "two"
f: .byte 'a+1, 'a'-32
g: .ascii "comment # inside; and // this /* too */\n"
.text
.globl _start
_start:
	mov $1, %eax
	mov $1, %edi
	mov $a, %esi
	mov $d - a, %edx
	syscall
	mov $60, %eax
	movzbl f, %edi
	sub $'a', %edi
	syscall
