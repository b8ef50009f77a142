    .globl _start

_start:
    // mmap(0, 4096, protection,
    //      flags, -1, 0)
    mov x8, #222
    mov x0, #0
    mov x1, #4096
    // PROT_READ | PROT_WRITE
    mov x2, #3
    // MAP_PRIVATE | MAP_ANONYMOUS
    mov x3, #0x22
    mov x4, #-1
    mov x5, #0
    svc #0
    mov x19, x0    // the page

    // "ok!\n", into the new page
    ldr w1, =0x0a216b6f
    str w1, [x19]

    // write(1, page, 4)
    mov x8, #64
    mov x0, #1
    mov x1, x19
    mov x2, #4
    svc #0

    // munmap(page, 4096)
    mov x8, #215
    mov x0, x19
    mov x1, #4096
    svc #0

    // exit(0)
    mov x8, #93
    mov x0, #0
    svc #0
