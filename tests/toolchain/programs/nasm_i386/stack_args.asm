; cdecl: arguments on the stack
section .text
global _start
_start:
    push dword 20
    push dword 22
    call add_them
    add esp, 8
    push eax
    mov ebx, [esp]
    pop eax
    mov eax, 1
    int 0x80
add_them:
    push ebp
    mov ebp, esp
    sub esp, 4
    pushad
    popad
    mov eax, [ebp+8]
    mov [ebp-4], eax
    mov eax, [ebp+12]
    add eax, [ebp-4]
    leave
    ret
