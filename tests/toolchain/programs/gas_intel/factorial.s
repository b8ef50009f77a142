# Recursion with a stack frame: 5! as exit status.
.intel_syntax noprefix
.global _start
.type factorial, @function
factorial:
    push rbp
    mov rbp, rsp
    sub rsp, 16
    mov [rbp - 8], rdi
    cmp rdi, 1
    jbe base_case
    dec rdi
    call factorial
    imul rax, [rbp - 8]
    jmp leave_it
base_case:
    mov eax, 1
leave_it:
    leave
    ret
.size factorial, . - factorial

_start:
    mov rdi, 5
    call factorial
    mov rdi, rax
    mov rax, 60
    syscall
