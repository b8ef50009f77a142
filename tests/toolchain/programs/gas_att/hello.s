# AT&T syntax, the default of GNU as.
    .globl _start
    .data
message:
    .ascii "hello\n"
    .set length, . - message
    .text
_start:
    mov $1, %eax
    movq $1, %rdi
    mov $message, %rsi
    movl $length, %edx
    syscall
    movq $60, %rax
    xorq %rdi, %rdi
    syscall
