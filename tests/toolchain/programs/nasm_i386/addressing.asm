section .data
table: dd 1, 2, 3, table
value dw 0x1234
fp dt 1.5
section .text
global _start
_start:
    mov eax, [table]
    mov al, [table]
    mov [table], eax
    mov ebx, [table+4*2]
    mov ecx, 2
    add ebx, [table+ecx*4-4]
    mov edx, [ds:table]
    mov edx, table
    mov ax, [value]
    movzx esi, word [value]
    lea edi, [edx+ecx*8+12]
    lea edi, [eax+eax*2]
    lea edi, [ebp]
    lea edi, [ecx*4]
    inc eax
    dec dword [table]
    push dword [table]
    pop dword [table]
    push fs
    pop fs
    mov edi, esp
    cmp dword [table], 5
    test byte [value], 1
    fld tword [fp]
    fistp dword [table]
    mov eax, 1
    int 0x80
