# The first program: write, then exit.
.intel_syntax noprefix
.globl _start
.text
_start:
    mov rax, 1              # write
    mov rdi, 1              # standard output
    lea rsi, [rip + message]
    mov rdx, 3
    syscall                 # the crossing
    mov rax, 60
    mov rdi, 0
    syscall
.data
message: .ascii "hi\n"
