%define N 8
section .data
values: dd 9, 3, 7, 1, 8, 2, 6, 5
section .bss
out:    resb N*2
section .text
global _start
_start:
    mov ecx, N-1
outer:
    xor esi, esi
.inner:
    mov eax, [values+rsi*4]
    cmp eax, [values+rsi*4+4]
    jle .ordered
    xchg eax, [values+rsi*4+4]
    mov [values+rsi*4], eax
.ordered:
    inc esi
    cmp esi, ecx
    jl .inner
    dec ecx
    jnz outer
    xor esi, esi
show:
    mov eax, [values+rsi*4]
    add al, '0'
    mov [out+rsi*2], al
    mov byte [out+rsi*2+1], ' '
    inc esi
    cmp esi, N
    jb show
    mov byte [out+N*2-1], 10
    mov eax, 1
    mov edi, 1
    mov rsi, out
    mov edx, N*2
    syscall
    mov eax, 60
    xor edi, edi
    syscall
