    # ld may address data by gp, which
    # nobody has set up here
    .option norelax
    .globl _start

    .text
_start:
    # There is no open here, only openat(
    # AT_FDCWD, path, flags, 0644)
    li a7, 56
    li a0, -100    # AT_FDCWD
    la a1, path
    # O_RDWR | O_CREAT | O_TRUNC
    li a2, 0x242
    li a3, 0x1a4
    ecall
    mv s1, a0      # the fd

    # write(fd, text, 12)
    li a7, 64
    la a1, text
    li a2, 12
    ecall

    # lseek(fd, 0, SEEK_SET)
    li a7, 62      # rewind
    mv a0, s1
    li a1, 0
    li a2, 0
    ecall

    # read(fd, buffer, 64)
    li a7, 63
    mv a0, s1
    la a1, buffer
    li a2, 64
    ecall
    mv s2, a0      # what came

    # close(fd)
    li a7, 57
    mv a0, s1
    ecall

    # write(1, buffer, what came)
    li a7, 64
    li a0, 1
    la a1, buffer
    mv a2, s2
    ecall

    # exit(0)
    li a7, 93
    li a0, 0
    ecall

path:
    .asciz "/tmp/note"
text:
    .ascii "kept safely\n"

    .bss
buffer:
    .skip 64
