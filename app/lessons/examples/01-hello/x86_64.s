# title: Hello
# about: Print a line, then leave: two system calls.

# To print, ask the kernel: put
# a number and arguments into
# registers, then syscall.

    .intel_syntax noprefix
    .globl _start

_start:
    # write(1, msg, 3)
    mov eax, 1     # 1: write
    mov edi, 1     # to terminal
    lea rsi, [rip + msg]  # what
    mov edx, 3     # three bytes
    syscall        # ask kernel

    # exit(0)
    mov eax, 60    # 60: exit
    xor edi, edi   # 0: all well
    syscall        # no way back

msg:
    .ascii "hi\n"
