section .data
table: dd 1, 2, 3, 4
value: dq 0x1122334455667788
section .text
global _start
_start:
    xor eax, eax
    xor ecx, ecx
again:
    add eax, [table + rcx*4]
    inc rcx
    cmp rcx, 4
    jb again
    mov edi, eax
    lea rbx, [rax*2]
    lea rbx, [rax*3]
    lea rbx, [rax*5 + 7]
    lea rbx, [rax + rcx*8 - 4]
    lea rbx, [rax + rbx]
    lea rbx, [rsp + rax]
    lea rbx, [table]
    lea rbx, [rel table]
    mov rbx, [value]
    mov bl, [value]
    mov [value], rbx
    mov qword [value], 5
    mov dword [rel value], 0x12345678
    mov [value], word 7
    mov byte [rsp - 8], -1
    inc qword [value]
    push qword [value]
    push qword 5
    push 300
    push value
    pop rdx
    pop rdx
    pop rdx
    pop rdx
    mov eax, 60
    syscall
