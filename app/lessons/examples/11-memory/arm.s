@ about: mmap2 adds a page to the memory map: it is mmap, with an offset in pages. Touch the page, then give it back.

    .globl _start

_start:
    @ mmap2(0, 4096, protection,
    @       flags, -1, 0)
    mov r7, #192
    mov r0, #0
    mov r1, #4096
    @ PROT_READ | PROT_WRITE
    mov r2, #3
    @ MAP_PRIVATE | MAP_ANONYMOUS
    mov r3, #0x22
    mov r4, #-1
    mov r5, #0
    svc #0
    mov r6, r0     @ the page

    @ "ok!\n", into the new page
    ldr r1, =0x0a216b6f
    str r1, [r6]

    @ write(1, page, 4)
    mov r7, #4
    mov r0, #1
    mov r1, r6
    mov r2, #4
    svc #0

    @ munmap(page, 4096)
    mov r7, #91
    mov r0, r6
    mov r1, #4096
    svc #0

    @ exit(0)
    mov r7, #1
    mov r0, #0
    svc #0
