# title: A number nobody knows
# about: Call 9999 has no row in the table. The answer is ENOSYS.

    .intel_syntax noprefix
    .globl _start

_start:
    mov eax, 9999       # no system call has this number
    syscall             # rax becomes -38: ENOSYS

    neg eax             # 38
    mov edi, eax        # exit(38), to see it outside
    mov eax, 60
    syscall
