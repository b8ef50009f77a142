.intel_syntax noprefix
.globl _start
BIG = 0x1122334455667788
SMALL = -5
.set counter, 1
_start:
    mov rax, 0x7fffffff
    mov rax, 0x80000000
    mov rax, 0xffffffff
    mov rax, 0xffffffffffffffff
    mov rax, -1
    movabs rbx, BIG
    mov rbx, BIG
    mov ecx, SMALL
    mov cl, SMALL
    mov dx, 0xfffe
    mov al, 0xff
    add rax, 127
    add rax, 128
    add rax, -128
    add rax, -129
    and eax, 0xfffffff0
    and rax, 0xfffffffffffffff0
    cmp ax, 0xffff
    cmp cx, 0x8000
    sub r10, 0x7fffffff
    imul rbx, rcx, 10
    imul ebx, ecx, 1000
    imul r8, 3
    shl rax, 3
    sar ebx, 1
    rol cx, cl
    mov dil, counter
.set counter, counter + 1
    add dil, counter
.set counter, counter + 1
    add dil, counter
    mov eax, (2 + 3) * 4 - 1
    mov eax, 10 / 3
    mov ecx, 1 << 4 | 1
    test al, 1
    test ecx, 0x100
    bt eax, 3
    mov qword ptr [rsp - 8], 0x12345678
    mov dword ptr [rsp - 8], 0xffffffff
    cmp byte ptr [rsp - 8], 0x80
    movzx edi, dil
    mov eax, 60
    syscall
