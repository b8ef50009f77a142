section .text
global _start
_start:
    xor edi, edi
    jmp away
back:
    inc edi
    cmp edi, 3
    jne back
    je near done
    times 100 nop
    jmp back
one:
    jg away
    jle one
    times 40 db 0x90
away:
    times 30 add edi, 0
    mov edi, 0
    call function
    jmp back
done:
    lea rax, [rel finish]
    jmp rax
    align 16
finish:
    mov eax, 60
    syscall
function:
    push rbp
    mov rbp, rsp
    call [table]
    leave
    ret
leaf: ret
section .data
table dq leaf, function
