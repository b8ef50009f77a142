segment .bss
digits resb 20
segment .text
global _start
_start:
    mov rax, 1234567
    mov rcx, 10
    mov rsi, digits + 20
    xor r8, r8
convert:
    xor edx, edx
    div rcx
    add dl, '0'
    dec rsi
    mov [rsi], dl
    inc r8
    test rax, rax
    jnz convert
    mov eax, 1
    mov edi, 1
    mov rdx, r8
    syscall
    mov eax, 60
    xor edi, edi
    syscall
