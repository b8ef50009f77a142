# No directive says that this is Intel syntax.
.globl _start
_start:
    mov eax, 39
    syscall
    mov edi, 3
    mov eax, 60
    syscall
