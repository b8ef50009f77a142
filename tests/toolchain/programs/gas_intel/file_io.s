# Open, read and close a file; -1 of a missing one is tested by its sign.
.intel_syntax noprefix
.equ SYS_read, 0
.equ SYS_write, 1
.equ SYS_open, 2
.equ SYS_close, 3
.equ SYS_exit, 60
.equ O_RDONLY, 0
.section .rodata
path: .string "/nonexistent/file"
.section .bss
.align 8
buffer: .space 4096
.text
.globl _start
_start:
    mov rax, SYS_open
    lea rdi, path[rip]
    mov rsi, O_RDONLY
    xor rdx, rdx
    syscall
    test rax, rax
    js failed
    mov r15, rax
    mov rdi, rax
    mov rax, SYS_read
    lea rsi, buffer[rip]
    mov rdx, 4096
    syscall
    mov rdx, rax
    mov rax, SYS_write
    mov rdi, 1
    syscall
    mov rax, SYS_close
    mov rdi, r15
    syscall
    xor rdi, rdi
    jmp quit
failed:
    neg rax
    mov rdi, rax
quit:
    mov rax, SYS_exit
    syscall
