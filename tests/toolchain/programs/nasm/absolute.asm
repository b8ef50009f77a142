absolute 0x1000
kbuf_chr    resw 1
kbuf_free   resw 1
kbuf        resb 16
kbuf_end    equ $
size        equ $-$$
section .text
global _start
_start:
    mov edi, kbuf - kbuf_chr
    add edi, size
    mov rax, kbuf_end
    mov eax, 60
    syscall
