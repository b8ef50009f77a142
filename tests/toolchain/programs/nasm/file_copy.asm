; open, write, lseek, read, close, unlink
O_RDONLY    equ 0
O_WRONLY    equ 1q
O_RDWR      equ 2q
O_CREAT     equ 100q
O_TRUNC     equ 1000q
section .data
name:   db "/tmp/nasm_corpus_file.txt", 0
text:   db "written to a file", 10
.len:   equ $-text
section .bss
buf:    resb 64
fd:     resd 1
section .text
global _start
_start:
    mov     eax, 2
    mov     rdi, name
    mov     rsi, O_RDWR | O_CREAT | O_TRUNC
    mov     rdx, 0644o
    syscall
    mov     [fd], eax
    mov     edi, eax
    mov     eax, 1
    mov     rsi, text
    mov     rdx, text.len
    syscall
    mov     eax, 8
    mov     edi, [fd]
    xor     esi, esi
    xor     edx, edx
    syscall
    xor     eax, eax
    mov     edi, [fd]
    mov     rsi, buf
    mov     edx, 64
    syscall
    mov     edx, eax
    mov     eax, 1
    mov     edi, 1
    syscall
    mov     eax, 3
    mov     edi, [fd]
    syscall
    mov     eax, 87
    mov     rdi, name
    syscall
    mov     edi, eax
    mov     eax, 60
    syscall
