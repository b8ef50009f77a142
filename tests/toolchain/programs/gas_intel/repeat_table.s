# Tables made by the assembler: squares, powers of two, an identity table.
.intel_syntax noprefix
.section .rodata
squares:
.set i, 0
.rept 16
    .word i * i
    .set i, i + 1
.endr
powers:
.irp n, 0, 1, 2, 3, 4, 5, 6, 7
    .byte 1 << \n
.endr
identity:
n = 0
.rept 64
    .byte n
n = n + 1
.endr
letters:
.irpc c, 13579
    .byte '0' + \c
.endr
.text
.globl _start
_start:
    movzx edi, word ptr squares[rip + 9*2]
    movzx eax, byte ptr [powers + 3]
    add edi, eax
    movzx eax, byte ptr [identity + 17]
    add edi, eax
    movzx eax, byte ptr [letters + 4]
    add edi, eax
    mov eax, 60
    syscall
