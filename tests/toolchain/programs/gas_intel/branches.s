.intel_syntax noprefix
.globl _start
_start:
    xor edi, edi
    jmp far_away
back:
    add edi, 1
    cmp edi, 3
    jne back
    je done
    .skip 100, 0x90
    jmp back
near_one:
    jg far_away
    jle near_one
    .fill 40, 1, 0x90
far_away:
    .rept 30
    add edi, 0
    .endr
    mov edi, 0
    loop next
next:
    jrcxz next2
    jecxz next2
next2:
    call function
    jmp back
done:
    lea rax, [rip + finish]
    jmp rax
    .p2align 4
finish:
    mov eax, 60
    syscall
    .align 16
function:
    push rbp
    mov rbp, rsp
    lea rcx, table[rip]
    call [rcx]
    leave
    ret
leaf:
    ret
    .balign 32
    nop
.data
table: .quad leaf, function
