# A small printf: %d, %s, %c and %%, arguments on the stack.
.intel_syntax noprefix
.section .rodata
format: .asciz "%s has %d letters, %d%% of them %c\n"
noun:   .asciz "banana"
.bss
line:   .skip 256
.text
.globl _start

# rdi: output, rsi: format, rbx: arguments
printf_like:
.Lnext:
    lodsb
    cmp al, '%'
    je .Lspecial
    stosb
    test al, al
    jnz .Lnext
    lea rax, [rdi - 1]
    ret
.Lspecial:
    lodsb
    cmp al, 'd'
    je .Lnumber
    cmp al, 's'
    je .Lstring
    cmp al, 'c'
    jne .Lplain
    mov rax, [rbx]
    add rbx, 8
.Lplain:
    stosb
    jmp .Lnext
.Lstring:
    push rsi
    mov rsi, [rbx]
    add rbx, 8
1:  lodsb
    test al, al
    jz 2f
    stosb
    jmp 1b
2:  pop rsi
    jmp .Lnext
.Lnumber:
    mov rax, [rbx]
    add rbx, 8
    xor ecx, ecx
    mov r8d, 10
3:  xor edx, edx
    div r8
    push rdx
    inc ecx
    test rax, rax
    jnz 3b
4:  pop rax
    add al, '0'
    stosb
    loop 4b
    jmp .Lnext

_start:
    push 'a'
    push 50
    push 6
    push offset noun
    mov rbx, rsp
    lea rdi, line[rip]
    lea rsi, format[rip]
    call printf_like
    lea rsi, line[rip]
    mov rdx, rax
    sub rdx, rsi
    mov edi, 1
    mov eax, 1
    syscall
    xor edi, edi
    mov eax, 60
    syscall
