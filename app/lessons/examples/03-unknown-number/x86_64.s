# title: A number nobody knows
# about: Call 9999 has no row in the table. The answer is ENOSYS: no such call.

    .intel_syntax noprefix
    .globl _start

_start:
    mov eax, 9999  # no such call
    syscall        # -38: ENOSYS

    # exit(38), to see it outside
    neg eax
    mov edi, eax
    mov eax, 60
    syscall
