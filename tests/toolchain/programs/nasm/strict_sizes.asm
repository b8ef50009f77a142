; not run
section .text
    push dword 33
    push strict dword 33
    push strict byte 33
    push word 33
    push qword 33
    add eax, strict dword 1
    add eax, strict byte 1
    add eax, dword 1
    mov rax, strict qword 1
    mov rax, strict dword 1
    mov rax, qword 1
    mov rax, dword 1
    mov eax, [dword rbx+4]
    mov eax, [byte rbx+4]
    mov rax, [qword 0x1122334455667788]
    mov [qword 0x1122334455667788], al
    mov eax, [abs target]
    mov eax, [rel target]
    mov eax, [dword target]
    jmp strict short target
    jmp strict near target
    jmp near target
    jz near target
    jz short target
    call near target
    imul eax, strict dword 5
    mov dword [abs 0x1000], 5
    mov [fs:0], rax
    mov rax, [fs:rel target]
    es lodsb
    fs movsb
    a32 lodsb
    o16 movsb
    rep stosq
    lock xadd [rbx], eax
    repne scasb
    xacquire lock add [rbx], eax
target:
    ret
