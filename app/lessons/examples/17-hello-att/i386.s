    .globl _start

_start:
    # write(1, msg, 3)
    mov $4, %eax   # 4: write
    mov $1, %ebx   # to terminal
    mov $msg, %ecx # what
    mov $3, %edx   # three bytes
    int $0x80      # ask kernel

    # exit(0)
    mov $1, %eax   # 1: exit
    xor %ebx, %ebx # 0: all well
    int $0x80      # no way back

msg:
    .ascii "hi\n"
