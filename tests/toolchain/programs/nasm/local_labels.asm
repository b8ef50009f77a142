default rel
bits 64
section .bss
buffer: resb 64
words:  resw 4
quads   resq 2
section .text
global _start
_start:
    xor ecx, ecx
.loop:
    lea rax, [buffer]
    mov byte [rax + rcx], 'x'
    inc ecx
    cmp ecx, 5
    jne .loop
    call other
    jmp other.done
other:
.loop:
    dec ecx
    jnz .loop
    ret
.done:
    mov eax, 1
    mov edi, 1
    mov rsi, buffer
    mov edx, 5
    syscall
    mov eax, 60
    mov edi, [quads]
    syscall
