BITS 32
global _start
section .text
_start:
    jmp short get_string
run:
    pop ecx
    xor eax, eax
    mov al, 4
    xor ebx, ebx
    inc ebx
    xor edx, edx
    mov dl, text_len
    int 0x80
    xor eax, eax
    inc eax
    dec ebx
    int 0x80
get_string:
    call run
text: db 'position independent', 0xa
text_len equ $-text
