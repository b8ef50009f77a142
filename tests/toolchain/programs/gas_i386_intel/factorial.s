# Recursive, cdecl, with a macro for the calls.
.intel_syntax noprefix
.macro call1 function, argument
    push \argument
    call \function
    add esp, 4
.endm
.text
.globl _start
factorial:
    push ebp
    mov ebp, esp
    mov eax, dword ptr [ebp+8]
    cmp eax, 1
    jle 1f
    dec eax
    call1 factorial eax
    imul eax, dword ptr [ebp+8]
    leave
    ret
1:  mov eax, 1
    leave
    ret
_start:
    call1 factorial 5
    mov ebx, eax
    mov eax, 1
    int 0x80
