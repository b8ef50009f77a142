# title: Hello, AT&T syntax
# about: The same two calls, in the syntax that GNU tools print.

    .globl _start

_start:
    mov $1, %eax        # number 1 means write
    mov $1, %edi        # fd 1: the terminal
    lea msg(%rip), %rsi # where the bytes are
    mov $3, %edx        # how many bytes
    syscall             # ask the kernel

    mov $60, %eax       # number 60 means exit
    xor %edi, %edi      # status 0: all went well
    syscall

msg:
    .ascii "hi\n"
