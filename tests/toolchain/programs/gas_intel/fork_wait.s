# Parent and child: fork, exit status through wait4.
.intel_syntax noprefix
.bss
status: .int 0
.text
.globl _start
_start:
    mov eax, 57
    syscall
    test eax, eax
    jz child
    mov edi, eax
    lea rsi, [rip + status]
    xor edx, edx
    xor r10, r10
    mov eax, 61
    syscall
    movzx edi, byte ptr [rip + status + 1]
    mov eax, 60
    syscall
child:
    mov edi, 33
    mov eax, 60
    syscall
