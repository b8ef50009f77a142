# Jump table, struct offsets, string instructions, legacy instructions.
.intel_syntax noprefix
.equ VALUE, 4
.equ ITEM, 8
.section .rodata
cases: .long case0, case1, case2
items: .long 1, 10, 2, 20, 3, 30
.bss
    .lcomm copy, 24
.text
.globl _start
_start:
    cld
    mov esi, offset items
    mov edi, offset copy
    mov ecx, 6
    rep movsd
    mov ebx, 2
    mov eax, [copy + ebx*ITEM + VALUE]
    pushad
    popad
    pushfd
    pop ecx
    jmp [cases + ebx*4]
case0: inc eax
case1: inc eax
case2: add eax, ebx
    xchg eax, ebx
    jecxz case0
    mov al, byte ptr [items]
    add bl, al
    aam
    mov eax, gs
    mov eax, 1
    int 0x80
