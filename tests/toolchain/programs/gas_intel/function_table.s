# Calls through a table of pointers, and a callback.
.intel_syntax noprefix
.section .data.rel.ro, "aw"
.balign 8
operations:
    .quad op_add
    .quad op_sub
    .quad op_mul
operations_end:
.equ operations_count, (operations_end - operations) / 8
.text
op_add: lea rax, [rdi + rsi]
        ret
op_sub: mov rax, rdi
        sub rax, rsi
        ret
op_mul: mov rax, rdi
        imul rax, rsi
        ret
apply:  jmp rdx
.globl _start
_start:
    xor ebx, ebx
    xor r12d, r12d
1:  mov edi, 9
    mov esi, 4
    call [operations + rbx*8]
    add r12, rax
    inc ebx
    cmp ebx, operations_count
    jne 1b
    mov edi, 6
    mov esi, 7
    lea rdx, [rip + op_mul]
    call apply
    lea rdi, [rax + r12]
    mov eax, 60
    syscall
