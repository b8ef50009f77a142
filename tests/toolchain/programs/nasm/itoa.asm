bits 64
default rel
section .bss
    buffer resb 21
section .text
global _start
_start:
    mov rax, 18446744073709551615
    call print_uint
    mov rax, 0
    call print_uint
    mov rax, 1234567890
    call print_uint
    mov eax, 60
    xor edi, edi
    syscall

print_uint:
    lea rsi, [buffer + 21]
    dec rsi
    mov byte [rsi], `\n`
    mov rbx, 10
.digit:
    xor edx, edx
    div rbx
    add dl, '0'
    dec rsi
    mov [rsi], dl
    test rax, rax
    jnz .digit
    lea rdx, [buffer + 21]
    sub rdx, rsi
    mov eax, 1
    mov edi, 1
    syscall
    ret
