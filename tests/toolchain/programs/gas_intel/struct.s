# A struct with offsets by .equ, an array of them, and a linked walk.
.intel_syntax noprefix
.equ NODE_NEXT, 0
.equ NODE_VALUE, 8
.equ NODE_FLAGS, 12
.equ NODE_SIZE, 16
.data
first:  .quad second
        .long 10, 1
second: .quad third
        .long 20, 2
third:  .quad 0
        .long 30, 4
.text
.globl _start
_start:
    lea rbx, first[rip]
    xor edi, edi
    xor ecx, ecx
walk:
    add edi, [rbx + NODE_VALUE]
    or ecx, [rbx + NODE_FLAGS]
    mov rbx, [rbx + NODE_NEXT]
    test rbx, rbx
    jnz walk
    lea edi, [rdi + rcx + NODE_SIZE]
    mov eax, 60
    syscall
