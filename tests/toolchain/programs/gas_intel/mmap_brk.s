# Memory from brk and from mmap.
.intel_syntax noprefix
PROT_READ = 1
PROT_WRITE = 2
MAP_PRIVATE = 2
MAP_ANONYMOUS = 0x20
.text
.globl _start
_start:
    mov eax, 12
    xor edi, edi
    syscall
    lea rdi, [rax + 0x1000]
    mov rbx, rax
    mov eax, 12
    syscall
    mov dword ptr [rbx], 0xCAFE
    mov eax, 9
    xor edi, edi
    mov esi, 8192
    mov edx, PROT_READ | PROT_WRITE
    mov r10d, MAP_PRIVATE | MAP_ANONYMOUS
    mov r8, -1
    xor r9d, r9d
    syscall
    cmp rax, -4096
    ja bad
    mov word ptr [rax + 4096], 7
    movzx edi, word ptr [rax + 4096]
    mov eax, 60
    syscall
bad:
    mov edi, 1
    mov eax, 60
    syscall
