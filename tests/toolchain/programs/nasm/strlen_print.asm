SECTION .data
msg     db      'Hello, brave new world!', 0Ah, 0h

SECTION .text
global  _start

_start:
    mov     rdi, msg
    call    strlen
    mov     rdx, rax
    mov     rsi, msg
    mov     rdi, 1
    mov     rax, 1
    syscall
    xor     rdi, rdi
    mov     rax, 60
    syscall

; in: rdi text; out: rax length
strlen:
    push    rdi
    mov     rax, rdi
.nextchar:
    cmp     byte [rax], 0
    jz      .finished
    inc     rax
    jmp     .nextchar
.finished:
    pop     rdi
    sub     rax, rdi
    ret
