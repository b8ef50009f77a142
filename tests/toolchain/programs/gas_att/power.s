# 2^3 + 5^2 with a function that takes its arguments from the stack.
.section .text
.globl _start
_start:
 pushq $3
 pushq $2
 call power
 addq $16, %rsp
 pushq %rax
 pushq $2
 pushq $5
 call power
 addq $16, %rsp
 popq %rdi
 addq %rax, %rdi
 movq $60, %rax
 syscall
.type power, @function
power:
 pushq %rbp
 movq %rsp, %rbp
 subq $8, %rsp
 movq 16(%rbp), %rbx
 movq 24(%rbp), %rcx
 movq %rbx, -8(%rbp)
power_loop_start:
 cmpq $1, %rcx
 je end_power
 movq -8(%rbp), %rax
 imulq %rbx, %rax
 movq %rax, -8(%rbp)
 decq %rcx
 jmp power_loop_start
end_power:
 movq -8(%rbp), %rax
 movq %rbp, %rsp
 popq %rbp
 ret
