# title: Hello
# about: Print a line, then leave: two system calls.

# A program cannot print by itself.
# It asks the kernel, with a number
# and arguments in registers.

    .intel_syntax noprefix
    .globl _start

_start:
    # write(1, msg, 3)
    mov eax, 1     # call 1: write
    mov edi, 1     # to: terminal
    lea rsi, [rip + msg]  # what
    mov edx, 3     # 3 bytes of it
    syscall        # ask the kernel

    # exit(0)
    mov eax, 60    # call 60: exit
    xor edi, edi   # status 0: fine
    syscall        # never returns

msg:
    .ascii "hi\n"
