; not run
    mov rax, 60
    mov rax, 0x7fffffff
    mov rax, 0x80000000
    mov rax, 0xffffffff
    mov rax, 0x100000000
    mov rax, -1
    mov rax, -0x80000000
    mov rax, -0x80000001
    mov rax, 0xffffffffffffffff
    mov r8, 1
    mov r15, -1
    mov eax, -1
    mov ax, 0xffff
    mov al, 'a'
    mov rax, 'abcdefgh'
    mov eax, label
    mov rax, label
    mov r9, label + 4
    mov qword [rax], label
    mov dword [rax], label
    mov rax, rbx
    mov ax, ds
    mov ds, ax
    mov rax, cr3
    mov rax, [fs:0x28]
    mov rax, [gs:rax]
    mov eax, [rip_free]
    add rax, 127
    add rax, 128
    add eax, label
    and rsp, -16
    and eax, 0xfffffff0
    cmp rax, label
    cmp ax, 0xffff
    imul rax, rbx, 10
    imul rax, 10
    shl rax, 3
    shl eax, 1
    sar rax, cl
    test al, 1
    test eax, ebx
    xchg rax, rbx
    movzx eax, byte [rsi]
    movzx eax, word [rsi]
    movsx rax, bl
    movsxd rax, ebx
    cmove rax, rbx
    setz al
    push rax
    push 5
    push -1
    push 0x1234
    push word 5
    pop qword [rax]
    int 0x80
    int3
    int 3
    syscall
    sysret
    iretq
    endbr64
    hlt
    in al, dx
    out 0x80, al
    rep movsb
    repne scasb
    lock inc dword [rax]
    lock cmpxchg [rdi], rbx
    jmp $
    jmp $ + 2
here:
    jmp short here
    jmp near label
    jmp label
    je label
    call label
    jmp rax
    jmp [rax]
    jmp qword [label]
    call [rel label]
    loop $
    jrcxz $
    ret
    ret 8
    movaps xmm0, [rax]
    movsd xmm1, [rel label]
    movss xmm1, dword [rax]
    cvtsi2sd xmm0, rax
    cvttsd2si rax, xmm0
    movq xmm0, rax
    pxor xmm1, xmm1
    movdqu [rax], xmm3
    pshufd xmm0, xmm1, 27
    fld qword [rax]
    fld tword [rax]
    fld st1
    faddp st1, st0
    fstp dword [rax]
    fild word [rax]
    cpuid
    rdtsc
    cqo
    cdqe
    leave
    nop
    pause
    bswap rax
    bsf rax, rbx
    bt eax, 5
    mul rbx
    div qword [rax]
    neg byte [rax]
    not ebx
    o16 nop
label:
rip_free:
    dq label
