# Walk argc and argv from the stack at the start.
.intel_syntax noprefix
.text
.globl _start
_start:
    mov r12, [rsp]          # argc
    lea r13, [rsp + 8]      # argv
    xor r14d, r14d
again:
    cmp r14, r12
    jge finish
    mov rsi, [r13 + r14*8]
    xor edx, edx
measure:
    cmp byte ptr [rsi + rdx], 0
    lea rdx, [rdx + 1]
    jne measure
    inc r14
    jmp again
finish:
    mov edi, r12d
    mov eax, 60
    syscall
