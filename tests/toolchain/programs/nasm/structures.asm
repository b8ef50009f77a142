STRUCT_X equ 0
STRUCT_Y equ STRUCT_X + 8
STRUCT_SIZE equ STRUCT_Y + 8
section .data
point: dq 3, 4
section .text
global _start
_start:
    mov rbx, point
    mov rdi, [rbx + STRUCT_X]
    imul rdi, [rbx + STRUCT_Y]
    add rdi, STRUCT_SIZE
    cmp rdi, AFTER
    mov rax, AFTER * 2
    syscall
AFTER equ 30
