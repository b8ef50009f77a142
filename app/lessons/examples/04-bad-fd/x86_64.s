# title: A descriptor that is not open
# about: A descriptor is the number of an open file. Nothing is open as 42: EBADF.

    .intel_syntax noprefix
    .globl _start

_start:
    # write(42, msg, 5)
    mov eax, 1
    mov edi, 42    # not open
    lea rsi, [rip + msg]
    mov edx, 5
    syscall        # -9: EBADF

    # write(1, msg, 5)
    mov eax, 1
    mov edi, 1     # terminal
    lea rsi, [rip + msg]
    mov edx, 5
    syscall        # works

    # exit(0)
    mov eax, 60
    xor edi, edi
    syscall

msg:
    .ascii "lost\n"
