; Prints the number of arguments as the exit status and every argument on a line.
global _start
section .text
_start:
    pop     r12                 ; argc
    mov     r13, r12
.next:
    dec     r12
    js      .done
    pop     rsi
    xor     edx, edx
.count:
    cmp     byte [rsi+rdx], 0
    je      .counted
    inc     edx
    jmp     .count
.counted:
    cmp     rdx, 0
    je      .next
    mov     edi, 1
    mov     eax, 1
    push    rsi
    mov     edx, 1
    mov     rsi, newline
    syscall
    pop     rsi
    jmp     .next
.done:
    mov     rdi, r13
    mov     eax, 60
    syscall
section .rodata
newline: db 10
