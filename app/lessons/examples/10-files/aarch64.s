    .globl _start

    .text
_start:
    // There is no open here, only openat(
    // AT_FDCWD, path, flags, 0644)
    mov x8, #56
    mov x0, #-100  // AT_FDCWD
    adr x1, path
    // O_RDWR | O_CREAT | O_TRUNC
    mov x2, #0x242
    mov x3, #0x1a4
    svc #0
    mov x19, x0    // the fd

    // write(fd, text, 12)
    mov x8, #64
    adr x1, text
    mov x2, #12
    svc #0

    // lseek(fd, 0, SEEK_SET)
    mov x8, #62    // rewind
    mov x0, x19
    mov x1, #0
    mov x2, #0
    svc #0

    // read(fd, buffer, 64)
    mov x8, #63
    mov x0, x19
    adr x1, buffer
    mov x2, #64
    svc #0
    mov x20, x0    // what came

    // close(fd)
    mov x8, #57
    mov x0, x19
    svc #0

    // write(1, buffer, what came)
    mov x8, #64
    mov x0, #1
    adr x1, buffer
    mov x2, x20
    svc #0

    // exit(0)
    mov x8, #93
    mov x0, #0
    svc #0

path:
    .asciz "/tmp/note"
text:
    .ascii "kept safely\n"

    .bss
buffer:
    .skip 64
