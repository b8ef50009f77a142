# title: Hello
# about: Print a line, then leave: two system calls.

# The smallest useful program. It asks the kernel for two things:
# write(1, "hi\n", 3), then exit(0).

    .intel_syntax noprefix
    .globl _start

_start:
    mov eax, 1              # number 1 means write
    mov edi, 1              # fd 1: the terminal
    lea rsi, [rip + msg]    # where the bytes are
    mov edx, 3              # how many bytes
    syscall                 # ask the kernel

    mov eax, 60             # number 60 means exit
    xor edi, edi            # status 0: all went well
    syscall                 # does not come back

msg:
    .ascii "hi\n"
