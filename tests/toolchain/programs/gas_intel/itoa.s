# Print a number: divide by ten, digits from the end of a buffer.
.intel_syntax noprefix
.globl _start
.bss
    .lcomm digits, 32
.text
_start:
    mov rax, 1234567890
    lea rsi, [digits + 31]
    mov byte ptr [rsi], 10
    mov rcx, 10
    mov rbx, 1
next_digit:
    xor edx, edx
    div rcx
    add dl, '0'
    dec rsi
    mov [rsi], dl
    inc rbx
    test rax, rax
    jnz next_digit
    mov rax, 1
    mov rdi, 1
    mov rdx, rbx
    syscall
    mov rax, 60
    xor rdi, rdi
    syscall
