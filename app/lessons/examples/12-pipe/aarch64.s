    .globl _start

    .text
_start:
    // pipe2(ends, 0): there is no pipe
    mov x8, #59
    adr x0, ends
    mov x1, #0
    svc #0

    // write(ends[1], text, 6)
    mov x8, #64
    adr x0, ends
    ldr w0, [x0, #4]
    adr x1, text
    mov x2, #6
    svc #0

    // read(ends[0], buffer, 16)
    mov x8, #63
    adr x0, ends
    ldr w0, [x0]
    adr x1, buffer
    mov x2, #16
    svc #0
    mov x19, x0    // what came

    // write(1, buffer, what came)
    mov x8, #64
    mov x0, #1
    adr x1, buffer
    mov x2, x19
    svc #0

    // exit(0)
    mov x8, #93
    mov x0, #0
    svc #0

text:
    .ascii "water\n"

    .bss
    .balign 4
ends:
    .skip 8
buffer:
    .skip 16
