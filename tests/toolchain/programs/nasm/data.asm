section .rodata
strings: db 'single "quotes"', "double 'quotes'", `back\tquotes\n\x41\0`, 0
chars:   dw 'ab', 'c'
         dd 'abcd', "xyz", 1.5
         dq 3.141592653589793, -2.5, 'abcdefgh', strings
numbers: db 10, 0xA, 0Ah, 12q, 1010b, 0b1010, 0o12, 1_0, -1, 255
         dw 0xFFFF, -2
         dd 1 << 31, ~0, (1 + 2) * 3, 7 / 2, 7 % 4, 6 & 3, 6 | 1, 6 ^ 5
         dq $, $$, $ - $$, numbers - strings
         times 4 db 1, 2
         times 3 dw 7
         align 16, db 0
         db "end"
         times 64 - ($ - $$) % 64 db 0xEE
section .text
global _start
_start:
    mov eax, 1
    mov edi, 1
    mov esi, strings
    mov edx, chars - strings
    syscall
    mov eax, 60
    movzx edi, byte [numbers + 9]
    syscall
    align 16
    nop
