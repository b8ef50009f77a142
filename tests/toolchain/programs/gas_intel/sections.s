.file "sections.s"
.intel_syntax noprefix
.section .text
.global _start
.type _start, @function
.extern nothing_uses_this
_start:
    mov edi, value
    .section .data, "aw", @progbits
value: .int 40
    .text
    add edi, [rip + other]
    .pushsection .rodata
other: .long 2
    .popsection
    mov eax, 60
    syscall
.size _start, . - _start
    .section .mydata, "aw"
more: .quad more, .
    .org 0x20
    .byte 1
    .octa 0x112233445566778899aabbccddeeff00
    .zero 3
    .space 5, 7
    .fill 3, 2, 0x1234
.section .note.GNU-stack,"",@progbits
.ident "text"
