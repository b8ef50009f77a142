    .globl _start
    .equ LIMIT, 100
    .lcomm flags, LIMIT
    .text
_start:
    movq $2, %rcx
outer:
    cmpb $0, flags(%rcx)
    jne next
    leaq (%rcx,%rcx), %rax
inner:
    cmpq $LIMIT, %rax
    jae next
    movb $1, flags(%rax)
    addq %rcx, %rax
    jmp inner
next:
    incq %rcx
    cmpq $LIMIT, %rcx
    jb outer
    xorl %edi, %edi
    movl $2, %ecx
count:
    cmpb $1, flags(%ecx)
    adcl $0, %edi
    incl %ecx
    cmpl $LIMIT, %ecx
    jb count
    movl $60, %eax
    syscall
