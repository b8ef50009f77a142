# title: Hello
# about: Print a line, then leave: two system calls.

# A program can print only by asking the
# kernel: write(1, "hi\n", 3), then exit(0).

    .intel_syntax noprefix
    .globl _start

_start:
    mov eax, 1            # call 1: write
    mov edi, 1            # fd 1: terminal
    lea rsi, [rip + msg]  # from this text
    mov edx, 3            # three bytes
    syscall               # ask the kernel

    mov eax, 60           # call 60: exit
    xor edi, edi          # status 0: fine
    syscall               # never returns

msg:
    .ascii "hi\n"
