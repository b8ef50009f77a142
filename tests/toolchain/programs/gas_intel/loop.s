.intel_syntax noprefix
.global _start
.section .rodata
digits: .ascii "0123456789"
newline: .byte 10
.section .bss
.lcomm scratch, 64
buffer: .skip 16
.text
_start:
    xor ecx, ecx
1:  mov al, [digits + rcx]
    mov byte ptr [buffer + rcx], al
    inc ecx
    cmp ecx, 10
    jb 1b
    mov byte ptr buffer[rcx], 10
    mov dword ptr [scratch], 5
2:  dec dword ptr [rip + scratch]
    jnz 2b
    jmp 3f
    ud2
3:  mov eax, 1
    mov edi, 1
    lea rsi, buffer
    mov edx, 11
    syscall
    mov eax, 60
    mov edi, [scratch]
    syscall
