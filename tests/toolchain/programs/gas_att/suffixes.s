# not run
    pushq $5
    push $0x12345
    pushq %rax
    popq %r9
    pushw %ax
    incb (%rax)
    incw (%rax)
    incl (%rax)
    incq (%rax)
    negl %eax
    notq %rbx
    mulq %rcx
    divl (%rcx)
    idivw %cx
    imulq $10, %rax
    imulq $10, %rax, %rbx
    imull (%rax), %ecx
    shlq $3, %rax
    shl %rax
    sarl %cl, %eax
    shrb $1, %al
    shll %cl, (%rax)
    shldl $3, %eax, %ebx
    cltq
    cqto
    cltd
    cwtl
    cbtw
    movsl
    movsb
    movsw
    movsq
    stosl
    lodsq
    cmpsb
    rep movsb
    repne scasb
    rep stosq
    lock incl (%rax)
    lock; incl (%rax)
    lock cmpxchgq %rcx, (%rdi)
    xchgq %rax, %rbx
    xaddl %eax, (%rbx)
    testb $1, %al
    testl %eax, %eax
    cmpb $0, (%rax,%rbx,8)
    sete %al
    cmoveq %rax, %rbx
    cmovl %ecx, %edx
    bswapl %eax
    btq $3, %rax
    btl $3, (%rax)
    movabsq $0x1122334455667788, %rax
    movabs $1, %rax
    mov $0x100000000, %rax
    mov $0x80000000, %rax
    movl $-1, %eax
    movq %fs:0x28, %rax
    movq %fs:(%rax), %rbx
    movw %ds, %ax
    movl %eax, %ds
    movq %cr0, %rax
    inb $0x60, %al
    outb %al, (%dx)
    in (%dx), %al
    outl %eax, $0x80
    retq
    ret $8
    leaveq
    iretq
    sysretq
    int $0x80
    int $3
    syscall
    hlt
    enter $16, $0
    movss (%rax), %xmm0
    movsd (%rax), %xmm1
    movq %xmm0, %rax
    movq (%rax), %xmm3
    movd %eax, %xmm0
    cvtsi2sdq %rax, %xmm0
    cvtsi2sd %eax, %xmm0
    cvtsi2sdl (%rax), %xmm0
    cvttsd2si %xmm0, %rax
    pshufd $0x1b, %xmm0, %xmm1
    movaps %xmm0, 16(%rsp)
    flds (%rax)
    fldl (%rax)
    fldt (%rax)
    fildl (%rax)
    fildq (%rax)
    filds (%rax)
    fstpl (%rax)
    fistpl (%rax)
    fadd %st(1), %st
    fsub %st, %st(1)
    fsubp
    fsubp %st, %st(1)
    fsubrp %st, %st(2)
    fdiv %st(1), %st
    fdivrp
    fadds (%rax)
    nopw (%rax)
    nopl 0(%rax,%rax,1)
    movzbw %al, %bx
    movzb %al, %ebx
    movsbl (%rax), %ebx
    movswq (%rax), %rbx
    movzx %al, %ebx
    movsx %ax, %ebx
    jmp *%rax
    jmp *8(%rax)
    jmpq *(%rax,%rbx,8)
    loop .
    jrcxz .
    pushfq
    popf
    prefetchnta (%rax)
    cmpxchg16b (%rdi)
    sgdt (%rax)
    crc32b %al, %ebx
    popcntq %rax, %rbx
    bsfl %eax, %ebx
    xorb %ah, %ah
    mov (%eax), %ebx
    lea -1(%rdi,%rsi), %eax
    add $1000, %eax
    add $1000, %rbx
    addb $-1, %bl
    andq $~15, %rsp
    mov $'a', %al
    mov $'\n, %bl
    cmp $'0', %cl
