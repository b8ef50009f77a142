section .data
number: db "  -4211", 0
section .text
global _start
_start:
    mov rsi, number
    call atoi
    neg rax
    sub rax, 4200          ; 11
    mov rdi, rax
    mov rax, 60
    syscall
atoi:
    xor eax, eax
    xor r8d, r8d
.skip:
    movzx ecx, byte [rsi]
    inc rsi
    cmp cl, ' '
    je .skip
    cmp cl, '-'
    jne .loop
    mov r8b, 1
    movzx ecx, byte [rsi]
    inc rsi
.loop:
    sub cl, '0'
    cmp cl, 9
    ja .done
    imul rax, rax, 10
    add rax, rcx
    movzx ecx, byte [rsi]
    inc rsi
    jmp .loop
.done:
    test r8b, r8b
    jz .positive
    neg rax
.positive:
    ret
