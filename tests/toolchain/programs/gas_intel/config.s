# The same source for several variants, by .if.
.intel_syntax noprefix
.equ DEBUG, 1
.equ LEVEL, 3
.ifndef VERSION
.set VERSION, 2
.endif
.text
.globl _start
_start:
.if DEBUG
    nop
.if LEVEL > 2
    mov ebx, LEVEL
.elseif LEVEL == 1
    mov ebx, 1
.else
    xor ebx, ebx
.endif
.else
    ud2
.endif
.ifdef VERSION
    add ebx, VERSION
.endif
.ifeq LEVEL - 3
    inc ebx
.endif
.ifnotdef NOTHING
    inc ebx
.endif
    mov edi, ebx
    mov eax, 60
    syscall
