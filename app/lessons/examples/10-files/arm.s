    .globl _start

    .text
_start:
    @ open(path, flags, 0644)
    mov r7, #5
    adr r0, path
    @ O_RDWR | O_CREAT | O_TRUNC
    ldr r1, =0x242
    mov r2, #0x1a4
    svc #0
    mov r6, r0     @ the fd

    @ write(fd, text, 12)
    mov r7, #4
    adr r1, text
    mov r2, #12
    svc #0

    @ lseek(fd, 0, SEEK_SET)
    mov r7, #19    @ rewind
    mov r0, r6
    mov r1, #0
    mov r2, #0
    svc #0

    @ read(fd, buffer, 64)
    mov r7, #3
    mov r0, r6
    ldr r1, =buffer
    mov r2, #64
    svc #0
    mov r5, r0     @ what came

    @ close(fd)
    mov r7, #6
    mov r0, r6
    svc #0

    @ write(1, buffer, what came)
    mov r7, #4
    mov r0, #1
    ldr r1, =buffer
    mov r2, r5
    svc #0

    @ exit(0)
    mov r7, #1
    mov r0, #0
    svc #0

path:
    .asciz "/tmp/note"
text:
    .ascii "kept safely\n"

    .bss
buffer:
    .skip 64
