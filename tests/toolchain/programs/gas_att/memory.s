    .globl _start
    .bss
buffer: .skip 64
    .data
table:  .long 1, 2, 3, 4
total:  .quad 0
    .text
_start:
    xorl %ecx, %ecx
    xorl %eax, %eax
1:  addl table(,%rcx,4), %eax
    incl %ecx
    cmpl $4, %ecx
    jne 1b
    movl %eax, total(%rip)
    movslq %eax, %rbx
    movzbl total, %edx
    movzwl table+2(%rip), %esi
    movsbq table, %r8
    leaq table(%rip), %rdi
    lea buffer, %rsi
    movq (%rdi), %rax
    movq 8(%rdi), %rax
    mov %rax, -8(%rsp)
    movb $65, buffer(%rip)
    movw $0x1234, (%rsi,%rcx)
    movq $-1, 8(%rsi,%rcx,2)
    movl total, %edi
    mov $60, %eax
    syscall
