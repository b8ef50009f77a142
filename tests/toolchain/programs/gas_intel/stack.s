.intel_syntax noprefix
.globl _start
_start:
    /* arguments
       stay where they are */
    mov rax, [rsp]
    mov rbx, qword ptr [rsp + 8]
    push 5
    push 0x1234
    push -1
    push rbx
    pop rcx
    pop rdx
    pop r8
    pop r9
    sub rsp, 128
    and rsp, -16
    mov dword ptr [rsp], 1
    mov word ptr 4[rsp], 2
    mov byte ptr [rsp][6], 3
    xor ebp, ebp
    mov qword ptr [rsp + rbp*1], -1
    mov rax, [rsp + r9*8 - 40]
    lea rax, [rax + rax*4]
    lea eax, [rdi*8]
    lea rsi, [r12 + r13]
    lea rax, [r13]
    lea rax, [rbp]
    lea rax, [eax + 4]
    enter 16, 0
    leave
    mov edi, r9d; mov eax, 60; syscall
