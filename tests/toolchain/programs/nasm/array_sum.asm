section .data
    array:      dq 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    arrayLen:   equ ($ - array) / 8
    bytes       db 5 dup (3), 2 dup (1, 2)
    words       dw 4 dup 0x1234
    pairs       dd 2 dup (dword 1, 2 dup (3))
section .bss
    total:      resq 1
    copy:       resq arrayLen
section .text
global _start
_start:
    xor rax, rax
    mov rcx, arrayLen
    mov rbx, array
.top:
    add rax, [rbx]
    add rbx, 8
    loop .top
    mov [total], rax
    mov rsi, array
    mov rdi, copy
    mov rcx, arrayLen
    rep movsq
    mov rdi, [copy + 8*(arrayLen-1)]
    add rdi, [total]
    mov rax, 60
    syscall
