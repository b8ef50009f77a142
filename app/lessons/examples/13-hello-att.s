# title: Hello, AT&T syntax
# about: The same two calls, in the syntax that GNU tools print.

    .globl _start

_start:
    # write(1, msg, 3)
    mov $1, %eax   # call 1: write
    mov $1, %edi   # to: terminal
    lea msg(%rip), %rsi  # what
    mov $3, %edx   # 3 bytes of it
    syscall        # ask the kernel

    # exit(0)
    mov $60, %eax  # call 60: exit
    xor %edi, %edi # status 0: fine
    syscall

msg:
    .ascii "hi\n"
