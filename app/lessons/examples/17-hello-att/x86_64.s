# title: Hello, AT&T syntax
# about: The same two calls, in the syntax that GNU tools print.

    .globl _start

_start:
    # write(1, msg, 3)
    mov $1, %eax   # 1: write
    mov $1, %edi   # to terminal
    lea msg(%rip), %rsi  # what
    mov $3, %edx   # three bytes
    syscall        # ask kernel

    # exit(0)
    mov $60, %eax  # 60: exit
    xor %edi, %edi # 0: all well
    syscall

msg:
    .ascii "hi\n"
