.globl _start
_start:
    xor %edi, %edi
    jmp start
loop_head:
    inc %edi
    .rept 25
    lea 0(%rdi), %rdi
    add $0, %edi
    .endr
start:
    cmp $3, %edi
    jl loop_head
    call function
    callq *pointer(%rip)
    call *pointer
    mov $function, %rax
    call *%rax
    lea pointer(%rip), %rbx
    call *(%rbx)
    jmp *target
    ud2
finish:
    mov $60, %eax
    syscall
    .p2align 4,,15
function:
    push %rbp
    mov %rsp, %rbp
    add $1, %edi
    leave
    ret
    .p2align 4,,3
    ret
.data
pointer: .quad function
target: .quad finish
