# not run
.intel_syntax noprefix
_start:
    hlt
    cli
    sti
    int3
    int 3
    int 0x80
    sysenter
    sysretq
    iretq
    iret
    endbr64
    ud2
    in al, dx
    out 0x80, al
    in eax, 0x60
    mov rax, cr0
    mov cr3, rax
    mov rax, dr7
    mov ax, ds
    mov eax, fs
    mov rax, fs:[0x28]
    mov fs:[8], eax
    mov rax, gs:[rax + 8]
    lgdt [rax]
    sidt [rip + data]
    invlpg [rax]
    wrmsr
    rdmsr
    rdtscp
    swapgs
    wbinvd
    clts
    retf
    ret 16
    nop dword ptr [rax + rax*1]
    nop word ptr [rax]
    jmp .
    jmp .+2
    jmp .-2
    call .+5
    jmp 0x401000
    jne 0x401000
    call 0x401000
    jmp qword ptr [data]
    jmp [rip + data]
    call qword ptr data[rax*8]
    push [data]
    push qword ptr [rax]
    pop [rip + data]
    push offset data
    cmp rax, offset data
    mov dword ptr [data], offset data
    mov qword ptr [rip + data], offset data
    mov qword ptr [rip + data], 5
    mov byte ptr [rip + data + 1], 5
    mov eax, [rip + 16]
    rdfsbase rax
    prefetcht0 [rax]
    xlatb
    pushf
    popf
    lock
    rep
    ret
data:
    .quad 1
