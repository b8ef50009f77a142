# strlen by hand, then print the string with its length.
.intel_syntax noprefix
.global _start

.section .data
message: .asciz "How long am I?\n"

.section .text
strlen:
    xor rax, rax
.count:
    cmp byte ptr [rdi + rax], 0
    je .done
    inc rax
    jmp .count
.done:
    ret

_start:
    lea rdi, [rip + message]
    call strlen
    mov rdx, rax
    lea rsi, [rip + message]
    mov rdi, 1
    mov rax, 1
    syscall
    mov rax, 60
    xor rdi, rdi
    syscall
