/*
 * fib(n) = fib(n-1) + fib(n-2), the slow way
 */
.intel_syntax noprefix
.text
.globl _start
fib:
        cmp     edi, 1
        ja      .Lrecurse
        mov     eax, edi
        ret
.Lrecurse:
        push    rbx
        push    rdi
        dec     edi
        call    fib
        mov     ebx, eax
        pop     rdi
        sub     edi, 2
        call    fib
        add     eax, ebx
        pop     rbx
        ret
_start:
        mov     edi, 11
        call    fib             # 89
        mov     edi, eax
        mov     eax, 60
        syscall
