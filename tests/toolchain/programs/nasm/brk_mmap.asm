%define PROT_READ  0x1
%define PROT_WRITE 0x2
%define MAP_PRIVATE 0x2
%define MAP_ANONYMOUS 0x20
section .text
global _start
_start:
    mov eax, 12
    xor edi, edi
    syscall
    mov r12, rax
    lea rdi, [rax+4096]
    mov eax, 12
    syscall
    mov qword [r12], 40
    mov rax, 9
    xor rdi, rdi
    mov rsi, 4096
    mov rdx, PROT_READ | PROT_WRITE
    mov r10, MAP_PRIVATE | MAP_ANONYMOUS
    mov r8, -1
    xor r9, r9
    syscall
    mov dword [rax], 2
    mov rdi, [r12]
    add edi, [rax]
    mov eax, 60
    syscall
