# Greatest common divisor, by division and by subtraction.
.intel_syntax noprefix
.globl main
.globl _start
.text
main:
    push rbp
    mov rbp, rsp
    mov eax, 1071
    mov ecx, 462
.Lloop:
    test ecx, ecx
    je .Lend
    cdq
    idiv ecx
    mov eax, ecx
    mov ecx, edx
    jmp .Lloop
.Lend:
    pop rbp
    ret
subtract_gcd:
    cmp edi, esi
    je 2f
    jb 1f
    sub edi, esi
    jmp subtract_gcd
1:  sub esi, edi
    jmp subtract_gcd
2:  mov eax, edi
    ret
_start:
    call main
    mov ebx, eax
    mov edi, 48
    mov esi, 36
    call subtract_gcd
    lea edi, [rax + rbx]
    mov eax, 60
    syscall
